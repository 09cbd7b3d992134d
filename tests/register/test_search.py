"""Keys that a search compares."""

import pytest

from pipeline.ports import Sought
from pipeline.register.search import folded, period_of, words_of, year_of


@pytest.mark.parametrize(
    ("code", "date", "year"),
    [
        ("K021-WS·2020·Y-0001", "20190101", "2020"),
        ("K021-ZY-001", "20190612", "2019"),
        ("K021-ZY-001", "[20190612]", "2019"),
        ("K021-2019·2020-1", "20180000", "2018"),
        ("K021-ZY-001", "", ""),
    ],
)
def test_years(code: str, date: str, year: str) -> None:
    assert year_of(code, date) == year


def test_periods_however_they_are_written() -> None:
    assert {period_of(text) for text in ("30年", "D30", "30", "定期30年")} == {"D30"}
    assert [period_of(text) for text in ("永久", "Y", "长期", "")] == ["Y", "Y", "长期", ""]


def test_variants_and_forms_of_a_code() -> None:
    assert folded("𠮷林縣") == folded("吉林县")
    assert words_of(Sought(words="民政局 k021.ws_1")) == (("民政局",), ("k021.ws_1", "k021·ws-1"))
    assert words_of(Sought(words=" _ ")) == (("_",),)
