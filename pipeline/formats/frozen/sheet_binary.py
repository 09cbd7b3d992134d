"""Workbooks of Excel 5 to 2003 (.xls): a formula becomes the number or text that it had when saved.

Each record keeps its length, so that no table of places has to be made anew: the place of a formula is taken by a cell,
and what is left over of it is passed over by every reader. Source: MS-XLS 2.4.127 (Formula), 2.4.268 (String).
"""

import re
import struct
from dataclasses import dataclass, field

from pipeline.formats.frozen.biff import BOF, CONTINUE, BiffRecord, Pieces, records, rich_text, shared_texts
from pipeline.formats.frozen.seen import Seen
from pipeline.tools.ole_streams import CompoundFile, OleGarbled

STREAMS = ("Workbook", "Book")
_FORMULA, _STRING = 0x0006, 0x0207
_OLD_FORMULAS = {0x0206, 0x0406}
_NUMBER, _LABEL, _BOOL_OR_ERROR, _BLANK = 0x0203, 0x0204, 0x0205, 0x0201
_SHARED_TEXT, _RICH_TEXT, _RK, _MANY_RK = 0x00FD, 0x00D6, 0x027E, 0x00BD
_SST, _SHEET, _ROW, _COLUMNS, _NOTE, _NAME = 0x00FC, 0x0085, 0x0208, 0x007D, 0x001C, 0x0018
_LOCKED = 0x002F
_BELONGS_TO_A_FORMULA = {0x04BC, 0x0221, 0x0021, 0x0236, 0x0036, 0x0037}
"""Shared formulas, arrays, tables of what-if."""
_PIVOT, _CONDITION = 0x00B0, 0x01B1
_HEADERS = {0x0014, 0x0015}
_NOBODYS = 0x0FFF
"""No record of any version has this number: readers pass over it."""
_MOST = 8224
_OF_THE_HOUR = re.compile(r"&(?:&|([DTFZdtfz]))")
_TODAY = re.compile(rb"[\x21\x41\x61](?:\xdd|\x4a|\x3f)\x00")
"""The functions TODAY, NOW and RAND as tokens of a formula (MS-XLS 2.5.198.62)."""
_BIFF8 = 0x0600
_PRINT_AREA, _AREA_TOKENS = 6, {0x3B, 0x5B, 0x7B}
_LAST_COLUMN = 255


@dataclass(slots=True)
class _Sheet:
    name: str
    hidden: bool
    start: int
    printed: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, last row, first column, last column, from 0."""
    rows_off: set[int] = field(default_factory=set)
    columns_off: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Book:
    stream: bytearray
    biff8: bool
    seen: Seen
    sheets: list[_Sheet] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)

    def text_of(self, data: bytes, at: int) -> str:
        """A text with a length of two bytes: in BIFF5 bytes of the code page, which here is that of China."""
        if self.biff8:
            return rich_text(Pieces([data[at:]]))
        count = struct.unpack_from("<H", data, at)[0]
        return data[at + 2 : at + 2 + count].decode("gb18030", "replace")


def is_locked(file: CompoundFile) -> bool:
    """MS-XLS 2.4.117: a FilePass record stands near the beginning."""
    stream = next((file.read(name) for name in STREAMS if name in file.streams), b"")
    for number, record in enumerate(records(stream)):
        if record.kind == _LOCKED:
            return True
        if number > 50 or record.kind == _SHEET:
            break
    return False


def frozen(file: CompoundFile) -> Seen:
    """Freezes a workbook in memory; what was seen in it. Raises OleGarbled."""
    name = next((name for name in STREAMS if name in file.streams), "")
    stream = file.read(name)
    head = next(records(stream), None)
    if head is None or head.kind != BOF or len(head.data) < 4:
        raise OleGarbled("no workbook of Excel 5 or later")
    book = _Book(bytearray(stream), struct.unpack_from("<H", head.data)[0] == _BIFF8, Seen())
    _globals(book)
    for sheet in book.sheets:
        _sheet(book, sheet)
    book.seen.hidden_sheets = [sheet.name for sheet in book.sheets if sheet.hidden]
    if bytes(book.stream) != stream:
        file.write_over(name, bytes(book.stream))
    return book.seen


def _globals(book: _Book) -> None:
    """Sheets, shared texts and print areas: what stands before the first sheet."""
    shared: list[bytes] = []
    names: list[bytes] = []
    last = 0
    for record in records(bytes(book.stream)):
        if record.kind == 0x000A:
            break
        if record.kind == _SHEET:
            start, state = struct.unpack_from("<IB", record.data)
            count = record.data[6]
            raw = record.data[7:]
            if book.biff8:
                title = raw[1:].decode("utf-16-le" if raw[:1] == b"\x01" else "latin-1", "replace")[:count]
            else:
                title = raw[:count].decode("gb18030", "replace")
            book.sheets.append(_Sheet(title, bool(state & 3), start))
        elif record.kind == _SST or (record.kind == CONTINUE and last == _SST):
            shared.append(record.data)
        elif record.kind == _NAME:
            names.append(record.data)
        last = record.kind if record.kind != CONTINUE else last
    else:
        raise OleGarbled("the list of sheets has no end")
    book.strings = shared_texts(shared)
    for name in names if book.biff8 else ():
        _print_area(book, name)


def _print_area(book: _Book, data: bytes) -> None:
    """MS-XLS 2.4.150: a built-in name of one area; of several areas nothing is said."""
    if len(data) < 26 or not data[0] & 0x20 or data[3] != 1 or data[15] != _PRINT_AREA:
        return
    number, formula = struct.unpack_from("<H", data, 8)[0], data[16:]
    if 1 <= number <= len(book.sheets) and len(formula) == 11 and formula[0] in _AREA_TOKENS:
        first_row, last_row, first, last = struct.unpack_from("<HHHH", formula, 3)
        book.sheets[number - 1].printed.append((first_row, last_row, first & 0xFF, last & 0xFF))


def _sheet(book: _Book, sheet: _Sheet) -> None:
    stream = bytes(book.stream)
    head = next(records(stream, sheet.start), None)
    if head is None or head.kind != BOF:
        raise OleGarbled(f"the sheet {sheet.name} is not where the workbook says")
    depth = 0
    formula: tuple[BiffRecord, int] | None = None
    """One whose text follows in a record of its own, and where that space ends."""
    waiting: list[bytes] = []
    for record in records(stream, sheet.start):
        if formula is not None and record.kind in {_STRING, CONTINUE} and (waiting or record.kind == _STRING):
            waiting.append(record.data)
            formula = formula[0], record.end
            continue
        if formula is not None and record.kind not in _BELONGS_TO_A_FORMULA:
            _as_text(book, sheet, formula, waiting)
            formula, waiting = None, []
        depth += (record.kind == BOF) - (record.kind == 0x000A)
        if depth == 0:
            break
        if record.kind == _FORMULA and depth == 1 and record.data[12:14] == b"\xff\xff" and record.data[6] == 0:
            formula = record, record.end
        elif depth == 1:
            _record(book, sheet, record)
    else:
        raise OleGarbled(f"the sheet {sheet.name} has no end")
    if not sheet.hidden:
        book.seen.hidden_rows += len(sheet.rows_off)
        book.seen.hidden_columns += sum(last - first + 1 for first, last in sheet.columns_off if last < _LAST_COLUMN)


def _record(book: _Book, sheet: _Sheet, record: BiffRecord) -> None:
    kind, data = record.kind, record.data
    if kind == _FORMULA:
        _as_value(book, sheet, record)
    elif kind in _OLD_FORMULAS:
        raise OleGarbled("formulas of an older Excel")
    elif kind in _BELONGS_TO_A_FORMULA or kind == _PIVOT:
        _overwrite(book, record, _NOBODYS)
    elif kind == _CONDITION and _TODAY.search(data):
        _overwrite(book, record, _NOBODYS)
        book.seen.unsaved[f"{sheet.name} TODAY"] += 1
    elif kind in _HEADERS and len(data) > 2:
        _header(book, sheet, record)
    elif kind == _ROW and len(data) >= 16 and data[12] & 0x20:
        sheet.rows_off.add(struct.unpack_from("<H", data)[0])
    elif kind == _COLUMNS and len(data) >= 10 and data[8] & 1:
        sheet.columns_off.append(struct.unpack_from("<HH", data))
    elif kind == _NOTE:
        book.seen.comments += not sheet.hidden
    elif kind == _SHARED_TEXT and len(data) >= 10:
        number = struct.unpack_from("<I", data, 6)[0]
        _say(book, sheet, data, book.strings[number] if number < len(book.strings) else "")
    elif kind in {_LABEL, _RICH_TEXT} and len(data) > 8:
        _say(book, sheet, data, book.text_of(data, 6))
    elif kind in {_NUMBER, _RK, _MANY_RK}:
        _say(book, sheet, data, None)


def _say(book: _Book, sheet: _Sheet, data: bytes, text: str | None) -> None:
    """A cell, as far as a copy shows it; None where it holds a number."""
    row, column = struct.unpack_from("<HH", data)
    if sheet.hidden or text == "":
        return
    if sheet.printed and not any(a <= row <= b and c <= column <= d for a, b, c, d in sheet.printed):
        book.seen.outside[sheet.name] += 1
    elif row in sheet.rows_off or any(first <= column <= last for first, last in sheet.columns_off):
        return
    elif text is None:
        book.seen.numbers += 1
    else:
        book.seen.text.append("\n" + text)


def _overwrite(book: _Book, record: BiffRecord, kind: int, data: bytes | None = None) -> None:
    """Another number for a record, and other bytes at its beginning."""
    struct.pack_into("<H", book.stream, record.start, kind)
    if data is not None:
        book.stream[record.start + 4 : record.start + 4 + len(data)] = data


def _as_value(book: _Book, sheet: _Sheet, record: BiffRecord) -> None:
    """A number, a truth value, an error, or an empty text."""
    cell, value = record.data[:6], record.data[6:14]
    if len(value) < 8:
        raise OleGarbled("a formula is cut short")
    if value[6:] != b"\xff\xff":
        _overwrite(book, record, _NUMBER, cell + value)
        _say(book, sheet, cell, None)
    elif value[0] in {1, 2}:
        _overwrite(book, record, _BOOL_OR_ERROR, cell + bytes((value[2], value[0] - 1)))
        _say(book, sheet, cell, None)
    else:
        _overwrite(book, record, _BLANK, cell)


def _as_text(book: _Book, sheet: _Sheet, formula: tuple[BiffRecord, int], parts: list[bytes]) -> None:
    """A text takes the room of the formula, of what belongs to it, and of the record that held the text."""
    record, end = formula
    cell = record.data[:6]
    room = end - record.start - 4
    if not parts:
        _overwrite(book, record, _BLANK, cell)
        return
    if book.biff8:
        pieces = Pieces(parts)
        count, flags = pieces.number("<H"), pieces.number("<B")
        text = pieces.characters(count, wide=bool(flags & 1))
        wide = any(ord(c) > 255 for c in text)
        raw = struct.pack("<HB", len(text), wide) + text.encode("utf-16-le" if wide else "latin-1")
    else:
        raw = b"".join(parts)
        text = book.text_of(raw, 0)
    data = cell + raw
    if len(data) > min(room, _MOST):
        raise OleGarbled("a text of a formula is too long")
    used = room if room <= _MOST else len(data)
    struct.pack_into("<HH", book.stream, record.start, _LABEL, used)
    at = record.start + 4
    book.stream[at : at + used] = data.ljust(used, b"\0")
    at += used
    while at < end:
        rest = min(end - at - 4, _MOST)
        struct.pack_into("<HH", book.stream, at, _NOBODYS, max(rest, 0))
        at += 4 + rest
    _say(book, sheet, cell, text)


def _header(book: _Book, sheet: _Sheet, record: BiffRecord) -> None:
    """Codes for date, time and name of the file become blanks."""
    data = record.data
    at = 3 if book.biff8 else 1
    wide = book.biff8 and data[2] & 1
    text = data[at:].decode("utf-16-le" if wide else "latin-1", "replace")

    def blank(found: re.Match[str]) -> str:
        code = found.group(1)
        if code is None:
            return found.group()
        if not sheet.hidden:
            book.seen.unsaved[f"{sheet.name} &{code.upper()}"] += 1
        return "  "

    without = _OF_THE_HOUR.sub(blank, text)
    if without != text:
        raw = without.encode("utf-16-le" if wide else "latin-1", "replace")
        _overwrite(book, record, record.kind, data[:at] + raw)
