"""Pages by number and count."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.page_numbers import CHECK
from pipeline.domain.findings import Finding
from pipeline.domain.verdicts import Failed, Passed
from pipeline.profiles import load_profile
from pipeline.stages.survey import survey
from tests.makers.deliveries import pages
from tests.makers.surveyed import A, B, codes, judged, made


def found(folder: Path) -> list[Finding]:
    """What the survey says of pages."""
    plan = survey(folder, profile=load_profile("county"))
    return [each for record in plan.records for each in record.findings if each.code.startswith("page_")]


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("names", "count", "code"),
    [
        (["001.jpg", "002.jpg"], "3", "page_count_differs"),
        (["001.jpg", "003.jpg"], "2", "page_gap"),
        (["001.jpg", "001.tif"], "2", "page_doubled"),
    ],
)
def test_one_thing_changed(tmp_path: Path, names: list[str], count: str, code: str) -> None:
    files = pages(A, *names) | pages(B, "001.jpg")
    result = judged(CHECK, made(tmp_path, [{"档号": A, "页数": count}, {"档号": B}], files))
    assert isinstance(result, Failed)
    assert codes(result) == [code]


@pytest.mark.parametrize(
    ("names", "count", "code"),
    [
        (["第1页.jpg", "第2页.jpg", "第5页.jpg"], "3", "page_gap"),
        (["扫描（1）.jpg", "扫描（2）.jpg", "扫描（4）.jpg"], "3", "page_gap"),
        (["一.jpg", "二.jpg", "四.jpg"], "3", "page_gap"),
        (["002.jpg", "003.jpg"], "2", "page_numbers_begin_late"),
        (["001.jpg", "002.jpg", "002 - 副本.jpg"], "3", "page_copied"),
        (["001.jpg", "002.jpg", "002 - 副本.jpg"], "2", "page_count_differs"),
        (["正面照.jpg", "合影.jpg"], "2", "page_order_unclear"),
        (["001-002.jpg", "003-004.jpg"], "3", "page_count_differs"),
    ],
)
def test_what_names_tell(tmp_path: Path, names: list[str], count: str, code: str) -> None:
    files = pages(A, *names) | pages(B, "001.jpg")
    made_of = made(tmp_path, [{"档号": A, "页数": count}, {"档号": B}], files)
    assert [f.code for f in found(made_of)] == [code]


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["001-002.jpg", "003-004.jpg"], "4"),
        (["001-002.jpg", "003-004.jpg"], "2"),
        (["001.jpg", "002.jpg", "002A.jpg", "003.jpg"], "4"),
        (["卷内目录001.jpg", "卷内目录002.jpg", "001.jpg", "封底.jpg"], "4"),
        (["3月报表.jpg", "5月报表.jpg"], "2"),
        (["附件1.docx", "附件3.docx"], ""),
        (["DSC01234.jpg", "DSC01240.jpg"], "2"),
    ],
)
def test_what_is_in_order(tmp_path: Path, names: list[str], count: str) -> None:
    files = pages(A, *names) | pages(B, "001.jpg")
    assert found(made(tmp_path, [{"档号": A, "页数": count}, {"档号": B}], files)) == []


def test_pages_in_two_forms_are_counted_once(tmp_path: Path) -> None:
    files = pages(A, "jpg/001.jpg", "jpg/002.jpg", "tif/001.tif", "tif/002.tif") | pages(B, "001.jpg", "001.pdf")
    plan = survey(
        made(tmp_path, [{"档号": A, "页数": "2"}, {"档号": B, "页数": "1"}], files), profile=load_profile("county")
    )
    assert [[f.code for f in record.findings] for record in plan.records] == [["pages_in_two_forms"]] * 2
