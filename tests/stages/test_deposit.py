import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from pipeline import __version__
from pipeline.domain.events import EventKind, Outcome
from pipeline.domain.messages import told_by_program
from pipeline.domain.packages import FixityReport, FixityResult, Packaged, PackageIndex
from pipeline.errors import (
    CopyMismatch,
    HouseError,
    ObjectDiffers,
    ObjectExists,
    ObjectMissing,
    SourceChanged,
    StorageError,
    StorageFull,
    StorageUnavailable,
    UsageError,
)
from pipeline.ports import Abilities, Store
from pipeline.retry import ATTEMPTS
from pipeline.stages.audit import audit
from pipeline.stages.deposit import deposit
from pipeline.stores import StoreSettings, prepare_store
from tests.makers.real_packages import real_package


class NoonClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


class FolderStore:
    """A real store of plain files; `trouble` is called before each act and may raise or do damage."""

    def __init__(self, root: Path, *, name: str = "", trouble: Callable[[str, str], None] | None = None) -> None:
        root.mkdir(exist_ok=True)
        self.root, self.name, self.url = root, name or root.name, root.as_uri()
        self.acts: list[tuple[str, str]] = []
        self.trouble = trouble

    def put(self, key: str, source: Path) -> None:
        self.put_bytes(key, source.read_bytes(), act="put")

    def put_bytes(self, key: str, data: bytes, *, act: str = "put_bytes") -> None:
        self._begin(act, key)
        if (self.root / key).exists():
            raise ObjectExists(key, store=self.name, key=key)
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        (self.root / f"{key}.partial").write_bytes(data)
        (self.root / f"{key}.partial").rename(self.root / key)
        self._begin(f"after {act}", key)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        self._begin("read", key)
        try:
            data = (self.root / key).read_bytes()
        except FileNotFoundError:
            raise ObjectMissing(key, store=self.name, key=key) from None
        end = len(data) if length is None else start + length
        yield from (data[at : min(at + 4096, end)] for at in range(start, end, 4096))

    def size(self, key: str) -> int | None:
        self._begin("size", key)
        return (self.root / key).stat().st_size if (self.root / key).exists() else None

    def keys(self, prefix: str = "") -> Iterator[str]:
        yield from sorted(k for k in self.files() if k.startswith(prefix))

    def probe(self) -> Abilities:
        return Abilities(versioning=None, object_lock=None, checksums=None, conditional_writes=None)

    def files(self) -> list[str]:
        return sorted(str(p.relative_to(self.root)) for p in self.root.rglob("*") if p.is_file())

    def _begin(self, act: str, key: str) -> None:
        self.acts.append((act, key))
        if self.trouble is not None:
            self.trouble(act, key)


def read_back(index: PackageIndex, store: Store) -> FixityReport:
    """As the route passes it in."""
    return audit(index, store=store, clock=NoonClock(), advance=lambda _: None, index_expected=False)


class Site:
    """A finished package, two stores, and what was told."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "packaged"
        self.folder.mkdir()
        self.packaged = real_package(self.folder)
        self.index = self.packaged.index
        self.nas, self.s3 = FolderStore(root / "nas"), FolderStore(root / "s3")
        self.told: list[int] = []
        self.slept: list[float] = []
        self.check: Callable[[PackageIndex, Store], FixityReport] = read_back

    def deposit(self, *stores: Store):  # type: ignore[no-untyped-def]  # the type under test
        return deposit(
            self.packaged,
            folder=self.folder,
            stores=stores or (self.nas, self.s3),
            check=self.check,
            clock=NoonClock(),
            advance=self.told.append,
            sleep=self.slept.append,
        )

    def whole(self, store: FolderStore) -> bool:
        kept = {key: (store.root / key).read_bytes() for key in store.files()}
        tar, index = self.folder / self.packaged.index.tar_name, self.folder / f"{self.index.bag_name}.index.json"
        return kept == {self.index.tar_key: tar.read_bytes(), self.index.index_key: index.read_bytes()}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def once(act: str, suffix: str, error: Exception) -> Callable[[str, str], None]:
    """Trouble the first time that `act` is done to a key of that ending."""
    left = [error]

    def trouble(done: str, key: str) -> None:
        if done == act and key.endswith(suffix) and left:
            raise left.pop()

    return trouble


def always(act: str, suffix: str, error: Exception) -> Callable[[str, str], None]:
    def trouble(done: str, key: str) -> None:
        if done == act and key.endswith(suffix):
            raise error

    return trouble


def test_every_store_gets_tar_and_index_and_the_index_comes_last(site: Site) -> None:
    step = site.deposit()
    assert site.whole(site.nas) and site.whole(site.s3)
    assert step.value.index == site.index
    assert [(c.store, c.tar_key, c.bytes_read_back) for c in step.value.copies] == [
        ("nas", site.index.tar_key, site.index.tar_size),
        ("s3", site.index.tar_key, site.index.tar_size),
    ]
    acts = [act for act in site.nas.acts if act[0] in {"put", "put_bytes", "read"}]
    tar, index = site.index.tar_key, site.index.index_key
    assert acts == [("put", tar), ("read", tar), ("put_bytes", index), ("read", index)]
    assert site.told == [site.index.tar_size] * 2


def test_each_act_leaves_its_event(site: Site) -> None:
    events = site.deposit().events
    assert [e.kind for e in events] == [EventKind.REPLICATION, EventKind.REPLICATION, EventKind.INGESTION]
    for event, store in zip(events, (site.nas, site.s3), strict=False):
        assert event.objects == (site.index.package_id,)
        assert event.outcome is Outcome.SUCCESS
        assert (event.agent.name, event.agent.version) == ("lantai", __version__)
        for fact in (store.name, store.url, site.index.tar_key, f"bytes={site.index.tar_size}"):
            assert fact in event.detail
    assert "nas, s3" in events[2].detail


def test_again_writes_nothing(site: Site) -> None:
    site.deposit()
    site.nas.acts.clear()
    step = site.deposit()
    assert [c.store for c in step.value.copies] == ["nas", "s3"]
    assert not [act for act in site.nas.acts if act[0].startswith("put")]
    assert site.told[2:] == [2 * site.index.tar_size] * 2
    assert "earlier run" in step.events[0].detail


@pytest.mark.parametrize("result", [r for r in FixityResult if r is not FixityResult.OK])
def test_no_index_without_a_copy_read_back_whole(site: Site, result: FixityResult) -> None:
    whole = site.check

    def check(index: PackageIndex, store: Store) -> FixityReport:
        report = whole(index, store)
        return replace(report, result=result) if store in (site.nas, site.s3) else report

    site.check = check
    with pytest.raises(StorageError) as caught:
        site.deposit()
    assert site.nas.files() == site.s3.files() == [site.index.tar_key]
    assert caught.value.retryable is (result is FixityResult.COULD_NOT_TELL)
    assert len(site.slept) == (2 * (ATTEMPTS - 1) if result is FixityResult.COULD_NOT_TELL else 0)


def test_a_store_that_changes_a_byte_is_named_with_package_and_member(site: Site) -> None:
    def damage(act: str, key: str) -> None:
        if act == "after put":
            path = site.s3.root / key
            data = bytearray(path.read_bytes())
            data[site.index.members[1].data_offset] ^= 1
            path.write_bytes(data)

    site.s3.trouble = damage
    with pytest.raises(CopyMismatch) as caught:
        site.deposit()
    for named in ("s3", site.index.package_id, "data/original/2.bin", site.index.tar_key):
        assert named in str(caught.value)
    assert (caught.value.store, caught.value.key) == ("s3", site.index.tar_key)
    assert site.whole(site.nas), "the other store is served all the same"
    assert site.s3.files() == [site.index.tar_key]
    with pytest.raises(ObjectDiffers, match="move"):
        site.deposit()
    shutil.rmtree(site.s3.root / site.index.fonds)
    site.s3.trouble = None
    site.deposit()
    assert site.whole(site.s3)


def test_a_tar_that_was_damaged_before_it_was_stored_is_not_laid_to_the_store(site: Site) -> None:
    tar = site.folder / site.packaged.index.tar_name
    data = bytearray(tar.read_bytes())
    data[site.index.members[1].data_offset] ^= 1
    tar.write_bytes(data)
    with pytest.raises(SourceChanged, match=site.index.package_id) as caught:
        site.deposit(site.nas)
    assert site.index.tar_key in str(caught.value)
    assert site.nas.files() == [site.index.tar_key], "no index: it counts as no copy"


@pytest.mark.parametrize("damaged", [True, False])
def test_a_tar_without_index_is_read_back_and_not_overwritten(site: Site, damaged: bool) -> None:
    data = bytearray((site.folder / site.packaged.index.tar_name).read_bytes())
    data[site.index.members[0].data_offset] ^= damaged
    site.nas.put_bytes(site.index.tar_key, bytes(data))
    site.nas.acts.clear()
    if damaged:
        with pytest.raises(ObjectDiffers, match="第1页"):
            site.deposit()
        assert (site.nas.root / site.index.tar_key).read_bytes() == data
        assert site.nas.files() == [site.index.tar_key]
        assert site.whole(site.s3)
    else:
        step = site.deposit()
        assert site.whole(site.nas)
        assert ("read", site.index.tar_key) in site.nas.acts
        assert "found without index, read back whole" in step.events[0].detail


def test_where_one_store_holds_another_package_nothing_is_written_to_any(site: Site) -> None:
    site.nas.put_bytes(site.index.index_key, b"{}")
    with pytest.raises(ObjectDiffers, match="deposit_rebuild"):
        site.deposit()
    assert site.nas.files() == [site.index.index_key]
    assert (site.nas.root / site.index.index_key).read_bytes() == b"{}"
    assert site.s3.files() == []


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: os.truncate(path, 512)])
def test_an_index_whose_tar_is_gone_or_short_is_no_copy(site: Site, harm: Callable[[Path], None]) -> None:
    site.deposit()
    harm(site.nas.root / site.index.tar_key)
    with pytest.raises(ObjectDiffers, match="nas"):
        site.deposit()


@pytest.mark.parametrize(
    ("act", "suffix"),
    [("size", ".json"), ("size", ".tar"), ("put", ".tar"), ("after put", ".tar"), ("read", ".tar"),
     ("put_bytes", ".json"), ("after put_bytes", ".json"), ("read", ".json")],
)  # fmt: skip
def test_a_store_that_fails_once_is_tried_again(site: Site, act: str, suffix: str) -> None:
    site.nas.trouble = once(act, suffix, StorageUnavailable(told_by_program("503"), store="nas"))
    step = site.deposit()
    assert site.whole(site.nas)
    assert len(step.value.copies) == 2
    assert site.slept == [1.0]


def test_a_store_that_does_not_answer_is_given_up_and_the_others_are_kept(site: Site) -> None:
    site.nas.trouble = always("put", ".tar", StorageUnavailable(told_by_program("503"), store="nas"))
    with pytest.raises(StorageUnavailable):
        site.deposit()
    assert site.slept == [1.0, 2.0, 4.0, 8.0]
    assert site.nas.files() == []
    assert site.whole(site.s3)
    site.nas.trouble = None
    site.s3.acts.clear()
    assert len(site.deposit().value.copies) == 2
    assert site.whole(site.nas)
    assert not [act for act in site.s3.acts if act[0].startswith("put")]


def test_what_trying_again_cannot_mend_is_not_tried_again(site: Site) -> None:
    site.nas.trouble = always("put", ".tar", StorageFull(told_by_program("no room"), store="nas"))
    with pytest.raises(StorageFull):
        site.deposit()
    assert site.slept == []
    assert site.whole(site.s3)


def test_every_failed_store_is_told_and_the_gravest_decides(site: Site) -> None:
    site.nas.trouble = always("put", ".tar", StorageUnavailable(told_by_program("nas: 503"), store="nas"))
    site.s3.trouble = always("put", ".tar", StorageFull(told_by_program("s3: no room"), store="s3"))
    with pytest.raises(StorageFull, match=r"s3: no room.*nas: 503") as caught:
        site.deposit()
    assert caught.value.store == "s3"


def test_an_index_that_comes_back_otherwise_is_told(site: Site) -> None:
    def damage(act: str, key: str) -> None:
        if act == "after put_bytes":
            (site.nas.root / key).write_bytes(b"{")

    site.nas.trouble = damage
    with pytest.raises(CopyMismatch, match=r"index\.json"):
        site.deposit()


@pytest.mark.parametrize("change", [{"bytes_read": 0}, {"store": "other"}, {"version": 2}, {"package_id": "other"}])
def test_a_check_that_did_not_check_is_our_fault(site: Site, change: dict[str, object]) -> None:
    site.check = lambda index, store: replace(read_back(index, store), **change)  # type: ignore[arg-type]
    with pytest.raises(HouseError):
        site.deposit()
    assert site.nas.files() == [site.index.tar_key]


def test_our_own_mistake_is_not_taken_for_the_stores(site: Site) -> None:
    site.nas.trouble = always("put", ".tar", KeyError("slip"))
    with pytest.raises(KeyError):
        site.deposit()


def test_the_workspace_must_be_as_it_was_finished(site: Site) -> None:
    tar = site.folder / site.packaged.index.tar_name
    os.truncate(tar, 1024)
    with pytest.raises(SourceChanged):
        site.deposit()
    tar.unlink()
    with pytest.raises(SourceChanged):
        site.deposit()
    assert site.nas.acts == []


def test_stores_must_be_there_and_told_apart(site: Site) -> None:
    with pytest.raises(UsageError):
        deposit(
            site.packaged, folder=site.folder, stores=(), check=read_back, clock=NoonClock(), advance=site.told.append
        )
    with pytest.raises(UsageError):
        site.deposit(site.nas, FolderStore(site.s3.root, name="nas"))


_KILLED = """
import os, signal, sys
from pathlib import Path
import msgspec
from tests.stages.test_deposit import FolderStore, NoonClock, read_back
from pipeline.domain.packages import Packaged
from pipeline.stages.audit import audit
from pipeline.stages.deposit import deposit
root, left = Path(sys.argv[1]), int(sys.argv[2])
def trouble(act, key):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
store = FolderStore(root / "nas", trouble=trouble)
packaged = msgspec.json.decode((root / "packaged.json").read_bytes(), type=Packaged)
deposit(packaged, folder=root / "packaged", stores=(store,), check=read_back, clock=NoonClock(), advance=print)
"""


def test_killed_at_any_act_the_next_run_ends_it(site: Site, tmp_path: Path) -> None:
    (tmp_path / "packaged.json").write_bytes(msgspec.json.encode(site.packaged))
    for left in range(20):
        call = [sys.executable, "-c", _KILLED, str(tmp_path), str(left)]
        ended = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        if ended.returncode == 0:
            break
        assert ended.returncode == -9, ended.stderr
        if site.index.index_key in site.nas.files():
            assert site.whole(site.nas)
        assert len(site.deposit(site.nas).value.copies) == 1
        assert site.whole(site.nas)
        shutil.rmtree(site.nas.root / site.index.fonds)
    else:
        pytest.fail("it never ended")
    assert left > 6


def local_store(root: Path, name: str) -> Store:
    return prepare_store(StoreSettings(name=name, url=(root / name).as_uri()))


def test_copies_on_one_disk_are_not_the_same_sectors(site: Site, tmp_path: Path) -> None:
    """A local store takes the workspace's file by a hard link; the next must not get the same one."""
    stores = [local_store(tmp_path, f"disk{n}") for n in range(4)]
    site.deposit(*stores)
    assert len({(tmp_path / f"disk{n}" / site.index.tar_key).stat().st_ino for n in range(4)}) == 4


def test_a_disk_that_is_not_mounted(site: Site, tmp_path: Path) -> None:
    stores = (local_store(tmp_path, "here"), local_store(tmp_path, "gone"))
    (tmp_path / "gone").rename(tmp_path / "unplugged")
    with pytest.raises(StorageUnavailable, match="gone"):
        site.deposit(*stores)
    assert list(stores[0].keys()) == [site.index.index_key, site.index.tar_key]
    (tmp_path / "unplugged").rename(tmp_path / "gone")
    assert len(site.deposit(*stores).value.copies) == 2


def test_packaged_survives_the_journal(site: Site) -> None:
    assert msgspec.json.decode(msgspec.json.encode(site.packaged), type=Packaged) == site.packaged
