"""Past the page cache and through it: the same bytes, the same errors. Small blocks stand for large ones."""

import errno
import fcntl
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.tools import disk
from pipeline.tools.disk import BlockReader, BlockWriter, bypass, bypass_if_cold, read_range, write_all
from tests.makers.apart import need_apart

ROOT = Path(__file__).parents[2]
SMALL = 2 * disk.ALIGNMENT
SIZES = [0, 1, 511, 512, 4095, 4096, 4097, SMALL - 1, SMALL, SMALL + 1, 3 * SMALL, 5 * SMALL + 513]
WAYS = {"past": True, "through": False}
common = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
sizes = st.one_of(st.sampled_from(SIZES), st.integers(0, 6 * SMALL))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "BLOCK", SMALL)
    monkeypatch.setattr(disk, "LARGE", SMALL)


@pytest.fixture
def threads_end() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """On a file system that lets us past its cache."""
    with opened(tmp_path / "trial", os.O_RDWR | os.O_CREAT) as file:
        if not bypass(file):
            pytest.skip("this file system refuses O_DIRECT")
    return tmp_path


def opened(path: Path, flags: int = os.O_RDONLY) -> "closing[_Descriptor]":
    return closing(_Descriptor(os.open(path, flags, 0o600)))


class _Descriptor(int):
    def close(self) -> None:
        os.close(self)


def is_bypassed(descriptor: int) -> bool:
    return bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_DIRECT)


def noise(size: int) -> bytes:
    return os.urandom(size)


# --- reading --------------------------------------------------------------------------------------------


@common
@given(size=sizes, start=sizes, length=sizes, chunk=st.sampled_from([512, 4096, SMALL]), past=st.booleans())
def test_any_range_of_any_file(folder: Path, size: int, start: int, length: int, chunk: int, past: bool) -> None:
    data = noise(size)
    (folder / "f").write_bytes(data)
    with opened(folder / "f") as file:
        assert not past or bypass(file)
        chunks = list(read_range(file, start, start + length, chunk=chunk))
    assert b"".join(chunks) == data[start : start + length]
    assert all(0 < len(each) <= chunk for each in chunks)


@common
@given(size=sizes, start=sizes, past=st.booleans())
def test_blocks_and_their_digest(folder: Path, size: int, start: int, past: bool) -> None:
    data = noise(size)
    (folder / "f").write_bytes(data)
    digest = hashlib.sha256()
    with opened(folder / "f") as file, BlockReader() as reader:
        assert not past or bypass(file)
        blocks = [bytes(block) for block in reader.blocks(file, start=start, digest=digest.update)]
    assert b"".join(blocks) == data[start:]
    assert all(0 < len(block) <= SMALL for block in blocks)
    assert digest.digest() == hashlib.sha256(data[start:]).digest()


@pytest.mark.parametrize("past", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("slow", ["digest", "caller"])
def test_no_block_is_overwritten_while_somebody_needs_it(folder: Path, past: bool, slow: str) -> None:
    data = b"".join(bytes([number]) * SMALL for number in range(20))
    (folder / "f").write_bytes(data)
    told, seen = b"", b""

    def digest(block: memoryview) -> None:
        nonlocal told
        time.sleep(0.01 if slow == "digest" else 0)
        told += block

    with opened(folder / "f") as file, BlockReader() as reader:
        assert not past or bypass(file)
        before = memoryview(b"")
        for block in reader.blocks(file, digest=digest):
            time.sleep(0.01 if slow == "caller" else 0)
            seen += before  # still good: only one block after it has been asked for
            before = block
        seen += before
    assert told == seen == data


@pytest.mark.parametrize("past", WAYS.values(), ids=WAYS)
def test_a_file_that_grows_while_it_is_read(folder: Path, past: bool) -> None:
    first, more = noise(4 * SMALL + 100), noise(3 * SMALL + 5)
    (folder / "f").write_bytes(first)
    with opened(folder / "f") as file, BlockReader() as reader, closing(reader.blocks(file)) as blocks:
        assert not past or bypass(file)
        got = bytes(next(blocks))
        with (folder / "f").open("ab") as out:
            out.write(more)
        got += b"".join(bytes(block) for block in blocks)
    assert got == first + more


@pytest.mark.parametrize("past", WAYS.values(), ids=WAYS)
def test_growing_behind_an_odd_end_goes_on_at_once(folder: Path, past: bool) -> None:
    """The end was met in the middle of a sector: what comes behind it is read through the cache."""
    (folder / "f").write_bytes(b"a" * 100)
    with opened(folder / "f") as file:
        assert not past or bypass(file)
        buffer = disk.buffers(1)[0]
        assert disk._read(file, buffer, 0, None) == 100
        with (folder / "f").open("ab") as out:
            out.write(b"b" * SMALL)
        count = disk._read(file, buffer, 100, None)
        assert bytes(buffer[:count]) == b"b" * SMALL
        assert not is_bypassed(file)


@pytest.mark.parametrize("past", WAYS.values(), ids=WAYS)
def test_a_file_that_shrinks_while_it_is_read(folder: Path, past: bool) -> None:
    data = noise(8 * SMALL)
    (folder / "f").write_bytes(data)
    with opened(folder / "f") as file:
        assert not past or bypass(file)
        chunks = read_range(file, 0, len(data), chunk=SMALL)
        got = next(chunks)
        os.truncate(folder / "f", 4 * SMALL + 77)
        got += b"".join(chunks)
    assert got == data[: 4 * SMALL + 77]


def test_what_is_only_in_the_cache_is_read_all_the_same(folder: Path) -> None:
    data = noise(5 * SMALL)
    with (folder / "f").open("wb", buffering=0) as out, opened(folder / "f") as file:
        out.write(data)
        assert bypass(file)
        assert b"".join(read_range(file, 0, len(data), chunk=SMALL)) == data


@pytest.mark.usefixtures("threads_end")
def test_given_up_in_the_middle_and_used_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was being read when it was given up does not land in the next file's blocks."""

    def slow(descriptor: int, *rest: object, read: Callable[..., int] = disk._read) -> int:
        time.sleep(0.05 if descriptor == first else 0)
        return read(descriptor, *rest)

    monkeypatch.setattr(disk, "_read", slow)
    one, two = noise(9 * SMALL), noise(9 * SMALL + 3)
    (folder / "one").write_bytes(one)
    (folder / "two").write_bytes(two)
    with BlockReader() as reader, opened(folder / "one") as first, opened(folder / "two") as second:
        with closing(reader.blocks(first)) as blocks:
            assert bytes(next(blocks)) == one[:SMALL]
        got = b""
        for block in reader.blocks(second):
            time.sleep(0.04)
            got += block
        assert got == two


@pytest.mark.usefixtures("threads_end")
@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_error_of_the_caller_ends_the_threads(folder: Path, error: type[BaseException]) -> None:
    (folder / "f").write_bytes(noise(9 * SMALL))
    with pytest.raises(error), opened(folder / "f") as file, BlockReader() as reader:
        for _ in reader.blocks(file, digest=lambda _: time.sleep(0.01)):
            raise error


@pytest.mark.usefixtures("threads_end")
@pytest.mark.parametrize("at", [0, 3, 8])
def test_an_error_of_the_digest_reaches_the_caller(folder: Path, at: int) -> None:
    (folder / "f").write_bytes(noise(9 * SMALL))
    told = 0

    def digest(_: memoryview) -> None:
        nonlocal told
        told += 1
        if told > at:
            raise MemoryError

    with opened(folder / "f") as file, BlockReader() as reader, pytest.raises(MemoryError):
        for _ in reader.blocks(file, digest=digest):
            pass
    assert told == at + 1


@pytest.mark.usefixtures("threads_end")
def test_an_error_of_the_system_reaches_the_caller(folder: Path) -> None:
    with opened(folder, os.O_RDONLY | os.O_DIRECTORY) as no_file, BlockReader() as reader:
        with pytest.raises(IsADirectoryError):
            next(reader.blocks(no_file))
        with pytest.raises(IsADirectoryError):
            next(read_range(no_file, 0, 10 * SMALL, chunk=SMALL))


# --- writing --------------------------------------------------------------------------------------------


@common
@given(pieces=st.lists(sizes, max_size=8), past=st.booleans())
def test_pieces_written_one_after_the_other(folder: Path, pieces: list[int], past: bool) -> None:
    (buffer,) = disk.buffers(1)
    whole = b""
    with opened(folder / "f", os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
        assert not past or bypass(file)
        for size in pieces:
            piece = noise(min(size, SMALL))
            buffer[: len(piece)] = piece
            write_all(file, buffer[: len(piece)])
            whole += piece
    assert (folder / "f").read_bytes() == whole


@common
@given(pieces=st.lists(st.tuples(sizes, st.booleans()), max_size=8), expected=st.booleans())
def test_gathered_into_blocks(folder: Path, pieces: list[tuple[int, bool]], expected: bool) -> None:
    whole = b""
    with opened(folder / "f", os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
        writer = BlockWriter(file)
        for size, in_place in pieces:
            piece = noise(size)
            whole += piece
            if expected:
                writer.expect(size)
            if not in_place:
                writer.write(piece)
            while in_place and piece:
                count = min(len(piece), len(writer.room))
                writer.room[:count] = piece[:count]
                writer.filled(count)
                piece = piece[count:]
        writer.flush()
    assert (folder / "f").read_bytes() == whole


def test_only_a_large_file_is_written_past_the_cache(folder: Path) -> None:
    with opened(folder / "f", os.O_WRONLY | os.O_CREAT) as file:
        writer = BlockWriter(file)
        writer.write(noise(SMALL // 2))
        writer.expect(SMALL // 2 - 1)
        assert not is_bypassed(file)
        writer.expect(SMALL // 2)
        writer.write(noise(SMALL))
        assert is_bypassed(file)
        writer.flush()
    assert (folder / "f").stat().st_size == SMALL * 3 // 2


def test_memory_that_is_not_aligned_is_written_through_the_cache(folder: Path) -> None:
    data = memoryview(bytearray(noise(3 * SMALL)))[13 : 13 + SMALL]
    with opened(folder / "f", os.O_WRONLY | os.O_CREAT) as file:
        assert bypass(file)
        write_all(file, data)
    assert (folder / "f").read_bytes() == data


def test_a_descriptor_that_cannot_be_written_says_so(folder: Path) -> None:
    with opened(folder / "trial") as file, pytest.raises(OSError) as caught:
        write_all(file, b"x")
    assert caught.value.errno == errno.EBADF


# --- which way ------------------------------------------------------------------------------------------


def test_what_lies_in_the_cache_is_read_from_there(folder: Path) -> None:
    (folder / "f").write_bytes(noise(64 * SMALL))
    size = 64 * SMALL
    with opened(folder / "f") as file:
        bypass_if_cold(file, size)
        assert not is_bypassed(file)
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        if disk._is_cached(file, size):
            pytest.skip("this file system's cache cannot be emptied")
        bypass_if_cold(file, SMALL - 1)
        assert not is_bypassed(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        bypass_if_cold(file, size)
        assert is_bypassed(file)


def test_it_leaves_the_cache_as_it_was(folder: Path) -> None:
    data = noise(64 * SMALL)
    with opened(folder / "f", os.O_RDWR | os.O_CREAT) as file:
        assert bypass(file)
        writer = BlockWriter(file)
        writer.write(data)
        writer.flush()
        assert b"".join(read_range(file, 0, len(data), chunk=SMALL)) == data
        assert not disk._is_cached(file, len(data))


# --- other disks ----------------------------------------------------------------------------------------


HEAD = """
import os, sys
from pathlib import Path
from pipeline.tools import disk
disk.BLOCK = disk.LARGE = 1 << 16
"""


def apart(setup: str, code: str, *arguments: Path) -> str:
    """What the code prints in a mount namespace of its own."""
    need_apart()
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", f'{setup}\nexec "$@"', "sh", sys.executable, "-c", HEAD + code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if "mount:" in done.stderr or "losetup" in done.stderr:
        pytest.skip(f"no such disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout


ROUND_TRIP = """
root = Path(sys.argv[1])
for size in (0, 1, 4096, 1 << 16, (1 << 18) + 4097):
    data = os.urandom(size)
    file = os.open(root / str(size), os.O_RDWR | os.O_CREAT)
    writer = disk.BlockWriter(file)
    writer.expect(size)
    writer.write(data)
    writer.flush()
    past = disk.bypass(file)
    copy = os.open(root / f"{size} copy", os.O_RDWR | os.O_CREAT)
    disk.bypass(copy)
    with disk.BlockReader() as reader:
        for block in reader.blocks(file):
            disk.write_all(copy, block)
    assert b"".join(disk.read_range(copy, 0, size, chunk=4096)) == data == (root / f"{size} copy").read_bytes()
    print(past)
"""


@pytest.mark.parametrize(
    ("setup", "past"),
    [
        pytest.param("mount -t ramfs ramfs '{0}'", "False", id="ramfs, which refuses"),
        pytest.param("mount -t tmpfs tmpfs '{0}'", None, id="tmpfs"),
        pytest.param(
            "truncate -s 16m '{0}.img'; mkfs.ext4 -q '{0}.img'; mount -o loop,data=journal '{0}.img' '{0}'",
            "True",
            id="ext4 that takes the flag and goes through the cache",
        ),
    ],
)
def test_other_file_systems(tmp_path: Path, setup: str, past: str | None) -> None:
    (tmp_path / "m").mkdir()
    said = set(apart(setup.format(tmp_path / "m"), ROUND_TRIP, tmp_path / "m").split())
    assert said == {past} if past else said <= {"True", "False"}


FILL_UP = """
import errno
from contextlib import closing
from datetime import UTC, datetime
from pipeline.codecs.tar_package import TarWriter
from pipeline.domain.digests import Digest, Hasher
from pipeline.errors import StorageFull
from pipeline.delivery.copying import Copier
from pipeline.stores import StoreSettings, prepare_store

small, source = map(Path, sys.argv[1:])
data = source.read_bytes()
size = len(data)

with Copier(lambda _: None) as copier, source.open("rb") as file:
    try:
        copier.copy(file.fileno(), small / "copy", size=size, hasher=Hasher())
    except StorageFull as error:
        print("copy", type(error.__cause__).__name__, error.__cause__.errno == errno.ENOSPC, (small / "copy").exists())

hasher = Hasher()
hasher.update(data)
try:
    with TarWriter(small / "t.tar", folder="bag", mtime=datetime(2026, 1, 1, tzinfo=UTC)) as tar:
        tar.add_file("data/x", source, size=size, expected=hasher.digests())
except OSError as error:
    print("tar", error.errno == errno.ENOSPC)
(small / "t.tar").unlink()

store = prepare_store(StoreSettings(name="nas", url=(small / "store").as_uri()))
try:
    store.put("a/b", source)
except StorageFull as error:
    reason = error.message.fact("reason")
    print("store", reason.code, list(store.keys()), os.listdir(small / "store/.incoming"))
store.put_bytes("a/b", b"1")
"""


def test_a_disk_that_fills_up_in_the_middle(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "source").write_bytes(noise(40 << 20))
    image = f"{tmp_path}/m.img"
    setup = f"truncate -s 24m '{image}'; mkfs.ext4 -q '{image}'; mount -o loop '{image}' '{tmp_path}/m'"
    said = apart(setup, FILL_UP, tmp_path / "m", tmp_path / "source").splitlines()
    assert said == ["copy OSError True False", "tar True", "store disk_full [] []"]


BAD_SECTORS = """
import errno, fcntl, hashlib, struct
path, image, source = map(Path, sys.argv[1:])
data, page = source.read_bytes(), 83  # in the middle of a block, of which sixteen pages make one
file = os.open(path, os.O_RDONLY)
(where,) = struct.unpack("I", fcntl.ioctl(file, 1, struct.pack("I", page)))  # FIBMAP
os.truncate(image, where * 4096)
got, ended = b"", None
assert disk.bypass(file)
try:
    for chunk in disk.read_range(file, 0, len(data), chunk=4096):
        got += chunk
except OSError as error:
    ended = error.errno == errno.EIO
print(ended, len(got) // 4096, data.startswith(got))
"""


def test_what_lies_before_a_bad_sector_is_read(tmp_path: Path) -> None:
    """Sectors behind the end of a disk's image cannot be read: that is what a dying disk looks like."""
    (tmp_path / "m").mkdir()
    (tmp_path / "source").write_bytes(noise(1 << 20))
    image = f"{tmp_path}/m.img"
    setup = f"""truncate -s 24m '{image}'; mkfs.ext4 -q -b 4096 '{image}'; mount -o loop '{image}' '{tmp_path}/m'
        cp '{tmp_path}/source' '{tmp_path}/m/f'; umount '{tmp_path}/m'; mount -o loop,ro '{image}' '{tmp_path}/m'"""
    assert apart(setup, BAD_SECTORS, tmp_path / "m/f", Path(image), tmp_path / "source") == "True 83 True\n"
