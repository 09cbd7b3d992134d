"""Dates of records (日期): `YYYYMMDD` by DA/T 18-2022, a researched date in brackets, an unknown part as zeros.

What people type in other forms is read where it can mean one day, month, year or period only.
"""

import re
import unicodedata
from datetime import date

from pipeline.domain.numerals import NUMERALS, chinese_number

_ONE = r"(\d{4})(\d{2})(\d{2})"
_FORM = re.compile(rf"^(?:{_ONE}|\[{_ONE}\]|{_ONE}[-/~]{_ONE})$", re.ASCII)

_LONGEST = 60
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"、": "."})
_CLOSE = re.compile(r"\s*([年月日号./~-])\s*")
_TIME = re.compile(
    r"[T\s]*(?:上午|下午|凌晨|晚上|中午|am|pm)?\s*\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分?)?(?:\d{1,2}秒)?)"
    r"(?:\s*[ap]m|\+08:?00)?$",
    re.ASCII | re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?$")
_NAMED = re.compile(
    rf"(?P<era>公元|民国)?(?P<y>[{NUMERALS}元]{{1,5}}|\d{{1,4}})年"
    rf"(?:(?P<m>[{NUMERALS}元]{{1,3}}|\d{{1,2}})月(?:份|(?P<d>[{NUMERALS}]{{1,3}}|\d{{1,2}})(?:[日号]|$))?)?"
)
_PARTED = re.compile(r"(\d{4})([-./ ])(\d{1,2})(?:\2(\d{1,2}))?\2?", re.ASCII)
_REVERSED = re.compile(r"(?:(\d{1,2})([-./ ]))?(\d{1,2})([-./ ])(\d{4})", re.ASCII)
_DIGITS = re.compile(r"\d{4}|\d{6}|\d{8}", re.ASCII)
_BETWEEN = re.compile(r"至|到|~+|-+|/")
_REST = re.compile(rf"(?:(?P<m>[{NUMERALS}]{{1,3}}|\d{{1,2}})月)?(?:(?P<d>[{NUMERALS}]{{1,3}}|\d{{1,2}})[日号])?")
_RESEARCHED = re.compile(r"[\[〔](.+)[\]〕]")
_REPUBLIC = 1911
"""民国元年 is 1912."""
_FIRST_YEAR = 1000


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


def date_meanings(text: str) -> tuple[str, ...]:
    """The dates, in the form of `is_record_date`, that a text can mean: one where it is plain (2018.3.15,
    二〇一八年三月十五日, 2018年3月, 2018, 15/03/2018, 2018.3-2018.5, each with or without a time of day), several where
    it is not (03/04/2018), none where it is no date."""
    if is_record_date(text):
        return (text,)
    if len(text) > _LONGEST:
        return ()
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
    plain = _CLOSE.sub(r"\1", plain)
    if match := _RESEARCHED.fullmatch(plain):
        return tuple(f"[{day}]" for day in _one(match[1]))
    if is_record_date(plain):
        return (plain,)
    return _one(plain) or _period(plain)


def _one(plain: str) -> tuple[str, ...]:
    """One day, month or year."""
    timed = _TIME.sub("", plain)
    if timed != plain and _ends_inside_a_day(timed):
        return ()
    bare = _WEEKDAY.sub("", timed).strip()
    if match := _NAMED.fullmatch(bare):
        return _named(match)
    if match := _PARTED.fullmatch(bare):
        return _written(int(match[1]), int(match[3]), int(match[4] or 0))
    if match := _REVERSED.fullmatch(bare):
        return _reversed(match)
    return _digits(bare) if _DIGITS.fullmatch(bare) else ()


def _ends_inside_a_day(text: str) -> bool:
    """Whether cutting a time of day off has left less than a day (`2018-03` of `2018-03-15:20`)."""
    return not text or text[-1] in "-./"


def _named(match: re.Match[str]) -> tuple[str, ...]:
    year, month, day = _value(match["y"]), _value(match["m"]), _value(match["d"])
    if (match["m"] and not month) or (match["d"] and not day) or not year:
        return ()
    if match["era"] == "民国":
        return _written(year + _REPUBLIC, month, day) if year < 100 else ()
    return _written(year, month, day)


def _value(text: str | None) -> int:
    """The number; 0 where there is none."""
    if not text:
        return 0
    return 1 if text == "元" else int(text) if text.isdecimal() else chinese_number(text) or 0


def _reversed(match: re.Match[str]) -> tuple[str, ...]:
    """Day, month and year, or month, day and year: both where both can be."""
    first, second, year = match[1], int(match[3]), int(match[5])
    if first is None:
        return _written(year, second, 0) if second else ()
    if match[2] != match[4] or not second or not int(first):
        return ()
    return tuple(sorted({*_written(year, second, int(first)), *_written(year, int(first), second)}))


def _digits(bare: str) -> tuple[str, ...]:
    """A year; a year and a month, where it is no day of a year in two digits."""
    year, month = int(bare[:4]), int(bare[4:6] or 0)
    if len(bare) != 6:
        return _written(year, month, int(bare[6:] or 0))
    short = _written(2000 + int(bare[:2]), int(bare[2:4]), int(bare[4:])) if bare[2:4] != "00" != bare[4:] else ()
    return tuple(sorted({*(_written(year, month, 0) if month else ()), *short}))


def _period(plain: str) -> tuple[str, ...]:
    """From one day, month or year to another; the second may leave out what it shares with the first."""
    found: set[str] = set()
    for sign in _BETWEEN.finditer(plain):
        firsts, rest = _one(plain[: sign.start()]), plain[sign.end() :]
        if len(firsts) != 1:
            continue
        lasts = _one(rest)
        if not lasts and (match := _REST.fullmatch(rest)) and (match["m"] or match["d"]):
            year, month = int(firsts[0][:4]), int(firsts[0][4:6])
            lasts = _written(year, _value(match["m"]) or month, _value(match["d"]))
        found.update(f"{firsts[0]}-{last}" for last in lasts)
    return tuple(sorted(each for each in found if is_record_date(each)))


def _written(year: int, month: int, day: int) -> tuple[str, ...]:
    return (f"{year:04d}{month:02d}{day:02d}",) if year >= _FIRST_YEAR and _exists(year, month, day) else ()


def _exists(year: int, month: int, day: int) -> bool:
    if year == 0 or (month == 0 and day != 0):
        return False
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True
