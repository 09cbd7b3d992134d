"""Dates of records (日期): `YYYYMMDD` by DA/T 18-2022, a researched date in brackets, an unknown part as zeros."""

import re
import unicodedata
from datetime import date

_ONE = r"(\d{4})(\d{2})(\d{2})"
_FORM = re.compile(rf"^(?:{_ONE}|\[{_ONE}\]|{_ONE}[-/~]{_ONE})$", re.ASCII)
_OTHER = re.compile(r"^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?:T?\d{1,2}:\d{2}(?::\d{2})?)?$", re.ASCII)
_MONTH = re.compile(r"^(\d{4})[-./年](\d{1,2})月?$", re.ASCII)


def is_record_date(text: str) -> bool:
    """Whether it is `YYYYMMDD`, `[YYYYMMDD]` (researched) or `YYYYMMDD-YYYYMMDD`, of the calendar.

    Month or day may be `00` where they are not known (`20190000`); a year alone is not a date.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return False
    numbers = [int(group) for group in match.groups() if group]
    days = [tuple(numbers[i : i + 3]) for i in range(0, len(numbers), 3)]
    return all(_exists(*day) for day in days) and days == sorted(days)


def suggested_date(text: str) -> str:
    """`YYYYMMDD` where the text is plainly a date in another form (2019年3月15日, 2019-3-15, 2019年3月), else empty."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    match = _OTHER.match(plain)
    if match is not None:
        year, month, day = (int(group) for group in match.groups())
        return f"{year:04d}{month:02d}{day:02d}" if month and day and _exists(year, month, day) else ""
    match = _MONTH.match(plain)
    if match is not None:
        year, month = int(match[1]), int(match[2])
        return f"{year:04d}{month:02d}00" if month and _exists(year, month, 0) else ""
    return plain if plain != text and is_record_date(plain) else ""


def _exists(year: int, month: int, day: int) -> bool:
    if year == 0 or (month == 0 and day != 0):
        return False
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True
