"""Numbers in Chinese characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.numerals import NUMERALS, chinese_number

DIGITS = "〇一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1), ("十", 10), ("十五", 15), ("二十", 20), ("廿一", 21), ("卅", 30), ("一百零五", 105),
        ("一百一十", 110),
        ("二〇一八", 2018), ("二○一八", 2018), ("二零零九", 2009), ("叁拾", 30), ("一千", 1000), ("两百", 200),
        ("", None), ("二三十", None), ("十百", None), ("年", None), ("三年", None), ("十十", None),
    ],
)  # fmt: skip
def test_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


@given(st.integers(0, 99_999))
def test_a_number_by_places_is_itself(number: int) -> None:
    assert chinese_number("".join(DIGITS[int(digit)] for digit in str(number))) == number


@given(st.integers(1, 99))
def test_a_number_with_units_is_itself(number: int) -> None:
    tens, ones = divmod(number, 10)
    text = ("" if not tens else ("" if tens == 1 else DIGITS[tens]) + "十") + (DIGITS[ones] if ones else "")
    assert chinese_number(text) == number


@given(st.text(NUMERALS, max_size=14))
def test_any_numerals_are_a_number_or_none(text: str) -> None:
    found = chinese_number(text)
    assert found is None or found >= 0
