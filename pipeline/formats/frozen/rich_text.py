"""Rich Text Format (.rtf): a field becomes the text that it showed when saved.

Read as groups and control words, changed by cutting. Source: RTF specification 1.9.1, "Fields", "Special characters".
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.word_fields import Fate, fate_of, name_of

_TOKEN = re.compile(
    rb"[{}]|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\'(?P<hex>[0-9A-Fa-f]{2})"
    rb"|\\(?P<mark>[^A-Za-z])|[\r\n]+|(?P<text>[^{}\\\r\n]+)",
    re.DOTALL,
)
_ASIDE = set(
    b"""fonttbl colortbl stylesheet info pict object objdata listtable listoverridetable revtbl rsidtbl generator
    themedata colorschememapping datastore latentstyles xmlnstbl pntext nonshppict fldinst atnid atnauthor atndate
    atnref bkmkstart bkmkend xe tc filetbl template userprops""".split()
)
_ON_EVERY_PAGE = {b"header", b"headerl", b"headerr", b"headerf", b"footer", b"footerl", b"footerr", b"footerf"}
_FIELD_WORDS = {b"field", b"flddirty", b"fldedit", b"fldlock", b"fldpriv"}
_OF_THE_HOUR = {b"chdate": "DATE", b"chdpl": "DATE", b"chdpa": "DATE", b"chtime": "TIME"}
_BREAKS = {b"par", b"line", b"cell", b"row", b"tab", b"page", b"sect"}
_MOST_DEPTH = 4000
_CHINA = 936

Piece = tuple[int, int]


class RtfGarbled(ValueError):
    """The groups do not close."""


@dataclass(slots=True, eq=False)
class _Group:
    start: int
    aside: bool
    every: bool
    skip: int
    field: "_Field | None" = None
    instruction: bool = False
    result: bool = False
    starred: bool = False


@dataclass(slots=True, eq=False)
class _Field:
    words: list[Piece] = field(default_factory=list)
    instruction: list[str] = field(default_factory=list)
    instructed: list[Piece] = field(default_factory=list)
    stored: bool = False


def freeze(source: Path, target: Path, *, max_bytes: int) -> tuple[bool, Seen]:
    """As `package_xml.freeze`. Raises RtfGarbled."""
    if source.stat().st_size > max_bytes:
        raise RtfGarbled(f"{source.stat().st_size} bytes")
    data = source.read_bytes()
    reading = _Reading(data)
    reading.read()
    if reading.cuts:
        target.write_bytes(reading.applied())
    return bool(reading.cuts), reading.seen


class _Reading:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.seen = Seen()
        self.cuts: list[Piece] = []
        self._groups: list[_Group] = []
        self._raw = bytearray()
        self._owed = 0
        page = re.search(rb"\\ansicpg([0-9]+)", data[:4096])
        self._page = "gb18030" if page is None or int(page.group(1)) in {0, _CHINA} else f"cp{int(page.group(1))}"

    def applied(self) -> bytes:
        """The document without what was cut."""
        kept, done = [], 0
        for start, end in sorted(self.cuts, key=lambda piece: (piece[0], -piece[1])):
            if start >= done:
                kept.append(self._data[done:start])
                done = end
        return b"".join((*kept, self._data[done:]))

    def read(self) -> None:
        """Reads all tokens. What stands behind the last group is not looked at."""
        at = 0
        while at < len(self._data):
            token = _TOKEN.match(self._data, at)
            if token is None:
                raise RtfGarbled(f"no token at byte {at}")
            at = token.end()
            if token.group() == b"{":
                self._opened(token.start())
            elif token.group() == b"}":
                self._flush()
                if not self._groups:
                    return
                self._closed(self._groups.pop(), at)
                if not self._groups:
                    return
            elif not self._groups:
                continue
            elif token.group("word"):
                at += self._word(token)
            elif token.group("hex"):
                self._bytes(bytes.fromhex(token.group("hex").decode()))
            elif token.group("text"):
                self._bytes(token.group("text"))
            elif token.group("mark"):
                self._mark(token.group("mark"))
        raise RtfGarbled("a group has no end")

    def _opened(self, start: int) -> None:
        self._flush()
        above = self._groups[-1] if self._groups else None
        if len(self._groups) > _MOST_DEPTH:
            raise RtfGarbled("nested too deep")
        if above is None:
            self._groups.append(_Group(start, aside=False, every=False, skip=1))
        else:
            self._groups.append(_Group(start, above.aside, above.every, above.skip, instruction=above.instruction))

    def _word(self, token: re.Match[bytes]) -> int:
        """One control word; how many bytes behind it are no text of the document."""
        word, group = token.group("word"), self._groups[-1]
        number = int(token.group("number") or 0)
        if word == b"bin":
            return max(0, number)
        if word == b"u" and token.group("number"):
            self._character(number & 0xFFFF)
            return 0
        self._flush()
        if word in _FIELD_WORDS:
            group.field = group.field or _Field()
            group.field.words.append(token.span())
        elif word == b"fldrslt":
            group.result = True
            self._field().words.append(token.span())
        elif word == b"fldinst":
            group.instruction = True
        elif word in _OF_THE_HOUR:
            self.cuts.append(token.span())
            self.seen.unsaved[_OF_THE_HOUR[word]] += 1
        elif word == b"uc":
            group.skip = number
        elif word in _ON_EVERY_PAGE:
            group.every = True
        elif word == b"annotation":
            self.seen.comments += 1
        if word in _ASIDE or (group.starred and word not in {b"shptxt", b"fldinst"}):
            group.aside = group.aside or word not in {b"shpinst", b"shptxt"}
        group.starred = False
        if word in {b"pict", b"object", b"shp"}:
            self._stored()
        if word in _BREAKS:
            self._say("\n")
        return 0

    def _mark(self, mark: bytes) -> None:
        if mark == b"*":
            self._groups[-1].starred = True
        elif mark in b"{}\\~_-":
            self._bytes(b" " if mark == b"~" else b"" if mark == b"-" else mark.replace(b"_", b"-"))

    def _bytes(self, raw: bytes) -> None:
        """Bytes of text, without those that stand for the character before for readers without Unicode."""
        passed = min(self._owed, len(raw))
        self._owed -= passed
        self._raw += raw[passed:]

    def _character(self, code: int) -> None:
        self._flush()
        self._say(chr(code) if not 0xD800 <= code < 0xE000 else "")
        self._owed = self._groups[-1].skip

    def _flush(self) -> None:
        """Bytes of the code page become text where they end."""
        self._owed = 0
        if self._raw:
            if any(byte > 127 for byte in self._raw) and self._page != "gb18030":
                self.seen.known = False
            try:
                told = self._raw.decode(self._page, "replace")
            except LookupError:
                told = self._raw.decode("latin-1")
            self._raw.clear()
            self._say(told)

    def _field(self) -> _Field:
        return next((group.field for group in reversed(self._groups) if group.field is not None), _Field())

    def _stored(self) -> None:
        """What stands in results of fields counts as stored for each of them."""
        within = False
        for group in reversed(self._groups):
            within = within or group.result
            if group.field is not None and within:
                group.field.stored = True

    def _say(self, text: str) -> None:
        group = self._groups[-1]
        if group.instruction:
            self._field().instruction.append(text)
        elif not group.aside:
            (self.seen.margins if group.every else self.seen.text).append(text)
            if text.strip():
                self._stored()

    def _closed(self, group: _Group, end: int) -> None:
        outer = self._groups[-1] if self._groups else None
        if group.instruction and outer is not None and not outer.instruction:
            self._field().instructed.append((group.start, end))
        if group.field is None or (outer is not None and outer.instruction):
            return
        ended = group.field
        name = name_of("".join(ended.instruction))
        fate = fate_of(name, on_every_page=group.every, stored=ended.stored)
        if fate is Fate.HIDDEN:
            self.cuts.append((group.start, end))
        elif fate is Fate.FROZEN and name:
            self.cuts += ended.words + ended.instructed
            if not ended.stored:
                self.seen.unsaved[name] += 1
