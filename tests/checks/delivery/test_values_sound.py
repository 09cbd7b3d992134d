"""Pages, dates and retention periods."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.values_sound import CHECK
from pipeline.domain.verdicts import Failed, ForAPerson, Passed
from tests.makers.surveyed import A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"页数": "若干"}, "value_invalid"),
        ({"全宗号": "a/b"}, "value_invalid"),
        ({"日期": "20200231"}, "date_invalid"),
        ({"保管期限": "看情况"}, "retention_invalid"),
    ],
)
def test_a_value_that_is_none(tmp_path: Path, change: dict[str, str], code: str) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, **change}, {"档号": B}]))
    assert isinstance(result, Failed)
    assert codes(result) == [code]


def test_a_date_of_two_meanings_is_for_a_person(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, "日期": "03/04/2020"}, {"档号": B, "日期": "2020年3月"}]))
    assert isinstance(result, ForAPerson)
    assert [(each.code, each.fact("meanings")) for each in result.evidence] == [("date_unclear", "20200304 / 20200403")]


def test_a_period_that_is_left_open_is_for_a_person(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, "保管期限": "永久或30年"}, {"档号": B}]))
    assert isinstance(result, ForAPerson)
    assert codes(result) == ["retention_unclear"]
