"""Required values of the rows."""

from pathlib import Path

from pipeline.checks.delivery.required_values import CHECK
from pipeline.domain.verdicts import CouldNotTell, Failed, Passed
from tests.makers.surveyed import A, B, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


def test_a_row_without_a_title(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, "题名": ""}, {"档号": B}]))
    assert isinstance(result, Failed)
    assert [(each.code, each.row) for each in result.evidence] == [("value_missing", 2)]


def test_without_a_catalogue_nothing_is_passed(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "catalogue.csv").unlink()
    assert isinstance(judged(CHECK, folder), CouldNotTell)
