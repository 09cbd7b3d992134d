"""Dates of records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.dates import is_record_date, suggested_date


@pytest.mark.parametrize("text", ["20190315", "[19450815]", "20190300", "20190000", "20160101-20201231", "20200229"])
def test_dates(text: str) -> None:
    assert is_record_date(text)


@pytest.mark.parametrize(
    "text",
    ["", "2019", "20190230", "20191301", "20190015", "2019-03-15", "[20190230]", "20201231-20160101", "00000000"],
)
def test_no_dates(text: str) -> None:
    assert not is_record_date(text)


@pytest.mark.parametrize(
    "text",
    ["2019-03-15", "2019年3月15日", "2019/3/15", "2019.03.15", "２０１９０３１５", "2019-3-15 12:30", "2019 0315"],
)
def test_the_form_that_was_meant_is_suggested(text: str) -> None:
    assert not is_record_date(text)
    assert suggested_date(text) == "20190315"


@pytest.mark.parametrize("text", ["2019年3月", "2019-03", "2019.3", "２０１９／３"])
def test_a_day_that_is_not_known_is_suggested_as_zeros(text: str) -> None:
    assert suggested_date(text) == "20190300"


@pytest.mark.parametrize(
    "text", ["2019", "201903", "2019年13月", "2019-0", "三月", "2019-02-30", "15/03/2019", "20190230"]
)
def test_nothing_is_suggested_where_nothing_is_plain(text: str) -> None:
    assert suggested_date(text) == ""


@given(st.dates())
def test_every_day_is_a_date(day: object) -> None:
    assert is_record_date(f"{day:%Y%m%d}".zfill(8))


@given(st.text())
def test_a_suggestion_is_a_date(text: str) -> None:
    assert suggested_date(text) == "" or is_record_date(suggested_date(text))
