"""Records of Excel's binary workbooks (BIFF5, BIFF8): walked, and their texts read.

Source: MS-XLS 2.1.4 (records), 2.5.294 (XLUnicodeRichExtendedString), 2.4.265 (SST).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUE, EOF, BOF = 0x003C, 0x000A, 0x0809
_HEADER = 4


@dataclass(frozen=True, slots=True)
class BiffRecord:
    """A record: its number, where it begins, its bytes."""

    kind: int
    start: int
    data: bytes

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + _HEADER + len(self.data)


def records(stream: bytes, start: int = 0) -> Iterator[BiffRecord]:
    """Record by record, to the end of the stream, or to where there are none any more."""
    at = start
    while at + _HEADER <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + _HEADER + length > len(stream) or kind == 0:
            return
        yield BiffRecord(kind, at, stream[at + _HEADER : at + _HEADER + length])
        at += _HEADER + length


class Pieces:
    """Bytes of a record and of those that continue it: a text that goes on in the next begins there with its own flag.
    Source: MS-XLS 2.5.293."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part = self._at = 0

    def plain(self, count: int) -> bytes:
        """So many bytes, without a flag where they go on."""
        taken = b""
        while len(taken) < count and self._part < len(self._parts):
            left = self._parts[self._part][self._at : self._at + count - len(taken)]
            taken += left
            self._at += len(left)
            if len(taken) < count:
                self._part, self._at = self._part + 1, 0
        return taken

    def number(self, form: str) -> int:
        """A number as `struct` has it; 0 behind the end."""
        raw = self.plain(struct.calcsize(form))
        return int(struct.unpack(form, raw)[0]) if len(raw) == struct.calcsize(form) else 0

    def characters(self, count: int, *, wide: bool) -> str:
        """So many characters, of one or two bytes each."""
        told: list[str] = []
        while count > 0 and self._part < len(self._parts):
            size = 2 if wide else 1
            raw = self._parts[self._part][self._at : self._at + count * size]
            raw = raw[: len(raw) // size * size]
            told.append(raw.decode("utf-16-le" if wide else "latin-1", "replace"))
            self._at += len(raw)
            count -= len(raw) // size
            if count > 0:
                self._part, self._at = self._part + 1, 0
                if self._part < len(self._parts):
                    wide, self._at = bool(self._parts[self._part][:1] == b"\x01"), 1
        return "".join(told)

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self._part >= len(self._parts) or (
            self._part == len(self._parts) - 1 and self._at >= len(self._parts[self._part])
        )


def rich_text(pieces: Pieces) -> str:
    """A text with its formats and readings, which are passed over."""
    count, flags = pieces.number("<H"), pieces.number("<B")
    runs = pieces.number("<H") if flags & 8 else 0
    extra = pieces.number("<I") if flags & 4 else 0
    told = pieces.characters(count, wide=bool(flags & 1))
    pieces.plain(4 * runs + extra)
    return told


def shared_texts(parts: list[bytes]) -> list[str]:
    """The texts of an SST record and of those that continue it."""
    pieces = Pieces(parts)
    pieces.number("<I")
    number = pieces.number("<I")
    told: list[str] = []
    while len(told) < number and not pieces.over:
        told.append(rich_text(pieces))
    return told
