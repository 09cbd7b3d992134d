"""Numbers of spreadsheets as the typist saw them: the part of number formats that gives a cell its meaning.

A date is a number shown by a date format; a code such as `K021-0401` may be 401 shown by `"K021-"0000`. Dates become
`YYYYMMDD`, with a time ` HH:MM:SS`, whatever their format shows of them; what only rounds or groups digits changes
nothing. Source: ECMA-376-1, 18.8.30 (numFmts), with the built-in formats of its zh-cn table; [MS-XLS] 2.5.165.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

GENERAL = "General"

_DAY, _MONTH, _YEAR = 'm"月"d"日"', 'yyyy"年"m"月"', 'yyyy"年"m"月"d"日"'
_HOUR, _SECOND = 'h"时"mm"分"', 'h"时"mm"分"ss"秒"'
BUILT_IN: dict[int, str] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: _MONTH, 28: _DAY, 29: _DAY, 30: "m-d-yy", 31: _YEAR, 32: _HOUR,
    33: _SECOND, 34: _HOUR, 35: _SECOND, 36: _MONTH, 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0",
    49: "@", 50: _MONTH, 51: _DAY, 52: _MONTH, 53: _DAY, 54: _DAY, 55: _HOUR, 56: _SECOND, 57: _MONTH, 58: _DAY,
}  # fmt: skip
"""Formats that a workbook does not write out; 27 to 36 and 50 to 58 are those of a Chinese Excel."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>G/通用格式|General)|(?P<char>.)",
    re.DOTALL | re.IGNORECASE,
)
_ELAPSED = re.compile(r"h+|m+|s+", re.I)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)(-?\d+(?:\.\d+)?)")
_SCIENTIFIC = re.compile(r"[0#?]E[+-]", re.I)
_FRACTION = re.compile(r"s\]?[.,]0+", re.IGNORECASE)
_LONGEST_FORMAT = 255
_LAST_DAY = 2_958_466
"""The day after 9999-12-31."""
_LEAP_OF_1900 = 60
"""29 February 1900, which Excel counts and no calendar has."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One of a format's parts, between semicolons. `tokens` are its placeholders one by one (`0 # ? , . % @`), its
    literal texts, and `General`; none of what is shown by powers of ten."""

    tokens: tuple[tuple[str, str], ...]
    days: bool
    hours: bool
    condition: tuple[str, float] | None


def general(value: float) -> str:
    """A number as it stands in a cell without format: whole ones without a point, others with up to 15 digits."""
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def shown(value: float, code: str, *, since_1904: bool = False) -> str:
    """A number by its format. Numbers whose format adds nothing that is read stand as they are."""
    sections = _sections(code[:_LONGEST_FORMAT])
    if sections[0].days or sections[0].hours:
        return _moment(value, sections[0], since_1904) or general(value)
    section, magnitude = _chosen(sections, value)
    return _drawn(magnitude, section) or general(value)


def shown_text(text: str, code: str) -> str:
    """A text by its format: `"K021-"@` puts something before it."""
    if "@" not in code:
        return text
    sections = _sections(code[:_LONGEST_FORMAT])
    section = sections[3] if len(sections) > 3 else sections[-1]
    if not any(kind == "placeholder" and what == "@" for kind, what in section.tokens):
        return text
    return "".join(text if kind == "placeholder" and what == "@" else what for kind, what in section.tokens)


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code or GENERAL):
        if match["char"] == ";":
            parts.append([])
        else:
            parts[-1].append(match)
    return tuple(_section(part) for part in parts[:4])


def _section(part: list[re.Match[str]]) -> _Section:
    tokens: list[tuple[str, str]] = []
    letters, condition = "", None
    for match in part:
        literal = match["quoted"] if match["quoted"] is not None else match["escaped"]
        if literal is not None:
            tokens.append(("literal", literal))
        elif match["bracket"] is not None:
            if _ELAPSED.fullmatch(match["bracket"]):
                letters += match["bracket"][0].lower()
            elif found := _CONDITION.fullmatch(match["bracket"]):
                condition = (found[1], float(found[2]))
        elif match["general"] is not None:
            tokens.append(("general", ""))
        elif match["char"] is not None:
            char = match["char"]
            tokens.append(("placeholder" if char in "0#?,.%@" else "literal", char))
            letters += char.lower() if char in "yYmMdDhHsSeE" else ""
    plain = "".join(text if kind != "literal" or len(text) == 1 else " " for kind, text in tokens)
    if _SCIENTIFIC.search(plain):
        return _Section((), days=False, hours=False, condition=condition)
    if any(mark in _FRACTION.sub("", plain) for mark in "0#"):  # a code of letters and digits, not quoted
        letters = ""
    days, hours = bool(set(letters) & set("yde")), bool(set(letters) & set("hs"))
    days |= "m" in letters and not hours
    return _Section(tuple(tokens), days=days, hours=hours, condition=condition)


def _moment(value: float, section: _Section, since_1904: bool) -> str:
    """A date, a time, or both; an empty string where the number is none."""
    if not 0 <= value < _LAST_DAY:
        return ""
    seconds = round(value * 86_400)
    if not section.days and value < 1:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if since_1904:
        begin = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook knows no zone
    elif value < 1:
        return ""
    elif int(value) == _LEAP_OF_1900:
        return "19000229"
    else:
        begin = datetime(1899, 12, 31 if value < _LEAP_OF_1900 else 30)  # noqa: DTZ001
    try:
        moment = begin + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return f"{moment:%Y%m%d}".zfill(8) + (f" {moment:%H:%M:%S}" if seconds % 86_400 else "")


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section, float]:
    """The section for a number, and the number as that section shows it."""
    if any(section.condition for section in sections):
        fitting = (s for s in sections[:3] if s.condition is None or _fits(value, *s.condition))
        return next(fitting, sections[-1]), value
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _fits(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit, "=": value == limit,
        "<>": value != limit,
    }[sign]  # fmt: skip


def _drawn(value: float, section: _Section) -> str:
    """The number with the section's literal texts and zeros; an empty string where those say nothing."""
    literals = [text for kind, text in section.tokens if kind == "literal"]
    marks = "".join(text for kind, text in section.tokens if kind == "placeholder")
    whole, point, decimals = marks.partition(".")
    says = any(char.isalnum() for text in literals for char in text)
    if not says and whole.count("0") < 2 and "%" not in marks:
        return _padded(value, decimals) if point else ""
    if not any(mark in "0#?" for mark in marks):
        return "".join(general(value) if kind == "general" else text for kind, text in section.tokens)
    if "@" in marks or whole.rstrip("%").endswith(","):
        return ""
    try:
        number = Decimal(repr(value)) * 100 ** marks.count("%")
        places = sum(mark in "0#?" for mark in decimals)
        digits = f"{number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
    except InvalidOperation:
        return ""
    return _filled(section, digits.lstrip("-"), "-" if digits.startswith("-") else "")


def _padded(value: float, decimals: str) -> str:
    """2.5 by `0.00` is 2.50; nothing that the cell holds is rounded away, and whole numbers stay whole."""
    text = general(value)
    _, point, fraction = text.partition(".")
    wanted = decimals.count("0")
    return text + "0" * (wanted - len(fraction)) if point and "e" not in text and len(fraction) < wanted else ""


def _filled(section: _Section, digits: str, sign: str) -> str:
    """Digits put into the placeholders, from the point outwards; what is too many stands before the first."""
    whole, _, fraction = digits.partition(".")
    point = next((at for at, token in enumerate(section.tokens) if token == ("placeholder", ".")), len(section.tokens))
    grouped = ("placeholder", ",") in section.tokens[:point]
    out: list[str] = []
    places = [at for at, (kind, mark) in enumerate(section.tokens[:point]) if kind == "placeholder" and mark in "0#?"]
    remaining = whole.lstrip("0") if whole.strip("0") else ""
    taken: dict[int, str] = {}
    for at in reversed(places):
        digit, remaining = (remaining[-1], remaining[:-1]) if remaining else ("", "")
        taken[at] = digit or ("0" if section.tokens[at][1] == "0" else "")
    if places:
        taken[places[0]] = sign + remaining + taken[places[0]]
    decimals = iter(fraction)
    for at, (kind, text) in enumerate(section.tokens):
        if kind == "literal":
            out.append(text)
        elif at < point:
            out.append(taken.get(at, "%" if text == "%" else ""))
        elif text in "0#?":
            out.append(next(decimals, ""))
        elif text in ".%":
            out.append(text)
    joined = "".join(out).strip()
    return joined if not grouped else _grouped(joined)


def _grouped(text: str) -> str:
    return re.sub(r"\d{4,}", lambda m: f"{int(m[0]):,}" if not m[0].startswith("0") else m[0], text, count=1)
