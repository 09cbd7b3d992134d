"""Records of the binary workbooks of Excel 97 to 2003 and of WPS (.xls, .et): cut apart, and their strings read.

Source: [MS-XLS] 2.1.4 (records), 2.4.58 (Continue), 2.5.293 (XLUnicodeRichExtendedString).
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from pipeline.domain.messages import Invalid, message

_HIGH, _EXTENDED, _RICH = 1, 4, 8


class Kind(IntEnum):
    """Records that a catalogue is read from."""

    FORMULA = 0x0006
    EOF = 0x000A
    NOTE = 0x001C
    DATEMODE = 0x0022
    FILEPASS = 0x002F
    CONTINUE = 0x003C
    COLINFO = 0x007D
    BOUNDSHEET = 0x0085
    MULRK = 0x00BD
    RSTRING = 0x00D6
    XF = 0x00E0
    MERGECELLS = 0x00E5
    SST = 0x00FC
    LABELSST = 0x00FD
    NUMBER = 0x0203
    LABEL = 0x0204
    BOOLERR = 0x0205
    STRING = 0x0207
    ROW = 0x0208
    RK = 0x027E
    FORMAT = 0x041E
    BOF = 0x0809


class Record(NamedTuple):
    """A record: its kind, its own bytes, and those of the records that continue it."""

    kind: int
    data: bytes
    continued: tuple[bytes, ...] = ()


def records(stream: bytes, position: int = 0) -> Iterator[Record]:
    """The records from a position on, until the stream ends. A record that is cut short ends them."""
    kind, data, continued = -1, b"", list[bytes]()
    while position + 4 <= len(stream):
        found, size = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + size]
        if len(body) < size:
            raise Invalid(message("no_xls_workbook"))
        position += 4 + size
        if found == Kind.CONTINUE:
            continued.append(body)
            continue
        if kind >= 0:
            yield Record(kind, data, tuple(continued))
        kind, data, continued = found, body, []
    if kind >= 0:
        yield Record(kind, data, tuple(continued))


class Strings:
    """Reads strings from a record on through those that continue it: where a string is cut, the rest begins with a byte
    that says anew how wide its characters are."""

    def __init__(self, record: Record, at: int) -> None:
        self._parts, self._part, self._at = (record.data, *record.continued), 0, at

    def read(self, *, short: bool = False) -> str:
        """The next string; `short` where its length is one byte."""
        length = self._number("<B" if short else "<H")
        return self.characters(length)

    def characters(self, length: int) -> str:
        """A string whose length stands elsewhere."""
        flags = self._number("<B")
        runs = self._number("<H") if flags & _RICH else 0
        extended = self._number("<I") if flags & _EXTENDED else 0
        out: list[str] = []
        while True:
            width = 2 if flags & _HIGH else 1
            rest = self._parts[self._part][self._at :]
            taken = min(length, len(rest) // width)
            raw = rest[: taken * width]
            out.append(raw.decode("utf-16-le", "surrogatepass") if width == 2 else raw.decode("latin-1"))
            self._at += taken * width
            length -= taken
            if not length:
                break
            self._next()
            flags = self._number("<B")
        self._skip(4 * runs + extended)
        return "".join(out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _number(self, form: str) -> int:
        size = struct.calcsize(form)
        if self._at >= len(self._parts[self._part]):
            self._next()
        raw = self._parts[self._part][self._at : self._at + size]
        if len(raw) < size:
            raise Invalid(message("no_xls_workbook"))
        self._at += size
        return int(struct.unpack(form, raw)[0])

    def _skip(self, size: int) -> None:
        while size:
            rest = len(self._parts[self._part]) - self._at
            if size <= rest:
                self._at += size
                return
            size -= rest
            self._next()

    def _next(self) -> None:
        self._part, self._at = self._part + 1, 0
        if self._part >= len(self._parts):
            raise Invalid(message("no_xls_workbook"))


def rk_number(raw: int) -> float:
    """A number packed into 30 bits ([MS-XLS] 2.5.217)."""
    if raw & 2:
        value = float((raw >> 2) - (1 << 30 if raw & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0])
    return value / 100 if raw & 1 else value
