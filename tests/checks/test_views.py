"""What checks are shown: of a package, its files and documents; of a delivery, what was found."""

from pathlib import Path

import pytest

from pipeline.checks.views import OUR_PROFILES, DeliveryView, PackageFile, PackageView, by_code
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.records import DeliveryPlan, PlannedRecord
from pipeline.domain.verdicts import CouldNotTell, Effect, Failed, ForAPerson, Passed
from tests.makers.values import description

GAP, EMPTY = finding("page_gap", "K021-1"), finding("empty_file", "1.tif")
LOOKED = message("looked")


def package(folder: Path, *info: tuple[str, str]) -> PackageView:
    (folder / "metadata").mkdir()
    (folder / "metadata/mets.xml").write_bytes(b"<mets/>")
    (folder / "metadata/secret.xml").symlink_to("mets.xml")
    return PackageView(
        name="x",
        contents=BagContents(
            version="1.0",
            info=info,
            tag_files=("metadata/mets.xml", "metadata/gone.xml", "metadata/secret.xml"),
        ),
        files=(
            PackageFile(path="bagit.txt", size=55, sha256="a" * 64),
            PackageFile(path="data/original/1.tif", size=1, sha256="b" * 64),
            PackageFile(path="data/access/1.pdf", size=2, sha256="c" * 64),
        ),
        tag_folder=folder,
    )


def test_a_package_names_our_profile_or_somebody_elses(tmp_path: Path) -> None:
    view = package(tmp_path, ("BagIt-Profile-Identifier", "http://x"), ("BagIt-Profile-Identifier", f"{OUR_PROFILES}1"))
    assert view.profile == f"{OUR_PROFILES}1"


def test_a_package_of_somebody_else_names_none_of_ours(tmp_path: Path) -> None:
    assert package(tmp_path, ("BagIt-Profile-Identifier", "http://x")).profile == ""


def test_files_by_their_folder(tmp_path: Path) -> None:
    view = package(tmp_path)
    assert [file.path for file in view.under("data/original/")] == ["data/original/1.tif"]
    assert [file.size for file in view.payload] == [1, 2]


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("metadata/mets.xml", True),
        ("metadata/gone.xml", False),
        ("metadata/secret.xml", False),
        ("data/original/1.tif", False),
        ("../x", False),
    ],
)
def test_only_tag_files_that_lie_there_are_read(tmp_path: Path, path: str, there: bool) -> None:
    assert package(tmp_path).tag_file(path) == (tmp_path / path if there else None)


def test_a_delivery_is_what_was_surveyed() -> None:
    record = PlannedRecord(description=description(), files=(), findings=(GAP, GAP))
    plan = DeliveryPlan(batch="b", catalogue="catalogue.csv", records=(record, record), findings=(EMPTY,))
    view = DeliveryView.of(plan)
    assert (view.catalogue, view.rows, view.files) == ("catalogue.csv", 2, 0)
    assert view.found == {"empty_file": (EMPTY,), "page_gap": (GAP,) * 4}


def view_of(rows: int, *found: tuple[str, int]) -> DeliveryView:
    return DeliveryView(
        catalogue="c",
        rows=rows,
        files=0,
        digests_given=False,
        is_bag=False,
        found=by_code(finding(code, str(n)) for code, count in found for n in range(count)),
    )


def test_a_check_is_told_of_its_own_codes_alone() -> None:
    view = view_of(3, ("page_gap", 2), ("empty_file", 1))
    failed = view.judged({"page_gap": Effect.FAILS}, looked_at=LOOKED)
    assert isinstance(failed, Failed)
    assert [each.code for each in failed.evidence] == ["page_gap", "page_gap"]
    assert isinstance(view.judged({"page_doubled": Effect.FAILS}, looked_at=LOOKED), Passed)


def test_without_rows_nothing_is_passed() -> None:
    assert isinstance(view_of(0).judged({"page_gap": Effect.FAILS}, looked_at=LOOKED), CouldNotTell)
    assert isinstance(view_of(0, ("page_gap", 1)).judged({"page_gap": Effect.FAILS}, looked_at=LOOKED), Failed)


def test_a_question_is_for_a_person() -> None:
    question = message("which")
    result = view_of(1, ("page_gap", 1)).judged({"page_gap": Effect.ASKS}, looked_at=LOOKED, question=question)
    assert isinstance(result, ForAPerson)
    assert result.question == question
