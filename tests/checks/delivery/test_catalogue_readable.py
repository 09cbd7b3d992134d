"""The catalogue: one, and readable."""

from pathlib import Path

from pipeline.checks.delivery.catalogue_readable import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


def test_no_catalogue(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "catalogue.csv").unlink()
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert codes(result) == ["no_catalogue"]


def test_two_catalogues(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "目录.csv").write_bytes((folder / "catalogue.csv").read_bytes())
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert codes(result) == ["two_catalogues"]


def test_a_column_that_nobody_knows_is_noted(tmp_path: Path) -> None:
    folder = made(tmp_path)
    path = folder / "catalogue.csv"
    path.write_text(path.read_text("utf-8").replace("备注", "柜号"), "utf-8")
    assert codes(judged(CHECK, folder)) == ["header_unmapped"]
