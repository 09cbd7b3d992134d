"""What the name of one file says of its place in a volume: its word, its page numbers, front or back.

`page_order` puts a folder's files in order by it. The words stand in the profile: 封面, 卷内目录, 备考表 …
"""

import re
import unicodedata
from typing import Any, NamedTuple

from pipeline.delivery.expected import decoded
from pipeline.domain.numerals import NUMERALS, chinese_number
from pipeline.profiles import DeliveryRules

Natural = tuple[Any, ...]
"""A text as it is sorted: text, number, text, … in turn."""

_DIGITS = re.compile(r"(\d+)")
_PLAIN = re.compile(r"\d{1,5}", re.ASCII)
_RANGE = re.compile(r"(\d{1,5})\s*[-~–—―−至到]\s*(\d{1,5})", re.ASCII)
_LETTERED = re.compile(r"(\d{1,5})[\s_-]?([a-oq-z])", re.ASCII)
_LEVELS = re.compile(r"(\d{1,5})[._](\d{1,5})", re.ASCII)
_CHINESE = re.compile(rf"(?P<before>[^{NUMERALS}]*)(?P<number>[{NUMERALS}]{{1,7}})[页张号]?")
_ONE_GROUP = re.compile(r"(?P<before>\D*)(?P<number>\d{1,5})(?P<after>\D*)", re.ASCII)
_LEADING = re.compile(r"(\d{1,3})[\s_.、-]*(?=[^\W\d_])")
_WORD_NUMBER = re.compile(rf"[\s_.-]*(?:第?\s*(\d{{1,5}}|[{NUMERALS}]{{1,7}}))?", re.ASCII)
_ORDINAL = re.compile(rf"(?:^|(?<=第))([{NUMERALS}]{{1,5}})(?=$|[卷册盒件部章号期])")
_MOST_ON_A_SHEET = 7
_EDGE = " _-.·"
_BEHIND = _EDGE + ")]页张号面正"
_AGAIN = r"[\s_-]*(?:{words})?\s*(?:\(\d{{1,2}}\))?"


def natural(text: str) -> Natural:
    """`p10` behind `p9`: runs of digits compared as numbers."""
    return tuple(int(part) if i % 2 else part for i, part in enumerate(_DIGITS.split(text)))


class Mark(NamedTuple):
    """A name read. `place` of its word in the profile's table; `group` of names that one numbering runs through, as
    text; `number` of its first page and `last` of its last, None where it has none; `letter` behind the number; `back`
    of a leaf; `base` the name without the mark of a copy, empty where it has no such mark; `span` where `number` and
    `last` may as well be a group and a page; `loose` where the number says what comes first and need be no page's
    (`3月报表`)."""

    place: int
    group: str = ""
    number: int | None = None
    last: int | None = None
    letter: str = ""
    back: bool = False
    base: str = ""
    span: bool = False
    loose: bool = False

    @property
    def pages(self) -> range:
        """The page numbers that it holds."""
        if self.number is None or self.letter or self.back or self.loose:
            return range(0)
        return range(self.number, (self.last or self.number) + 1)


class PageNames:
    """Reads names by the words and the pattern of a profile."""

    def __init__(self, rules: DeliveryRules) -> None:
        self._pattern = re.compile(rules.page_pattern)
        self._places = {word.casefold(): at for at, words in enumerate(rules.page_words) for word in words if word}
        self.body = next((at for at, words in enumerate(rules.page_words) if "" in words), 0)
        self._words = _any_of(self._places)
        self._back = re.compile(rf"(.*?)[\s_(-]*(?:{_any_of(rules.reverse_words)})\)?") if rules.reverse_words else None
        self._copy = re.compile("(.+?)" + _AGAIN.format(words=_any_of(rules.copy_words) or "(?!)"))

    def read(self, name: bytes, code: str) -> Mark:
        """The mark of a file named so below a record's folder; `code` is the record's, which may stand before it."""
        stem = stem_of(name)
        if _PLAIN.fullmatch(stem):
            return Mark(self.body, number=int(stem))
        text = self.bare(stem, code)
        again = self._copy.fullmatch(text)
        base = again[1] if again and again[1] != text else ""
        turned = self._back.fullmatch(text) if self._back else None
        if turned and turned[1]:
            return self._read(turned[1])._replace(back=True)
        return self._read(text)._replace(base=base)

    def bare(self, stem: str, code: str) -> str:
        """A stem as it is compared: wide characters made narrow, without the record's code before it."""
        text = unicodedata.normalize("NFKC", stem).casefold().strip()
        own = unicodedata.normalize("NFKC", code).casefold()
        return text[len(own) :].strip(_EDGE) if own and text.startswith(own) else text

    def folder(self, name: bytes) -> Natural:
        """The place of a folder below the record's; the record's own files stand where the numbered pages are."""
        parts = [unicodedata.normalize("NFKC", decoded(part)).casefold() for part in name.split(b"/") if part]
        parts = [_ORDINAL.sub(lambda found: str(_value(found[1])), part) for part in parts]
        if not parts:
            return ((self.body, ()),)
        return tuple((self._word(part)[0], natural(part)) for part in parts)

    def _word(self, text: str) -> tuple[int, str]:
        """The place of the word that the text begins with, and what follows it; the body where there is none."""
        match = re.match(self._words, text) if self._words else None
        return (self._places[match[0]], text[match.end() :]) if match else (self.body, text)

    def _read(self, text: str) -> Mark:
        leading = _LEADING.match(text)
        if leading and self._word(text[leading.end() :])[1] != text[leading.end() :]:
            return Mark(self.body, number=int(leading[1]))
        place, rest = self._word(text)
        if rest != text:
            return self._behind_word(place, text[: len(text) - len(rest)], rest)
        return self._number(text)

    def _behind_word(self, place: int, word: str, rest: str) -> Mark:
        """A word of the table with a number (`附件2：名册`, `卷内目录001`), or alone; other text makes it none."""
        match = _WORD_NUMBER.match(rest)
        behind = rest[match.end() :].strip(_EDGE) if match else rest
        number = None if match is None or match[1] is None else _value(match[1])
        group = "" if place == self.body else word
        if number is None:
            return Mark(self.body, word + rest) if behind else Mark(place, group)
        inner = self._number(behind) if behind else None
        if inner is not None and inner.number is not None and not inner.group:
            return inner._replace(place=place, group=f"{group} {number}", span=False)
        return Mark(place, group, number)

    def _number(self, text: str) -> Mark:
        """A name without a word."""
        if match := _PLAIN.fullmatch(text):
            return Mark(self.body, number=int(match[0]))
        if match := _RANGE.fullmatch(text):
            first, last = int(match[1]), int(match[2])
            if first < last <= first + _MOST_ON_A_SHEET:
                return Mark(self.body, number=first, last=last, span=True)
            return Mark(self.body, match[1], last)
        if match := _LETTERED.fullmatch(text):
            return Mark(self.body, number=int(match[1]), letter=match[2])
        if match := _LEVELS.fullmatch(text):
            return Mark(self.body, match[1], int(match[2]))
        if match := self._pattern.fullmatch(text):
            return Mark(self.body, number=int(match["page"]))
        if match := _ONE_GROUP.fullmatch(text):
            return Mark(self.body, _shape(match), int(match["number"]), loose=bool(match["after"].strip(_BEHIND)))
        if (match := _CHINESE.fullmatch(text)) and (number := chinese_number(match["number"])) is not None:
            return Mark(self.body, _shape(match), number)
        return Mark(self.body, text)


def span_of(path: str) -> range:
    """The pages that a name of two numbers holds (`001-002.jpg`), or none; of other names, their one number's."""
    stem = unicodedata.normalize("NFKC", stem_of(path.encode("utf-8", "surrogateescape")))
    match = _RANGE.fullmatch(stem)
    if match and int(match[1]) < int(match[2]) <= int(match[1]) + _MOST_ON_A_SHEET:
        return range(int(match[1]), int(match[2]) + 1)
    return range(int(stem), int(stem) + 1) if _PLAIN.fullmatch(stem) else range(0)


def stem_of(name: bytes) -> str:
    """A name without folder and extension."""
    last = name.rsplit(b"/", 1)[-1]
    stem, dot, _ = last.rpartition(b".")
    return decoded(stem if dot and stem else last)


def _shape(match: re.Match[str]) -> str:
    """What stands before a number, without the ordinary `第 … 页`: names of one shape are in the numbers' order."""
    return match["before"].strip(_EDGE + "(第[")


def _value(text: str) -> int | None:
    return int(text) if text.isascii() else chinese_number(text)


def _any_of(words: Any) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(re.escape(word.casefold()) for word in sorted(words, key=len, reverse=True))
