"""Text documents of Word 6 to 2003 (.doc): a field becomes a quotation of what it showed when saved.

In the table of fields each has its kind as one byte; where that says QUOTE a reader shows the stored result and works
out nothing. No byte moves. Source: MS-DOC 2.5 (FIB), 2.8.25 (Plcfld), 2.9.90 (flt), 2.9.38 (Clx).
"""

import re
import struct
from dataclasses import dataclass

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.word_fields import Fate, fate_of, name_of
from pipeline.tools.ole_streams import CompoundFile, OleGarbled

_MAIN = "WordDocument"
_QUOTE = 35
_HYPERLINK = 88
_PAGE = 33
_TABLES = {"text": 16, "headers": 17, "footnotes": 18, "comments": 19, "endnotes": 48, "boxes": 57, "header boxes": 59}
_IN_WORD_6 = {"text", "headers", "footnotes", "comments"}
_KEPT = frozenset(
    (4, 6, 8, 9, 11, 13, 38, 41, 42, 43, 48, 49, 50, 51, 52, 53, 54, 56, 57, 58, 71, 74, 77, 83, 84, 87, 88, 90, 91, 95)
)
"""Fields that show nothing, or nothing that is worked out: indexes as they stand, objects, forms, numbering."""
_BEGIN, _SEPARATE, _END = 0x13, 0x14, 0x15
_WORD_97 = 0xC1
_COMPRESSED = 0x40000000
_MOST_ZEROS = 0.1
"""Share of the characters that are zero in no document that a program has written."""
_CLX, _COMMENTS = 33, 4
_COUNTS_97, _COUNTS_6 = 0x4C, 0x34
_LINKED = re.compile(r'INCLUDEPICTURE\s+(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True, slots=True)
class _Fib:
    """What the head of a document says."""

    word_97: bool
    complex: bool
    table: str
    raw: bytes

    def pair(self, index: int) -> tuple[int, int]:
        """Where a table lies, and how long it is."""
        at = (154 if self.word_97 else 0x58) + 8 * index
        if at + 8 > len(self.raw):
            return 0, 0
        start, length = struct.unpack_from("<II", self.raw, at)
        return start, length

    def lengths(self) -> tuple[int, ...]:
        """Characters of text, footnotes, headers, macros, comments, endnotes, boxes, boxes in headers."""
        return struct.unpack_from("<8i", self.raw, _COUNTS_97 if self.word_97 else _COUNTS_6)


def _fib(main: bytes) -> _Fib:
    if len(main) < 0x200:
        raise OleGarbled("no FIB")
    version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 0x0A)[0]
    table = ("1Table" if flags & 0x200 else "0Table") if version >= _WORD_97 else _MAIN
    return _Fib(version >= _WORD_97, bool(flags & 4), table, main[:0x800])


def is_locked(file: CompoundFile) -> bool:
    """MS-DOC 2.5.2: fEncrypted."""
    main = file.read(_MAIN)
    return len(main) > 0x0C and bool(struct.unpack_from("<H", main, 0x0A)[0] & 0x100)


def frozen(file: CompoundFile) -> Seen:
    """Freezes a document in memory; what was seen in it. Raises OleGarbled."""
    main = file.read(_MAIN)
    fib = _fib(main)
    table = bytearray(file.read(fib.table))
    seen = Seen()
    changed = False
    for place, index in _TABLES.items():
        if fib.word_97 or place in _IN_WORD_6:
            changed = _quoted(table, *fib.pair(index), place) or changed
    _, length = fib.pair(_COMMENTS)
    seen.comments = max(0, length - 4) // (34 if fib.word_97 else 24)
    _read(_characters(main, bytes(table), fib), fib.lengths(), seen)
    if changed:
        file.write_over(fib.table, bytes(table))
    return seen


def _quoted(table: bytearray, start: int, length: int, place: str) -> bool:
    """Changes the kinds of one table of fields: positions of n + 1 characters, then two bytes for each."""
    number = (length - 4) // 6 if length >= 4 else 0
    if start + length > len(table):
        raise OleGarbled("a table of fields beyond the end")
    changed = False
    for at in range(start + 4 * (number + 1), start + 4 * (number + 1) + 2 * number, 2):
        kind = table[at + 1]
        if table[at] & 0x1F != _BEGIN or kind in _KEPT or (kind == _PAGE and place in {"headers", "header boxes"}):
            continue
        changed = changed or kind != _QUOTE
        table[at + 1] = _QUOTE
    return changed


def _characters(main: bytes, table: bytes, fib: _Fib) -> str:
    """All characters of the document in their order, from its pieces."""
    start, length = fib.pair(_CLX)
    if not fib.word_97 and not (fib.complex and length):
        first, last = struct.unpack_from("<II", main, 0x18)
        return main[first:last].decode("gb18030", "replace")
    at, end = start, start + length
    while at + 3 <= min(end, len(table)) and table[at] == 1:
        at += 3 + struct.unpack_from("<H", table, at + 1)[0]
    if at + 5 > min(end, len(table)) or table[at] != 2:
        raise OleGarbled("no table of pieces")
    size = struct.unpack_from("<I", table, at + 1)[0]
    number = (size - 4) // 12
    if number < 0 or at + 5 + size > len(table):
        raise OleGarbled("the table of pieces is cut short")
    places = struct.unpack_from(f"<{number + 1}I", table, at + 5)
    pieces = []
    for n in range(number):
        where = struct.unpack_from("<I", table, at + 5 + 4 * (number + 1) + 8 * n + 2)[0]
        count = max(0, places[n + 1] - places[n])
        if not fib.word_97:
            pieces.append(main[where : where + count].decode("gb18030", "replace"))
        elif where & _COMPRESSED:
            begin = (where & ~_COMPRESSED) // 2
            pieces.append(main[begin : begin + count].decode("cp1252", "replace"))
        else:
            pieces.append(main[where : where + 2 * count].decode("utf-16-le", "replace"))
    return "".join(pieces)


def _read(characters: str, lengths: tuple[int, ...], seen: Seen) -> None:
    """Sorts the text by where it is shown: comments and macros are not. Raises OleGarbled where it is zeros."""
    if characters.count("\0") > len(characters) * _MOST_ZEROS:
        raise OleGarbled("its text is zeros")
    shown = (seen.text, seen.text, seen.margins, None, None, seen.text, seen.text, seen.margins)
    at = 0
    for place, (into, length) in enumerate(zip(shown, lengths, strict=True)):
        part = characters[at : at + max(0, length)]
        at += max(0, length)
        if into is not None:
            into.append(_said(part, seen, on_every_page=place in {2, 7}))


def _said(part: str, seen: Seen, *, on_every_page: bool) -> str:
    """Text without instructions of fields and without marks; what has no result is counted."""
    told: list[str] = []
    fields: list[tuple[list[str], list[bool]]] = []
    for character in part:
        code = ord(character)
        if code == _BEGIN:
            fields.append(([], [False, False]))
        elif code == _SEPARATE and fields:
            fields[-1][1][0] = True
        elif code == _END and fields:
            instruction, (_, stored) = fields.pop()
            _ended("".join(instruction), seen, stored=stored, on_every_page=on_every_page)
        elif fields and not all(state[0] for _, state in fields):
            fields[-1][0].append(character)
        else:
            for _, state in fields:
                state[1] = True
            told.append(character if code >= 32 else "\n" if code in {7, 11, 12, 13} else "")
    return "".join(told)


def _ended(instruction: str, seen: Seen, *, stored: bool, on_every_page: bool) -> None:
    name = name_of(instruction)
    if name and not stored and fate_of(name, on_every_page=on_every_page, stored=stored) is Fate.FROZEN:
        seen.unsaved[name] += 1
    linked = _LINKED.search(instruction)
    if linked and "\\d" in instruction:
        seen.linked[(linked.group(1) or linked.group(2)).replace("\\\\", "\\")] = None
