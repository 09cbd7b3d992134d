"""Number formats: dates in every writing, codes that a format draws, and digits that stay as they are."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.number_formats import BUILT_IN, general, shown, shown_text

DATES = [14, 15, 16, 17, 22, *range(27, 32), 36, 50, 51, 52, 53, 54, 57, 58]
TIMES = [18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56]


@pytest.mark.parametrize("number", DATES)
def test_the_built_in_formats_of_dates(number: int) -> None:
    assert shown(43539, BUILT_IN[number]) == "20190315"


@pytest.mark.parametrize("number", TIMES)
def test_the_built_in_formats_of_times(number: int) -> None:
    assert shown(0.39583333333, BUILT_IN[number]) == "09:30:00"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (43539, "yyyy-mm-dd", "20190315"),
        (43539, '[$-804]yyyy"年"m"月"d"日";@', "20190315"),
        (43539, "[DBNum1][$-804]yyyy年m月d日", "20190315"),
        (43539, "e年m月d日", "20190315"),
        (43539, "[$-F800]dddd, mmmm dd, yyyy", "20190315"),
        (43586.39583333334, "yyyy-mm-dd h:mm:ss", "20190501 09:30:00"),
        (43586.39583333334, "yyyy/m/d", "20190501 09:30:00"),
        (59, "yyyy-m-d", "19000228"),
        (60, "yyyy-m-d", "19000229"),
        (61, "yyyy-m-d", "19000301"),
        (0, "yyyy-m-d", "0"),
        (-1, "yyyy-m-d", "-1"),
        (3e6, "yyyy-m-d", "3000000"),
        (401, '"K021-WS·2019·D10-"0000', "K021-WS·2019·D10-0401"),
        (401, r"\K\0\2\1\-0000", "K021-0401"),
        (401, "K021-WS·2019·D10-0000", "K021-WS·2019·D10-0401"),
        (401, '"2019-"0000', "2019-0401"),
        (0.5, "mm:ss.0", "12:00:00"),
        (7, "0000", "0007"),
        (20190315, "0000-00-00", "2019-03-15"),
        (12345, '"档"000-00', "档123-45"),
        (5, "第0号", "第5号"),
        (6, '0"页"', "6页"),
        (3, 'General"件"', "3件"),
        (3, '"第"G/通用格式"件"', "第3件"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (12345678, '"No."#,##0', "No.12,345,678"),
        (-5, '0"页";"欠"0"页"', "欠5页"),
        (0, '0"页";0"页";"无"', "无"),
        (150, '[>100]"多";0"页"', "多"),
        (50, '[>100]"多";0"页"', "50页"),
        (6, "General", "6"),
        (6, "0.00", "6"),
        (6, "0_ ", "6"),
        (6, "#,##0.00", "6"),
        (1234567, "#,##0", "1234567"),
        (2.5, "0.00", "2.50"),
        (2.567, "0.0", "2.567"),
        (6, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "6"),
        (1.5, "0.00E+00", "1.5"),
        (20190315, "@", "20190315"),
        (123456789012345, "0", "123456789012345"),
    ],
)
def test_numbers_as_the_typist_saw_them(value: float, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_workbooks_that_count_from_1904() -> None:
    assert shown(43539 - 1462, "yyyy-m-d", since_1904=True) == "20190315"


@pytest.mark.parametrize(
    ("text", "code", "seen"),
    [("0401", '"K021-"@', "K021-0401"), ("甲", "@", "甲"), ("甲", "General", "甲"), ("甲", '0;0;0;"乙"@', "乙甲")],
)
def test_texts_by_their_format(text: str, code: str, seen: str) -> None:
    assert shown_text(text, code) == seen


@given(st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)))  # noqa: DTZ001 - a workbook knows no zone
def test_every_moment_comes_back(moment: datetime) -> None:
    value = (moment.replace(microsecond=0) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    text = f"{moment:%Y%m%d}" + (
        f" {moment:%H:%M:%S}" if moment.time().replace(microsecond=0).isoformat() != "00:00:00" else ""
    )
    assert shown(value, "yyyy-mm-dd") == text


@given(st.integers(0, 9999))
def test_every_code_is_drawn_whole(number: int) -> None:
    assert shown(number, '"K021-"0000') == f"K021-{number:04d}"


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?,.%@"年月dmyhse;[]\\_*GE+- ', max_size=16))
def test_any_format_shows_something(value: float, code: str) -> None:
    assert isinstance(shown(value, code), str)
    assert general(value)
