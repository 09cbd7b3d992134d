import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from pipeline.checks.bag import validate_bag
from pipeline.codecs.index import decode_index, encode_index
from pipeline.codecs.tar_package import TarWriter
from pipeline.domain.findings import Finding
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import FixityResult, PackageIndex
from pipeline.errors import CopyMismatch, ObjectMissing, StorageError, StorageUnavailable, UsageError
from pipeline.stages.audit import audit
from pipeline.stages.retrieve import retrieve_file, retrieve_from_any, retrieve_originals, retrieve_package
from pipeline.stores.kind import StoreSettings
from pipeline.stores.memory import MemoryStore
from tests.fakes.bad_stores import BadSector, EndsEarly, GoesAway, SmallChunks, Spy
from tests.makers.described import PAGES, FixedClock, described_record
from tests.makers.real_packages import tar_alone

_NUMBERS = count()
PAGE = "data/original/001.tif"
NAMES = {
    **PAGES,
    "会议.tif".encode("gbk"): b"name in GBK",
    b"a\nb:c*.tif": b"awkward",
    "目录/下级/1.tif".encode(): b"in folders",
    "e\u0301.tif".encode(): b"nfd",
    "é.tif".encode(): b"nfc",
    ("长" * 85).encode(): b"longest name",
    b" lead.": b"edges",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[PackageIndex, bytes]:
    root = tmp_path_factory.mktemp("package")
    step = described_record(root / "record", originals=NAMES).package(root / "out")
    return step.value.index, (root / "out" / step.value.index.tar_name).read_bytes()


def store_of(index: PackageIndex, tar: bytes) -> MemoryStore:
    store = MemoryStore(StoreSettings(name="copy", url=f"memory://retrieve-{next(_NUMBERS)}"))
    store.put_bytes(index.tar_key, tar)
    store.put_bytes(index.index_key, encode_index(index))
    return store


def damaged(made: tuple[PackageIndex, bytes], path: str) -> MemoryStore:
    index, tar = made
    member = index.member(path)
    assert member is not None
    at = member.data_offset
    return store_of(index, tar[:at] + bytes([tar[at] ^ 1]) + tar[at + 1 :])


def tree(folder: Path) -> dict[bytes, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {os.fsencode(path.relative_to(folder)): path.read_bytes() for path in files}


def test_one_file(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    index, tar = made
    store = Spy(store_of(index, tar))
    retrieve_file(index, PAGE, store=store, target=tmp_path / "页.tif")  # type: ignore[arg-type]
    assert (tmp_path / "页.tif").read_bytes() == PAGES[b"001.tif"]
    assert (tmp_path / "页.tif").stat().st_mode & 0o777 == 0o644
    member = index.member(PAGE)
    assert member is not None
    assert store.requests == [(index.tar_key, member.data_offset, member.size)]


def test_an_empty_file(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    retrieve_file(made[0], "data/original/empty.txt", store=store_of(*made), target=tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""


def test_wrong_bytes_leave_nothing_behind(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    with pytest.raises(CopyMismatch, match=r"001\.tif"):
        retrieve_file(made[0], PAGE, store=damaged(made, PAGE), target=tmp_path / "x")
    for store, error in (
        (EndsEarly(store_of(*made), most=10), CopyMismatch),
        (GoesAway(store_of(*made)), StorageUnavailable),
        (MemoryStore(StoreSettings(name="empty", url="memory://retrieve-empty")), ObjectMissing),
    ):
        with pytest.raises(error):
            retrieve_file(made[0], PAGE, store=store, target=tmp_path / "x")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_nothing_existing_is_overwritten(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("mine", "dangling"):
        with pytest.raises(UsageError, match="target_taken"):
            retrieve_file(made[0], PAGE, store=store_of(*made), target=tmp_path / name)
    assert (tmp_path / "mine").read_text() == "mine"
    (tmp_path / made[0].bag_name).mkdir()
    with pytest.raises(UsageError, match="target_taken"):
        retrieve_package(made[0], store=store_of(*made), folder=tmp_path)
    (tmp_path / made[0].package_id).symlink_to(tmp_path)
    with pytest.raises(UsageError, match="target_taken"):
        retrieve_originals(made[0], store=store_of(*made), folder=tmp_path)


def test_a_target_that_appears_meanwhile_is_not_overwritten(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    class Slow(Spy):
        def _give(self, key: str, start: int, length: int | None):  # type: ignore[no-untyped-def]
            (tmp_path / "x").write_text("somebody else's")
            return self.inner.read(key, start=start, length=length)

    with pytest.raises(UsageError, match="target_taken"):
        retrieve_file(made[0], PAGE, store=Slow(store_of(*made)), target=tmp_path / "x")  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "somebody else's"


def test_no_such_file_and_no_such_folder(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="package_without_file"):
        retrieve_file(made[0], "data/original/../../etc", store=store_of(*made), target=tmp_path / "x")
    with pytest.raises(UsageError, match="target_unwritable"):
        retrieve_file(made[0], PAGE, store=store_of(*made), target=tmp_path / "no" / "x")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="target_unwritable"):
        retrieve_package(made[0], store=store_of(*made), folder=tmp_path / "file")


@pytest.mark.parametrize("chunk", [1000, 1 << 22])
def test_the_whole_package(made: tuple[PackageIndex, bytes], tmp_path: Path, chunk: int) -> None:
    index, tar = made
    told: list[int] = []
    store = SmallChunks(store_of(index, tar), chunk=chunk)
    bag = retrieve_package(index, store=store, folder=tmp_path / "new" / "folder", advance=told.append)  # type: ignore[arg-type]
    assert bag == tmp_path / "new" / "folder" / index.bag_name
    report = validate_bag(bag)
    assert (report.complete, report.valid, report.findings) == (True, True, ())
    assert sum(told) == index.tar_size
    assert [p.name for p in bag.parent.iterdir()] == [index.bag_name]
    assert bag.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("path", [PAGE, "metadata/mets.xml", "manifest-sha256.txt"])
def test_a_damaged_package_leaves_nothing_behind(made: tuple[PackageIndex, bytes], tmp_path: Path, path: str) -> None:
    with pytest.raises(CopyMismatch, match=path.rsplit("/", 1)[-1]):
        retrieve_package(made[0], store=damaged(made, path), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_ends_early_or_breaks_off_leaves_nothing_behind(
    made: tuple[PackageIndex, bytes], tmp_path: Path
) -> None:
    index, tar = made
    with pytest.raises(CopyMismatch, match="copy_given_short"):
        retrieve_package(index, store=store_of(index, tar[:-600]), folder=tmp_path)
    with pytest.raises(StorageError):
        retrieve_package(index, store=BadSector(store_of(index, tar), offset=9000), folder=tmp_path)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_originals_under_their_own_names(made: tuple[PackageIndex, bytes], tmp_path: Path) -> None:
    folder = retrieve_originals(made[0], store=store_of(*made), folder=tmp_path)
    assert folder == tmp_path / made[0].package_id
    assert tree(folder) == NAMES


def with_name(index: PackageIndex, path: str, raw_hex: str) -> PackageIndex:
    members = tuple(replace(m, original_name_hex=raw_hex) if m.path == path else m for m in index.members)
    return replace(index, members=members)


def test_a_name_the_disk_refuses_is_told_and_the_file_comes_under_its_safe_name(
    made: tuple[PackageIndex, bytes], tmp_path: Path
) -> None:
    index, tar = made
    too_long = OriginalName.of(b"x" * 300 + b".tif")
    changed = with_name(index, PAGE, too_long.raw_hex)
    with pytest.raises(UsageError, match="original_name_refused"):
        retrieve_originals(changed, store=store_of(index, tar), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
    told: list[Finding] = []
    folder = retrieve_originals(changed, store=store_of(index, tar), folder=tmp_path, refused=told.append)
    assert [(f.code, f.subject, f.fact("path")) for f in told] == [("name_refused", too_long.display, PAGE)]
    assert (folder / "001.tif").read_bytes() == PAGES[b"001.tif"]
    assert len(tree(folder)) == len(NAMES)


def test_two_originals_of_one_name_do_not_overwrite_each_other(
    made: tuple[PackageIndex, bytes], tmp_path: Path
) -> None:
    index, tar = made
    changed = with_name(index, "data/original/empty.txt", OriginalName.of(b"001.tif").raw_hex)
    told: list[Finding] = []
    folder = retrieve_originals(changed, store=store_of(index, tar), folder=tmp_path, refused=told.append)
    assert [f.fact("path") for f in told] == ["data/original/empty.txt"]
    assert (folder / "001.tif").read_bytes() == PAGES[b"001.tif"]
    assert (folder / "empty.txt").read_bytes() == b""


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/../../evil", "..", "x\0y"])
def test_a_hostile_index_leads_nowhere(made: tuple[PackageIndex, bytes], tmp_path: Path, name: str) -> None:
    index, tar = made
    home = tmp_path / "home"
    home.mkdir()
    by_name = with_name(index, PAGE, name.encode().hex())
    by_path = replace(index, members=(*index.members[:-1], replace(index.members[-1], path=name)))
    for hostile in (by_name, by_path):
        with pytest.raises(StorageError, match="index_unusable"):
            retrieve_originals(hostile, store=store_of(index, tar), folder=home)
        with pytest.raises(StorageError, match="index_unusable"):
            retrieve_package(hostile, store=store_of(index, tar), folder=home)
        with pytest.raises(StorageError, match="index_unusable"):
            retrieve_file(hostile, hostile.members[-1].path, store=store_of(index, tar), target=home / "x")
    assert list(home.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


@pytest.fixture
def thin(made: tuple[PackageIndex, bytes], tmp_path: Path) -> tuple[PackageIndex, MemoryStore]:
    """Version 2 with a new record.xml, whose other files lie in the tar of version 1."""
    first, tar = made
    store = store_of(first, tar)
    bag = first.bag_name.replace("v0001", "v0002")
    path = tmp_path / f"{bag}.tar"
    with TarWriter(path, folder=bag, version=2, mtime=datetime(2027, 1, 1, tzinfo=UTC)) as out:
        own = out.add_bytes("metadata/record.xml", b"<record>other title</record>")
        size = out.finish()
    members = (own, *(member for member in first.members if member.path != own.path))
    index = replace(first, version=2, bag_name=bag, objects=tar_alone(bag, size), members=members)
    index = decode_index(encode_index(index))
    store.put(index.tar_key, path)
    store.put_bytes(index.index_key, index.written)
    return index, store


def test_files_of_an_earlier_version_are_taken_out_of_its_tar(
    thin: tuple[PackageIndex, MemoryStore], tmp_path: Path
) -> None:
    index, store = thin
    assert index.earlier_versions == (1,)
    bag = retrieve_package(index, store=store, folder=tmp_path / "bag")
    assert (bag / "metadata/record.xml").read_bytes() == b"<record>other title</record>"
    assert {os.fsencode(m.path) for m in index.members} == tree(bag).keys()
    retrieve_file(index, PAGE, store=store, target=tmp_path / "page")
    assert (tmp_path / "page").read_bytes() == PAGES[b"001.tif"]
    originals = retrieve_originals(index, store=store, folder=tmp_path / "originals")
    assert tree(originals) == NAMES


def test_an_audit_reads_the_own_tar_and_names_the_earlier_version(thin: tuple[PackageIndex, MemoryStore]) -> None:
    index, store = thin
    report = audit(index, store=store, clock=FixedClock(), advance=lambda _: None)
    assert (report.result, report.earlier_versions) == (FixityResult.OK, (1,))
    assert report.bytes_read == index.tar_size + len(index.written)


def test_a_changed_file_of_an_earlier_version_is_not_given_out(
    made: tuple[PackageIndex, bytes], thin: tuple[PackageIndex, MemoryStore], tmp_path: Path
) -> None:
    index, store = thin
    tar = store_of(index, b"".join(store.read(index.tar_key)))
    member = index.member(PAGE)
    assert member is not None
    raw = bytearray(made[1])
    raw[member.data_offset] ^= 1
    tar.put_bytes(index.tar_key_of(member), bytes(raw))
    with pytest.raises(CopyMismatch) as error:
        retrieve_package(index, store=tar, folder=tmp_path / "bag")
    assert error.value.key == made[0].tar_key
    assert not list((tmp_path / "bag").iterdir())


def test_the_next_store_is_asked_where_one_does_not_give_the_file_whole(
    made: tuple[PackageIndex, bytes], tmp_path: Path
) -> None:
    index, tar = made
    wrong, good = damaged(made, PAGE), store_of(index, tar)
    assert retrieve_from_any(index, PAGE, stores=(wrong, good), target=tmp_path / "1.tif") == "copy"
    assert (tmp_path / "1.tif").read_bytes() == PAGES[b"001.tif"]
    with pytest.raises(CopyMismatch):
        retrieve_from_any(index, PAGE, stores=(wrong, wrong), target=tmp_path / "2.tif")
    with pytest.raises(UsageError):
        retrieve_from_any(index, PAGE, stores=(), target=tmp_path / "2.tif")
    assert not (tmp_path / "2.tif").exists()
