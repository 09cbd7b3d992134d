"""One copy in one reading: fixity and documents, neither of which changes the other."""

from pathlib import Path

import pytest

from pipeline.checks.plan import load_plan
from pipeline.domain.messages import told_by_program
from pipeline.domain.packages import FixityResult, PackageIndex
from pipeline.domain.verdicts import Verdict
from pipeline.errors import StorageUnavailable
from pipeline.routes.examine import ExaminedCopy, documents_told, examine
from pipeline.stores.loose_files import LooseFilesStore
from pipeline.texts import Texts
from tests.makers.bags import PACKAGE, copied, edited, golden_packages, packed, unpacked
from tests.makers.values import ClockAt


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    return unpacked(golden_packages(folder)[PACKAGE], folder / "bag")


@pytest.fixture
def bag(sound: Path, tmp_path: Path) -> Path:
    return copied(sound, tmp_path / "bag")


def store_of(index: PackageIndex, folder: Path) -> LooseFilesStore:
    tar, beside = (folder / f"{index.bag_name}{ending}" for ending in (".tar", ".index.json"))
    return LooseFilesStore({index.tar_key: tar, index.index_key: beside})


def examined(index: PackageIndex, folder: Path, plan: str = "audit", most_kept: int = 2**20) -> ExaminedCopy:
    return examine(
        index,
        store=store_of(index, folder),
        plan=load_plan(plan),
        clock=ClockAt(),
        advance=lambda _: None,
        most_kept=most_kept,
    )


def verdicts(copy: ExaminedCopy) -> list[Verdict]:
    return [each.result.verdict for each in copy.rows]


def test_a_copy_that_is_in_order(bag: Path, tmp_path: Path) -> None:
    copy = examined(packed(bag, tmp_path), tmp_path)
    assert copy.report.result is FixityResult.OK
    assert verdicts(copy) == [Verdict.PASSED]
    assert documents_told(copy) is None


def test_documents_that_disagree_leave_the_fixity_as_it_is(bag: Path, tmp_path: Path) -> None:
    edited(bag / "metadata/mets.xml", 'SIZE="', 'SIZE="9')
    copy = examined(packed(bag, tmp_path), tmp_path)
    assert copy.report.result is FixityResult.OK
    assert copy.report.faults == ()
    assert verdicts(copy) == [Verdict.FAILED]
    told = documents_told(copy)
    assert told is not None
    assert PACKAGE in Texts.load().say(told, "zh")
    assert "lantai verify" in Texts.load().say(told, "en")


def test_bytes_that_have_changed_are_not_judged_as_documents(bag: Path, tmp_path: Path) -> None:
    index = packed(bag, tmp_path)
    member = index.member("metadata/mets.xml")
    assert member is not None
    tar = tmp_path / f"{index.bag_name}.tar"
    raw = bytearray(tar.read_bytes())
    raw[member.data_offset + 60] ^= 1
    tar.write_bytes(raw)
    copy = examined(index, tmp_path)
    assert copy.report.result is FixityResult.MISMATCH
    assert verdicts(copy) == [Verdict.COULD_NOT_TELL]
    assert documents_told(copy) is None


def test_long_documents_are_not_kept(bag: Path, tmp_path: Path) -> None:
    copy = examined(packed(bag, tmp_path), tmp_path, most_kept=1000)
    assert copy.report.result is FixityResult.OK
    assert verdicts(copy) == [Verdict.COULD_NOT_TELL]


def test_a_package_that_does_not_name_our_profile(bag: Path, tmp_path: Path) -> None:
    (bag / "bag-info.txt").unlink()
    copy = examined(packed(bag, tmp_path), tmp_path)
    assert verdicts(copy) == [Verdict.NOT_APPLICABLE]
    assert documents_told(copy) is None


def test_a_store_that_is_not_there_raises_nothing(bag: Path, tmp_path: Path) -> None:
    index = packed(bag, tmp_path)

    class Silent(LooseFilesStore):
        def read(self, key: str, *, start: int = 0, length: int | None = None):  # type: ignore[no-untyped-def]
            raise StorageUnavailable(told_by_program("no answer"), store="s", key=key)

    copy = examine(index, store=Silent({}), plan=load_plan("package"), clock=ClockAt(), advance=lambda _: None)
    assert copy.report.result is FixityResult.COULD_NOT_TELL
    assert set(verdicts(copy)) == {Verdict.COULD_NOT_TELL, Verdict.NOT_APPLICABLE}
