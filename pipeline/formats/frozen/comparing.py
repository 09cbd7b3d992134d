"""A copy's text against what its source stores: a copy that is blank, lacks text, or says what the source does not."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from pipeline.domain.messages import Message, message
from pipeline.formats.frozen.seen import Seen

_ENOUGH = 20
"""Characters below which shares say nothing."""
_BLANK_SHARE = 0.3
_TOLD_SHARE = 0.9
_MANY_PAGES = 20
_NARROW = "###"
"""What stands for a number that its column is too narrow for."""
_LARGE = 8 * 2**20
_GROWTH = 10
_DIGITS = "〇一二三四五六七八九"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def fault(seen: Seen, copy: str, *, pages: int, is_sheet: bool, today: date, names: tuple[str, ...]) -> Message | None:
    """Why a copy must not be kept; `names` are those that it bore while it was made."""
    told = _bare(copy)
    said = _bare("".join(seen.text))
    if not told and (said or seen.numbers):
        return message("copy_blank", characters=len(said), numbers=seen.numbers)
    cells = seen.numbers + sum(not piece.isspace() for piece in seen.text)
    if is_sheet and seen.known and pages > max(_MANY_PAGES, 2 * cells):
        return message("copy_too_long", pages=pages, cells=cells)
    if seen.known and len(said) >= _ENOUGH and _share(said, told) < _BLANK_SHARE:
        return message("copy_lacks_most", share=f"{100 * _share(said, told):.0f}")
    everything = _tight("".join((*seen.text, *seen.margins)))
    tight = _tight(copy)
    for name in names:
        if _tight(name) in tight and _tight(name) not in everything:
            return message("copy_says_work_name", name=name)
    if seen.known and not is_sheet:
        for form in _forms_of_today(today):
            if form in tight and form not in everything:
                return message("copy_says_today", words=form)
    return None


def doubts(seen: Seen, copy: str, *, size: int, source_size: int) -> Iterator[Message]:
    """In what a copy that is kept differs from its source."""
    said = _bare("".join(seen.text))
    share = _share(said, _bare(copy)) if seen.known and len(said) >= _ENOUGH else 1.0
    if share < _TOLD_SHARE:
        yield message("copy_lacks_text", share=f"{100 * share:.0f}")
    if _NARROW in copy and _NARROW not in "".join(seen.text):
        yield message("copy_cells_too_narrow")
    if size > _LARGE and size > _GROWTH * source_size:
        yield message("copy_grew", size=size, source=source_size)


def _bare(text: str) -> str:
    """Letters and digits alone, in one form: what line breaks and fonts do not change."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def _tight(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _share(said: str, told: str) -> float:
    """The part of the source's characters that the copy has, in whatever order."""
    found = Counter(said) & Counter(told)
    return found.total() / max(1, len(said))


def _forms_of_today(today: date) -> Iterator[str]:
    """Today as fields write it, and the days beside it: a clock may be in another zone."""
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        y, m, d = day.year, day.month, day.day
        for separator in "-/.":
            yield f"{y}{separator}{m:02}{separator}{d:02}"
            yield f"{y}{separator}{m}{separator}{d}"
            yield f"{m:02}{separator}{d:02}{separator}{y}"
            yield f"{d:02}{separator}{m:02}{separator}{y}"
        yield f"{y}年{m}月{d}日"
        yield f"{y}年{m:02}月{d:02}日"
        yield "".join(_DIGITS[int(c)] for c in str(y)) + f"年{_spoken(m)}月{_spoken(d)}日"
        yield f"{_MONTHS[m - 1]}{d},{y}"
        yield f"{d}{_MONTHS[m - 1]}{y}"


def _spoken(number: int) -> str:
    """1 to 31 as they are written in dates: 十一, 二十八."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
