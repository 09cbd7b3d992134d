"""Retention (保管期限): what schedules and catalogues really say.

Source: DA/T 13-2022 保管期限代码 (`Y`, `D30`); published schedules (永久或30年, 按有关规定执行).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.domain.messages import Invalid, message
from pipeline.domain.numerals import NUMERALS, chinese_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Permanent:
    """永久."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """定期: so many years."""

    years: int

    def __post_init__(self) -> None:
        if not 1 <= self.years <= 200:
            raise Invalid(message("retention_years", years=self.years))


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """永久或30年: a person chooses."""

    options: tuple[Permanent | Years, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRule:
    """按有关规定执行, or the old 长期 and 短期, which only a local rule turns into years: a person decides."""

    text: str


Retention: TypeAlias = Permanent | Years | OneOf | ByRule

_YEARS = re.compile(r"^(?:定期)?(?:\(?D?(\d{1,3})\)?年?\)?)$")
_IN_CHARACTERS = re.compile(rf"(?:定期|保管)?\(?([{NUMERALS}]{{1,5}})年\)?")
_NOTED = re.compile(r"([^()]+)\(([^()]+)\)")
"""`30年（定期）`, `D30（30年）`: both say the same."""
_MOST_YEARS = 200
_OR = re.compile(r"或者?|/|、|,|;")
_OLD_TERMS = {"长期", "短期"}
_RULE = re.compile(r"规定|执行|另行|酌情|待定|视情况")


def parse_retention(text: str) -> Retention:
    """What a cell says: 永久, Y, 30年, D30, 定期30年, 30, 永久或30年, 长期, 按有关规定执行.

    Invalid where it says none of these.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    certain = _certain(plain)
    if certain is not None:
        return certain
    if plain in _OLD_TERMS or _RULE.search(plain):
        return ByRule(text=text.strip())
    options = tuple(_certain(part) for part in _OR.split(plain))
    known = tuple(option for option in options if option is not None)
    if len(known) == len(options) > 1:
        return OneOf(options=known) if len(set(known)) > 1 else known[0]
    raise Invalid(message("no_retention", text=text[:40]))


def period_meant(text: str, periods: Mapping[str, str]) -> str:
    """The period that a cell means by a table of spellings (三十年 → 30年 needs none); as typed where it names none,
    where only a person can say, and where `parse_retention` takes it as it stands."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if plain in periods:
        return periods[plain] or text
    match = _IN_CHARACTERS.fullmatch(plain)
    years = chinese_number(match[1]) if match else None
    if years and 1 <= years <= _MOST_YEARS:
        return f"{years}年"
    return _agreed(plain.upper()) or text


def _agreed(plain: str) -> str:
    """The period that both parts of `D30（30年）` name, or an empty string."""
    match = _NOTED.fullmatch(plain)
    meant = {_certain(part) for part in match.groups() if part != "定期"} if match and not _certain(plain) else set()
    match meant.pop() if len(meant) == 1 else None:
        case Permanent():
            return "永久"
        case Years(years=number):
            return f"{number}年"
        case _:
            return ""


def retention_code(retention: Permanent | Years) -> str:
    """`Y` or `D30` (DA/T 13-2022)."""
    return "Y" if isinstance(retention, Permanent) else f"D{retention.years}"


def _certain(plain: str) -> Permanent | Years | None:
    if plain in {"永久", "Y", "永久(Y)", "永久保存"}:
        return Permanent()
    match = _YEARS.match(plain)
    return Years(years=int(match[1])) if match and 1 <= int(match[1]) <= 200 else None
