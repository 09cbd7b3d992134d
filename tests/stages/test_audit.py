from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.codecs.bag_manifest import encode_manifest
from pipeline.codecs.index import encode_index
from pipeline.codecs.tar_package import TarWriter
from pipeline.domain.digests import sha256_of
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.errors import ObjectMissing, StorageRefused, StorageUnavailable
from pipeline.ports import Store
from pipeline.stages.audit import audit
from pipeline.stores.kind import StoreSettings
from pipeline.stores.memory import MemoryStore
from tests.fakes.bad_stores import BadSector, EndsEarly, FlipsOnce, GoesAway, SmallChunks, Spy
from tests.makers.described import BOTH, FixedClock, described_record
from tests.makers.real_packages import an_index

_NUMBERS = count()
PAGE = "data/original/001.tif"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[PackageIndex, bytes]:
    """An index and the tar it belongs to."""
    root = tmp_path_factory.mktemp("package")
    step = described_record(root / "record").package(root / "out", digests=BOTH)
    return step.value.index, (root / "out" / step.value.index.tar_name).read_bytes()


def store_of(index: PackageIndex, tar: bytes | None, beside: bytes | None) -> MemoryStore:
    """A store with these two objects."""
    store = MemoryStore(StoreSettings(name="copy", url=f"memory://audit-{next(_NUMBERS)}"))
    if tar is not None:
        store.put_bytes(index.tar_key, tar)
    if beside is not None:
        store.put_bytes(index.index_key, beside)
    return store


def run(index: PackageIndex, store: Store | Spy, *, index_expected: bool = True) -> FixityReport:
    return audit(
        index,
        store=store,
        clock=FixedClock(),
        advance=lambda _: None,
        index_expected=index_expected,  # type: ignore[arg-type]
    )


def faults(report: FixityReport) -> list[tuple[FixityResult, str]]:
    return [(fault.result, fault.path) for fault in report.faults]


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def offset(index: PackageIndex, path: str = PAGE) -> int:
    member = index.member(path)
    assert member is not None
    return member.data_offset


def test_a_whole_copy_is_ok(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    told: list[int] = []
    report = audit(index, store=store_of(index, tar, encode_index(index)), clock=FixedClock(), advance=told.append)
    assert (report.result, report.faults, report.store) == (FixityResult.OK, (), "copy")
    assert report.bytes_read == sum(told) == len(tar) + len(encode_index(index))
    assert report.started_at == report.ended_at == "2026-11-22T03:04:05+00:00"


@pytest.mark.parametrize("chunk", [1, 7, 511, 512, 513, 5000])
def test_whatever_the_chunks(made: tuple[PackageIndex, bytes], chunk: int) -> None:
    index, tar = made
    store = SmallChunks(store_of(index, tar, encode_index(index)), chunk=chunk)
    assert run(index, store).result is FixityResult.OK
    damaged = SmallChunks(store_of(index, flipped(tar, offset(index)), encode_index(index)), chunk=chunk)
    assert faults(run(index, damaged)) == [(FixityResult.MISMATCH, PAGE)]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_byte_goes_unseen(made: tuple[PackageIndex, bytes], data: st.DataObject) -> None:
    index, tar = made
    at = data.draw(st.integers(0, len(tar) - 1))
    report = run(index, store_of(index, flipped(tar, at), encode_index(index)))
    assert report.result is FixityResult.MISMATCH
    hit = next((m.path for m in index.members if m.header_offset <= at < m.end), "")
    assert faults(report) == [(FixityResult.MISMATCH, hit)]


def test_every_changed_member_is_named_with_both_digests(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    paths = [PAGE, "data/access/文件.pdf", "metadata/premis.xml"]
    for path in paths:
        tar = flipped(tar, offset(index, path))
    report = run(index, store_of(index, tar, encode_index(index)))
    assert {fault.path for fault in report.faults} == set(paths)
    page = next(fault for fault in report.faults if fault.path == PAGE)
    member = index.member(PAGE)
    assert member is not None and member.sha256 in str(page.reason) and "found" in str(page.reason)


def test_swapped_members_are_seen(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    names = ("metadata/mets.xml", "metadata/premis.xml")
    a, b = (m for m in index.members if m.path in names)
    assert a.end - a.header_offset == b.end - b.header_offset
    swapped = bytearray(tar)
    swapped[a.header_offset : a.end], swapped[b.header_offset : b.end] = (
        tar[b.header_offset : b.end], tar[a.header_offset : a.end]
    )  # fmt: skip
    report = run(index, store_of(index, bytes(swapped), encode_index(index)))
    assert {fault.path for fault in report.faults} == set(names)


def test_a_tar_that_is_too_short_names_what_is_gone(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    report = run(index, store_of(index, tar[: offset(index) + 5], encode_index(index)))
    assert report.result is FixityResult.MISMATCH
    gone = [m.path for m in index.members if m.header_offset >= offset(index, PAGE) - 1536]
    assert [path for _, path in faults(report)] == ["", *gone]
    for cut in (0, 1, len(tar) - 1):
        assert run(index, store_of(index, tar[:cut], encode_index(index))).result is FixityResult.MISMATCH


def test_a_tar_that_is_too_long_is_told(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    for more in (b"\0", b"x" * 9_000_000):
        report = run(index, store_of(index, tar + more, encode_index(index)))
        assert faults(report) == [(FixityResult.MISMATCH, "")]


def test_a_missing_tar_is_missing(made: tuple[PackageIndex, bytes]) -> None:
    index, _ = made
    assert faults(run(index, store_of(index, None, encode_index(index)))) == [(FixityResult.MISSING, "")]


def test_the_index_beside_the_tar(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    wrong = encode_index(replace(index, title="改"))
    cases: list[tuple[bytes | None, FixityResult]] = [
        (None, FixityResult.MISSING), (wrong, FixityResult.MISMATCH), (b"garbage", FixityResult.MISMATCH),
    ]  # fmt: skip
    for beside, result in cases:
        store = store_of(index, tar, beside)
        report = run(index, store)
        assert (report.result, faults(report)) == (result, [(result, "")])
        assert run(index, store, index_expected=False).result is FixityResult.OK


def test_an_index_that_means_the_same_in_other_bytes_is_changed(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    written = encode_index(index)
    lost_its_name = written.replace(b'"puid":""', b'"puie":""', 1)  # read as if it were not there, and so empty
    for beside in (written.replace(b"\n", b" ", 1), lost_its_name, written + b"\n"):
        assert beside != written
        assert faults(run(index, store_of(index, tar, beside))) == [(FixityResult.MISMATCH, "")]


def test_an_index_misread_once_is_no_verdict(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made

    class Misreads(Spy):
        def _give(self, key: str, start: int, length: int | None):  # type: ignore[no-untyped-def]
            if key == index.index_key and self.requests.count(self.requests[-1]) == 1:
                return iter([b"garbage"])
            return self.inner.read(key, start=start, length=length)

    report = run(index, Misreads(store_of(index, tar, encode_index(index))))
    assert faults(report) == [(FixityResult.COULD_NOT_TELL, "")]


def test_one_bad_read_is_no_verdict(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    store = FlipsOnce(store_of(index, tar, encode_index(index)), offset=offset(index))
    report = run(index, store)
    assert (report.result, faults(report)) == (
        FixityResult.COULD_NOT_TELL, [(FixityResult.COULD_NOT_TELL, PAGE)]
    )  # fmt: skip
    member = index.member(PAGE)
    assert member is not None
    assert (index.tar_key, member.data_offset, member.size) in store.requests


def test_a_manifest_misread_once_is_still_compared(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    store = FlipsOnce(store_of(index, tar, encode_index(index)), offset=offset(index, "manifest-sha256.txt"))
    assert faults(run(index, store)) == [(FixityResult.COULD_NOT_TELL, "manifest-sha256.txt")]


def test_reading_that_breaks_off_once_is_no_fault(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    store = BadSector(store_of(index, tar, encode_index(index)), offset=offset(index) + 3, times=1)
    assert run(index, store).result is FixityResult.OK


def test_a_bad_sector_costs_one_file_and_the_rest_is_still_compared(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    tar = flipped(tar, offset(index, "data/original/第２页 𠮷.tif"))
    store = BadSector(store_of(index, tar, encode_index(index)), offset=offset(index) + 3)
    report = run(index, store)
    assert sorted(faults(report)) == [
        (FixityResult.MISMATCH, "data/original/第２页 𠮷.tif"), (FixityResult.UNREADABLE, PAGE),
    ]  # fmt: skip
    assert report.result is FixityResult.MISMATCH


def test_a_store_that_only_raises_is_given_up(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made

    class Broken(Spy):
        def _give(self, key: str, start: int, length: int | None):  # type: ignore[no-untyped-def]
            raise_at = BadSector(self.inner, offset=start)
            return raise_at._give(key, start, length)

    store = Broken(store_of(index, tar, encode_index(index)))
    report = run(index, store, index_expected=False)
    assert report.result is FixityResult.UNREADABLE
    assert len(store.requests) < 50


def test_a_line_that_drops_now_and_then_is_asked_again(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    assert max(m.size for m in index.members) < 20_000
    report = run(index, EndsEarly(store_of(index, tar, encode_index(index)), most=20_000))
    assert report.result is FixityResult.OK


def test_a_store_that_gives_nothing_more_is_unreadable_not_changed(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    report = run(index, EndsEarly(store_of(index, tar, None), most=100), index_expected=False)
    assert report.result is FixityResult.UNREADABLE


def test_a_store_that_does_not_let_us_in_is_neither_passed_nor_failed(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    closed = BadSector(store_of(index, tar, encode_index(index)), error=StorageRefused)
    assert faults(run(index, closed)) == [(FixityResult.COULD_NOT_TELL, "")]


@pytest.mark.parametrize("answers", [0, 1])
def test_a_store_that_does_not_answer_is_neither_passed_nor_failed(
    made: tuple[PackageIndex, bytes], answers: int
) -> None:
    index, tar = made
    report = run(index, GoesAway(store_of(index, tar, encode_index(index)), answers=answers))
    assert (report.result, faults(report)) == (
        FixityResult.COULD_NOT_TELL, [(FixityResult.COULD_NOT_TELL, "")]
    )  # fmt: skip


def test_a_difference_that_cannot_be_read_again_is_kept(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    damaged = store_of(index, flipped(tar, offset(index)), encode_index(index))
    report = run(index, GoesAway(damaged, answers=1))
    assert (FixityResult.COULD_NOT_TELL, PAGE) in faults(report)
    away = BadSector(damaged, offset=len(tar) - 1, error=StorageUnavailable)
    assert (FixityResult.COULD_NOT_TELL, PAGE) in faults(run(index, away))
    assert run(index, away).result is FixityResult.COULD_NOT_TELL


def test_a_tar_that_goes_away_while_it_is_read_is_missing(made: tuple[PackageIndex, bytes]) -> None:
    index, tar = made
    store = BadSector(store_of(index, tar, encode_index(index)), offset=5000, error=ObjectMissing)
    assert run(index, store).result is FixityResult.MISSING


def bag_with(folder: Path, listed: dict[str, str]) -> tuple[PackageIndex, bytes]:
    """A package of two files whose manifest lists what it is told to."""
    tar = folder / "made.tar"
    with TarWriter(tar, folder="K021-ZY-1-v0001", mtime=FixedClock().now()) as out:
        contents = {"manifest-sha256.txt": encode_manifest(listed.items()), **TWO_FILES}
        members = tuple(out.add_bytes(path, data) for path, data in contents.items())
        size = out.finish()
    return an_index("K021-ZY-1", members=members, tar_size=size), tar.read_bytes()


TWO_FILES = {"data/a.txt": b"a", "data/b.txt": b"b"}
TRUE_LIST = {path: sha256_of(data) for path, data in TWO_FILES.items()}


@pytest.mark.parametrize(
    ("listed", "path"),
    [
        (TRUE_LIST | {"data/a.txt": "0" * 64}, "data/a.txt"),
        ({"data/a.txt": TRUE_LIST["data/a.txt"]}, "manifest-sha256.txt"),
        (TRUE_LIST | {"data/c.txt": "0" * 64}, "manifest-sha256.txt"),
    ],
)
def test_a_manifest_that_contradicts_the_index(tmp_path: Path, listed: dict[str, str], path: str) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "bad").mkdir()
    index, tar = bag_with(tmp_path / "good", TRUE_LIST)
    assert run(index, store_of(index, tar, None), index_expected=False).result is FixityResult.OK
    index, tar = bag_with(tmp_path / "bad", listed)
    report = run(index, store_of(index, tar, None), index_expected=False)
    assert faults(report) == [(FixityResult.MISMATCH, path)]
