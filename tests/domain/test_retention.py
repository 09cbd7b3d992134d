"""Retention as it is written in schedules and catalogues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.retention import ByRule, OneOf, Permanent, Years, parse_retention, retention_code


@pytest.mark.parametrize("text", ["永久", "Y", "y", " 永 久 ", "Ｙ"])
def test_permanent(text: str) -> None:
    assert parse_retention(text) == Permanent()


@pytest.mark.parametrize("text", ["30年", "D30", "d30", "定期30年", "30", "３０年", "定期（30年）", "30 年"])
def test_years(text: str) -> None:
    assert parse_retention(text) == Years(years=30)


def test_a_choice_waits_for_a_person() -> None:
    assert parse_retention("永久或30年") == OneOf(options=(Permanent(), Years(years=30)))
    assert parse_retention("30年、10年") == OneOf(options=(Years(years=30), Years(years=10)))


@pytest.mark.parametrize("text", ["按有关规定执行", "长期", "短期", "待定"])
def test_a_rule_waits_for_a_person(text: str) -> None:
    assert parse_retention(text) == ByRule(text=text)


@pytest.mark.parametrize("text", ["", "年", "三十年", "0", "D0", "999", "YY", "永久30", "30年或者随便", "D"])
def test_what_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no_retention|retention_years"):
        parse_retention(text)


@given(st.integers(1, 200))
def test_codes_come_back(years: int) -> None:
    assert parse_retention(retention_code(Years(years=years))) == Years(years=years)
    assert retention_code(Permanent()) == "Y"


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse_retention(text)
    except ValueError as error:
        assert "retention" in str(error)
