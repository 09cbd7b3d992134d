"""Dates and text on their way into XMP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.embedding import iso_date, one_line


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("20190412", "2019-04-12"),
        ("2019-04-12", "2019-04-12"),
        ("2019年04月12日", "2019-04-12"),
        ("2019.04", "2019-04"),
        ("2019", "2019"),
        ("2019年", "2019"),
        ("20190400", "2019-04"),
        ("20190000", "2019"),
        ("20190012", ""),
        ("20191399", ""),
        ("不详", ""),
        ("", ""),
        ("20190412 10:00", ""),
    ],
)
def test_dates(typed: str, iso: str) -> None:
    assert iso_date(typed) == iso


@given(st.text())
def test_any_text_becomes_a_line_that_xml_takes(text: str) -> None:
    line = one_line(text)
    assert all(c >= " " for c in line) and "\n" not in line
    line.encode("utf-8")
