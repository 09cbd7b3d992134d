"""Names for every eye: what cannot be seen in a text is shown, and a long text is shortened so that two that look alike
can still be told apart.

Shown as `⟨U+202E⟩` is what moves the cursor, turns the direction of writing, or leaves no mark: controls, marks of
direction, zero-width characters, odd blanks, selectors of variants, and accents that stand apart from their letter.
"""

import hashlib
import re
import unicodedata
from functools import cache

_PLAIN = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u02ff\u3000-\u3029\u3030-\u303f\u4e00-\u9fff\uff01-\uffef·—‘’“”…]*")
"""What nearly every text is made of; all of it can be seen."""
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u180b\u180c\u180d\u180f\u034f")
"""Letters and marks without a shape of their own."""
_LOOSE = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f]")
"""Accents of scripts in which a letter with its accent is one character, and selectors of variants."""


def visible(text: str, *, keep: str = "") -> str:
    """The text with everything that cannot be seen written out; characters in `keep` stay as they are."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(char if char in keep or _is_seen(char) else f"⟨U+{ord(char):04X}⟩" for char in text)


@cache
def _is_seen(char: str) -> bool:
    category = unicodedata.category(char)
    if category in _HIDDEN or char in _BLANK or _LOOSE.match(char) or "\U000e0100" <= char <= "\U000e01ef":
        return False
    if category == "Cn":  # rare Chinese characters that are younger than this table are seen all the same
        return "\U00020000" <= char <= "\U0003fffd"
    return category != "Zs" or char in " \u3000"


def columns(text: str) -> int:
    """Columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


@cache
def _width(char: str) -> int:
    """Columns of one character; remembered, because a long table has the same ones again and again."""
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def shortened(text: str, most: int) -> str:
    """The text, its middle left out where it takes more than `most` columns. Four digits of its SHA-256 stand there, so
    that two texts that differ in the middle alone can be told apart."""
    if columns(text) <= most:
        return text
    mark = f"⟨…{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:4]}…⟩"
    room = max(most - columns(mark), 8)
    return _cut(text, room - room // 3) + mark + _cut(text[::-1], room // 3)[::-1]


def shortened_path(path: str, most: int) -> str:
    """Each component shortened, so that the folders stay readable."""
    return "/".join(shortened(part, most) for part in path.split("/")) if len(path) * 2 > most else path


def _cut(text: str, most: int) -> str:
    taken = 0
    for place, char in enumerate(text):
        taken += _width(char)
        if taken > most:
            return text[:place]
    return text
