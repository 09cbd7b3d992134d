"""Citizens' numbers in catalogue and names."""

from pathlib import Path

from pipeline.checks.delivery.no_personal_numbers import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.deliveries import pages
from tests.makers.surveyed import A, B, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


NUMBER = "340000190001010023"


def test_a_number_in_a_title_or_in_a_column_that_nobody_knows(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, "题名": f"户主{NUMBER}"}, {"档号": B, "备注": NUMBER}]))
    assert isinstance(result, Failed)
    assert [each.row for each in result.evidence] == [2, 3]
    assert NUMBER not in str(result)


def test_a_number_in_a_name(tmp_path: Path) -> None:
    files = pages(A, f"{NUMBER}.jpg") | pages(B, "001.jpg")
    result = judged(CHECK, made(tmp_path, [{"档号": A}, {"档号": B}], files))
    assert isinstance(result, Failed)
    assert [str(each.fact("field")) for each in result.evidence] == ["path"]
