"""Presentations of PowerPoint 97 to 2003 (.ppt): a date that follows the day has no stored value, so it is left out.

What is left out becomes a blank of the same length. Source: MS-PPT 2.1.2 (persist objects), 2.4.15 (headers and
footers), 2.9.51 (meta characters).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.formats.frozen.seen import Seen
from pipeline.tools.ole_streams import CompoundFile, OleGarbled

_STREAM, _USER = "PowerPoint Document", "Current User"
_LOCKED_TOKEN = 0xF3D1C4DF
_DOCUMENT, _SLIDE, _NOTES, _MASTER = 0x03E8, 0x03EE, 0x03F0, 0x03F8
_OUTLINE, _SLIDE_PLACE, _SHOW = 0x0FF0, 0x03F3, 0x03F9
_CHARACTERS, _BYTES = 0x0FA0, 0x0FA8
_HEADERS, _DATE, _RTF_DATE = 0x0FDA, 0x0FF7, 0x1015
_EDIT, _PERSIST = 0x0FF5, 0x1772
_NOBODYS = 0x0FFF
"""No record has this number: readers pass over it."""
_SHOWN, _TODAY = 1, 2
_HIDDEN = 4
_SLIDES = 0
_MOST_EDITS = 10_000
_MOST_DEPTH = 32


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    container: bool
    start: int
    end: int

    @property
    def body(self) -> int:
        return self.start + 8


def is_locked(file: CompoundFile) -> bool:
    """MS-PPT 2.3.2 and 2.3.7: the token of encrypted files, or the summary that only those have."""
    user = file.read(_USER)
    token = struct.unpack_from("<I", user, 12)[0] if len(user) >= 16 else 0
    return token == _LOCKED_TOKEN or "EncryptedSummary" in file.streams


def frozen(file: CompoundFile) -> Seen:
    """Freezes a presentation in memory; what was seen in it. Raises OleGarbled."""
    stream = file.read(_STREAM)
    if not stream:
        raise OleGarbled("no presentation")
    show = _Show(bytearray(stream))
    for start in _live(stream, file.read(_USER)):
        show.walk(_record(stream, start))
    if bytes(show.stream) != stream:
        file.write_over(_STREAM, bytes(show.stream))
    return show.seen


def _record(stream: bytes | bytearray, start: int) -> _Record:
    if start + 8 > len(stream):
        raise OleGarbled("a record beyond the end")
    head, kind, length = struct.unpack_from("<HHI", stream, start)
    if start + 8 + length > len(stream):
        raise OleGarbled("a record is cut short")
    return _Record(kind, head >> 4, head & 0xF == 0xF, start, start + 8 + length)


def _live(stream: bytes, user: bytes) -> list[int]:
    """Where the newest state of each object begins: a file that was saved quickly holds older states too."""
    at = struct.unpack_from("<I", user, 16)[0] if len(user) >= 20 else 0
    edits: list[int] = []
    while at and len(edits) < _MOST_EDITS:
        edit = _record(stream, at)
        if edit.kind != _EDIT or edit.end - edit.body < 16 or at in edits:
            raise OleGarbled("the chain of edits is broken")
        edits.append(at)
        at = struct.unpack_from("<I", stream, edit.body + 8)[0]
    places: dict[int, int] = {}
    for edit_at in reversed(edits):
        table = _record(stream, struct.unpack_from("<I", stream, edit_at + 8 + 12)[0])
        if table.kind != _PERSIST:
            raise OleGarbled("no table of objects")
        step = table.body
        while step + 4 <= table.end:
            head = struct.unpack_from("<I", stream, step)[0]
            first, count = head & 0xFFFFF, head >> 20
            if step + 4 + 4 * count > table.end:
                raise OleGarbled("the table of objects is cut short")
            for number, place in enumerate(struct.unpack_from(f"<{count}I", stream, step + 4)):
                places[first + number] = place
            step += 4 + 4 * count
    if not places:
        raise OleGarbled("no objects")
    return sorted(places.values())


class _Show:
    """A presentation while its objects are walked."""

    def __init__(self, stream: bytearray) -> None:
        self.stream = stream
        self.seen = Seen()
        self._slides = 0

    def walk(self, top: _Record) -> None:
        """One object: the document, a slide, notes, or a master."""
        if top.kind == _SLIDE:
            self._slides += 1
            self._walk(top, shown=True, depth=0)
        elif top.kind in {_DOCUMENT, _NOTES, _MASTER}:
            self._walk(top, shown=False, depth=0)

    def _children(self, parent: _Record) -> Iterator[_Record]:
        at = parent.body
        while at + 8 <= parent.end:
            child = _record(self.stream, at)
            yield child
            at = child.end

    def _walk(self, parent: _Record, *, shown: bool, depth: int) -> None:
        if depth > _MOST_DEPTH:
            raise OleGarbled("nested too deep")
        text: _Record | None = None
        for child in self._children(parent):
            if child.kind == _OUTLINE:
                # Texts of the slides' placeholders; those of masters and notes are lists of their own.
                self._walk(child, shown=child.instance == _SLIDES, depth=depth + 1)
            elif child.container:
                self._walk(child, shown=shown, depth=depth + 1)
            elif child.kind in {_CHARACTERS, _BYTES}:
                text = child
                self._say(child, shown)
            elif child.kind in {_DATE, _RTF_DATE}:
                self._undate(child, text, shown)
            elif child.kind == _HEADERS and child.end - child.body >= 4:
                self._header(child)
            elif child.kind == _SHOW and child.end - child.body >= 12 and self._is_hidden(child):
                self.seen.hidden_slides.append(str(self._slides))

    def _is_hidden(self, show: _Record) -> bool:
        return bool(struct.unpack_from("<H", self.stream, show.body + 10)[0] & _HIDDEN)

    def _say(self, text: _Record, shown: bool) -> None:
        raw = bytes(self.stream[text.body : text.end])
        told = raw.decode("utf-16-le" if text.kind == _CHARACTERS else "latin-1", "replace")
        if shown:
            self.seen.text.append("\n" + "".join(c for c in told if c not in "*"))

    def _undate(self, date: _Record, text: _Record | None, shown: bool) -> None:
        """The star that stands for the date becomes a blank."""
        place = struct.unpack_from("<I", self.stream, date.body)[0] if date.end - date.body >= 4 else 0
        struct.pack_into("<H", self.stream, date.start + 2, _NOBODYS)
        if text is not None:
            size = 2 if text.kind == _CHARACTERS else 1
            at = text.body + place * size
            if at + size <= text.end:
                self.stream[at : at + size] = b" \0"[:size]
        if shown:
            self.seen.unsaved["date"] += 1

    def _header(self, header: _Record) -> None:
        flags = struct.unpack_from("<H", self.stream, header.body + 2)[0]
        if flags & _TODAY:
            struct.pack_into("<H", self.stream, header.body + 2, flags & ~(_SHOWN | _TODAY))
            self.seen.unsaved.update(["date"] if flags & _SHOWN and header.instance != 4 else [])
