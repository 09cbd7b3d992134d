"""The store in a folder."""

import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ObjectExists, ObjectMissing, ProfileError, StorageError, StorageFull, StorageUnavailable
from pipeline.stores import StoreSettings, folders, open_store, prepare_store
from pipeline.stores.local import LocalStore
from pipeline.tools import disk
from tests.contracts.store import KEY, StoreContract, content, file_of
from tests.makers.rightless import RIGHTLESS
from tests.makers.texts import any_text


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """An empty store in `tmp_path/store`."""
    return local_store(tmp_path / "store")


def local_store(root: Path) -> LocalStore:
    """A store in a folder, made where it is not there."""
    made = prepare_store(StoreSettings(name="nas", url=root.as_uri()))
    assert isinstance(made, LocalStore)
    return made


def left_in(root: Path) -> list[str]:
    """What lies in `.incoming`."""
    return [path.name for path in root.glob(".incoming/*")]


class TestLocal(StoreContract):
    """The contract."""


def test_the_url_may_hold_any_path(tmp_path: Path) -> None:
    root = tmp_path / "归档 盘#1%20?"
    store = local_store(root)
    store.put_bytes("a", b"1")
    assert (root / "a").read_bytes() == b"1"


@pytest.mark.parametrize("url", ["file://server/share", "file:relative", "file://"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(ProfileError, match="store_url_wrong"):
        open_store(StoreSettings(name="nas", url=url))


# --- what is kept ---------------------------------------------------------------------------------------


def test_shares_the_bytes_of_a_file_on_the_same_disk(store: LocalStore, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 1000)
    store.put(KEY, tmp_path / "source")
    kept = (store.root / KEY).stat()
    assert kept.st_ino == (tmp_path / "source").stat().st_ino
    assert stat.S_IMODE(kept.st_mode) & 0o222 == 0
    (tmp_path / "source").unlink()
    assert store.size(KEY) == 1000


def test_two_stores_on_one_disk_hold_two_copies(store: LocalStore, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 10**6)
    second = local_store(tmp_path / "second")
    for each in (store, second):
        each.put(KEY, tmp_path / "source")
    assert (store.root / KEY).stat().st_ino != (second.root / KEY).stat().st_ino
    assert (second.root / KEY).stat().st_nlink == 1
    assert stat.S_IMODE((second.root / KEY).stat().st_mode) & 0o222 == 0
    assert content(store, KEY) == content(second, KEY)
    assert left_in(second.root) == []


def test_copies_from_another_file_system(store: LocalStore, tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system to copy from")
    source = memory / f"lantai-test-{os.getpid()}"
    try:
        file_of(source, 3 * 2**20 + 1)
        store.put(KEY, source)
        assert content(store, KEY) == source.read_bytes()
        assert (store.root / KEY).stat().st_dev == tmp_path.stat().st_dev
    finally:
        source.unlink()
    assert left_in(store.root) == []


def test_large_writers_race(store: LocalStore, tmp_path: Path) -> None:
    sources = [tmp_path / str(number) for number in range(4)]
    for source in sources:
        file_of(source, 5 * 2**20)
        os.link(source, source.with_suffix(".twin"))  # so that each is copied, not linked
    start = threading.Barrier(len(sources))

    def write(source: Path) -> Path | None:
        start.wait()
        try:
            store.put(KEY, source)
        except ObjectExists:
            return None
        return source

    with ThreadPoolExecutor(len(sources)) as pool:
        winners = [source for source in pool.map(write, sources) if source]
    assert len(winners) == 1
    assert content(store, KEY) == winners[0].read_bytes()
    assert left_in(store.root) == []


def test_a_name_is_not_given_twice_where_there_are_no_hard_links(tmp_path: Path) -> None:
    """FAT, exFAT and some shares have none; the system call that takes their place is tried on this disk."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        folders.rename_no_replace(folder, "one", folder, "kept")
        with pytest.raises(FileExistsError):
            folders.rename_no_replace(folder, "two", folder, "kept")
    finally:
        os.close(folder)
    assert (tmp_path / "kept").read_text() == "one"
    assert (tmp_path / "two").read_text() == "two"


def test_reads_the_medium_not_the_cache(store: LocalStore, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 64 * 2**20)
    store.put(KEY, tmp_path / "source")
    if _device_reads() is None:
        pytest.skip("this system does not count what is read from disks")
    assert content(store, KEY)
    before = _device_reads()
    assert content(store, KEY)
    after = _device_reads()
    assert before is not None and after is not None
    if after == before and _file_system(tmp_path) in {"tmpfs", "overlay", "unknown"}:
        pytest.skip(f"{_file_system(tmp_path)} has no medium below it")
    assert after - before >= 60 * 2**20


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 70 * 2**10), length=st.one_of(st.none(), st.integers(0, 70 * 2**10)))
def test_ranges_past_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: int, length: int | None) -> None:
    monkeypatch.setattr(disk, "BLOCK", 8192)
    monkeypatch.setattr(disk, "LARGE", 1)
    data = random.Random(7).randbytes(64 * 2**10 + 13)
    store = local_store(tmp_path / "store")
    if store.size("a") is None:
        store.put_bytes("a", data)
    assert content(store, "a", start=start, length=length) == data[start:][:length]


def test_a_copy_past_the_cache(store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LARGE", 1)
    for size in (0, 1, 4096, 5 * 2**20 + 1):
        source = tmp_path / str(size)
        file_of(source, size)
        os.link(source, source.with_suffix(".twin"))  # so that it is copied, not linked
        store.put(f"a/{size}", source)
        assert content(store, f"a/{size}") == source.read_bytes()
    assert left_in(store.root) == []


def test_a_tar_that_becomes_shorter_while_it_is_read(
    store: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for large in (1, disk.LARGE):
        monkeypatch.setattr(disk, "LARGE", large)
        file_of(tmp_path / str(large), 20 * 2**20)
        store.put(f"a/{large}", tmp_path / str(large))
        chunks = store.read(f"a/{large}")
        next(chunks)
        os.truncate(store.root / f"a/{large}", 10 * 2**20)
        with pytest.raises(StorageError, match="object_shortened"):
            list(chunks)


def _device_reads() -> int | None:
    """Bytes that this process caused to be read from media so far."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))


def _file_system(path: Path) -> str:
    done = subprocess.run(["stat", "-f", "-c", "%T", str(path)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=any_text)
def test_any_key_is_kept_as_it_is_or_refused(tmp_path: Path, key: str) -> None:
    root = tmp_path / f"{sum(1 for _ in tmp_path.iterdir())}"
    store = local_store(root)
    try:
        store.put_bytes(key, b"1")
    except StorageError:
        assert list(store.keys()) == []
    else:
        assert list(store.keys()) == [key]
        assert content(store, key) == b"1"
        assert (root / key).resolve().is_relative_to(root.resolve())
    assert left_in(root) == []


def test_a_name_longer_than_a_disk_takes(store: LocalStore) -> None:
    for key in ("x" * 256, f"a/{'汇' * 86}/b"):
        with pytest.raises(StorageError, match="name_beyond_file_system"):
            store.put_bytes(key, b"1")
    store.put_bytes("x" * 255, b"1")
    assert list(store.keys()) == ["x" * 255]


# --- hostile and broken surroundings --------------------------------------------------------------------


def test_symbolic_links_are_not_followed(store: LocalStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (store.root / "folder").symlink_to(outside)
    (store.root / "file").symlink_to(outside / "secret")
    for key in ("folder/secret", "file"):
        with pytest.raises(StorageError, match="link_in_store") as error:
            content(store, key)
        assert not isinstance(error.value, ObjectMissing)
        with pytest.raises(StorageError, match="link_in_store"):
            store.size(key)
    with pytest.raises(StorageError, match="link_in_store"):
        store.put_bytes("folder/new", b"1")
    with pytest.raises(ObjectExists):
        store.put_bytes("file", b"1")
    assert list(store.keys()) == ["file", "folder"]
    assert [path.name for path in outside.iterdir()] == ["secret"]


def test_what_is_no_file_is_not_read(store: LocalStore) -> None:
    os.mkfifo(store.root / "pipe")
    with pytest.raises(ObjectMissing):
        content(store, "pipe")


@pytest.mark.parametrize("missing", ["gone", "gone/below"])
def test_a_disk_that_is_not_mounted(tmp_path: Path, missing: str) -> None:
    store = open_store(StoreSettings(name="usb", url=(tmp_path / missing).as_uri()))
    (tmp_path / "source").write_text("1")
    for act in (
        lambda: store.put("a/b", tmp_path / "source"),
        lambda: store.put_bytes("a/b", b"1"),
        lambda: content(store, "a/b"),
        lambda: store.size("a/b"),
        lambda: list(store.keys()),
    ):
        with pytest.raises(StorageUnavailable, match="store_folder_gone"):
            act()
    assert not (tmp_path / "gone").exists()
    abilities = store.probe()
    assert abilities.conditional_writes is None
    assert any(note.code == "write_once_untold" for note in abilities.notes)


def test_what_it_can_do(store: LocalStore) -> None:
    abilities = store.probe()
    assert abilities.conditional_writes is True
    assert not (abilities.versioning or abilities.object_lock or abilities.checksums)
    assert left_in(store.root) == []


def test_no_permission(store: LocalStore) -> None:
    (store.root / "other").write_text("1")
    store.root.chmod(0o500)
    try:
        done = subprocess.run(
            [*RIGHTLESS, sys.executable, "-c", PUT, str(store.root), "/proc/version", "0"],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        store.root.chmod(0o755)
    by_file, by_bytes = done.stdout.splitlines()
    assert "StorageRefused" in by_file and "no_permission" in by_file
    assert "StorageRefused" in by_bytes and "no_permission" in by_bytes
    assert list(store.keys()) == ["other"]


PUT = """
import resource, sys
from pathlib import Path
from pipeline.errors import StorageError
from pipeline.stores import StoreSettings, open_store
root, source, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
store = open_store(StoreSettings(name="nas", url=Path(root).as_uri()))
for act in (lambda: store.put("a/file", Path(source)), lambda: store.put_bytes("a/bytes", bytes(2 ** 23))):
    try:
        act()
    except StorageError as error:
        print(type(error).__name__, error)
store.put_bytes("a/small", b"1")
print(",".join(store.keys()), [p.name for p in (Path(root) / ".incoming").iterdir()])
"""


def test_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "mount").mkdir()
    file_of(tmp_path / "source", 6 * 2**20)
    mount = 'mount -t tmpfs -o size=4m lantai "$1" || exit 77; shift; exec "$@"'
    user = [] if os.geteuid() == 0 else ["--map-root-user", "--user"]
    arguments = [str(tmp_path / "mount"), str(tmp_path / "source"), "0"]
    done = subprocess.run(
        ["unshare", *user, "--mount", "sh", "-c", mount, "sh", arguments[0], sys.executable, "-c", PUT, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    by_file, by_bytes, left = done.stdout.splitlines()
    assert by_file.startswith(StorageFull.__name__) and "disk_full" in by_file
    assert by_bytes.startswith(StorageFull.__name__) and "disk_full" in by_bytes
    assert left == "a/small []"


def test_a_file_that_may_not_grow(store: LocalStore, tmp_path: Path) -> None:
    file_of(tmp_path / "source", 6 * 2**20)
    os.link(tmp_path / "source", tmp_path / "twin")
    done = subprocess.run(
        [sys.executable, "-c", PUT, str(store.root), str(tmp_path / "source"), str(2**20)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    by_file, by_bytes, left = done.stdout.splitlines()
    assert by_file.startswith("StorageError") and "file_beyond_file_system" in by_file
    assert by_bytes.startswith("StorageError")
    assert left == "a/small []"


def test_killed_while_writing(store: LocalStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(2**35)  # reads as zeros: enough to be killed in the middle of
    os.link(source, tmp_path / "twin")
    writer = subprocess.Popen([sys.executable, "-c", PUT, str(store.root), str(source), "0"])
    try:
        _wait_for(lambda: any((store.root / ".incoming" / name).stat().st_size for name in left_in(store.root)))
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert store.size("a/file") is None
    assert list(store.keys()) == []
    (leftover,) = left_in(store.root)

    store.put_bytes("a/other", b"1")
    assert left_in(store.root) == [leftover], "too young to be known as dead"
    os.utime(store.root / ".incoming" / leftover, (time.time() - 3600,) * 2)
    store.put_bytes("a/file", b"whole")
    assert left_in(store.root) == []
    assert content(store, "a/file") == b"whole"


def test_an_old_but_living_writer_is_left_alone(store: LocalStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    with source.open("wb") as file:
        file.truncate(2**35)
    os.link(source, tmp_path / "twin")
    writer = subprocess.Popen([sys.executable, "-c", PUT, str(store.root), str(source), "0"])
    try:
        _wait_for(lambda: any((store.root / ".incoming" / name).stat().st_size for name in left_in(store.root)))
        writer.send_signal(signal.SIGSTOP)
        (partial,) = left_in(store.root)
        os.utime(store.root / ".incoming" / partial, (time.time() - 3600,) * 2)
        store.put_bytes("a/other", b"1")
        assert left_in(store.root) == [partial]
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


def _wait_for(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except FileNotFoundError:
            continue
        assert time.monotonic() < deadline, "it did not begin"
        time.sleep(0.005)
