"""Catalogues as binary workbooks: .xls of Excel 97 to 2003, .et of WPS. Taken for hostile.

Source: [MS-XLS] 2.4 (records).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.codecs._sheet import LAST_COLUMN, Merge, Merges, Unseen, column_letters, left_out, without_value
from pipeline.codecs._table import Row, Table, TableRefused
from pipeline.codecs.biff import Kind, Record, Strings, records, rk_number
from pipeline.codecs.compound import Compound
from pipeline.codecs.number_formats import BUILT_IN, GENERAL, general, shown, shown_text
from pipeline.domain.findings import finding
from pipeline.domain.messages import Invalid, Message, message, told_by_program

_BROKEN = (LookupError, ValueError, struct.error, OverflowError)
_BIFF_8 = 0x0600
_LAST_COLUMN = 256
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass(slots=True)
class _Book:
    """What stands before the sheets. `sheets` are their names, whether they are seen, and where they begin."""

    sheets: list[tuple[str, bool, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    named: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    since_1904: bool = False

    def format_of(self, style: int) -> str:
        """The number format of a cell's style."""
        number = self.styles[style] if style < len(self.styles) else 0
        return self.named.get(number) or BUILT_IN.get(number, GENERAL)


def xls_tables(data: bytes, *, name: str) -> Iterator[Table]:
    """The visible sheets, in order, as `catalogue_xlsx.xlsx_tables` has them. Raises TableRefused."""
    try:
        stream = _workbook(data)
        book = _book(stream)
        hidden: list[str] = []
        for title, visible, position in book.sheets:
            table = Table(name=title, rows=iter(()))
            rows = _rows(stream, position, book, table, name)
            if visible:
                table.rows = iter(rows)
                yield table
            elif rows:
                hidden.append(title)
        if hidden:
            yield Table(name="", rows=iter(()), findings=[left_out(name, hidden)])
    except _BROKEN as error:
        raise TableRefused(finding("catalogue_unreadable", name, reason=_reason(error))) from error


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook. Invalid where it is locked, too old, or another document."""
    container = Compound(data)
    if "EncryptedPackage" in container:  # a locked .xlsx ([MS-OFFCRYPTO] 2.3.4.4)
        raise Invalid(message("has_password"))
    if "Workbook" in container:
        return container.stream("Workbook")
    raise Invalid(message("workbook_of_excel_95" if "Book" in container else "no_catalogue_document"))


def _book(stream: bytes) -> _Book:
    book = _Book()
    for number, record in enumerate(records(stream)):
        match record.kind:
            case Kind.BOF if not number and struct.unpack_from("<H", record.data)[0] != _BIFF_8:
                raise Invalid(message("workbook_of_excel_95"))
            case Kind.FILEPASS:
                raise Invalid(message("has_password"))
            case Kind.DATEMODE:
                book.since_1904 = struct.unpack_from("<H", record.data)[0] == 1
            case Kind.FORMAT:
                book.named[struct.unpack_from("<H", record.data)[0]] = Strings(record, 2).read()
            case Kind.XF:
                book.styles.append(struct.unpack_from("<H", record.data, 2)[0])
            case Kind.BOUNDSHEET:
                position, state, kind = struct.unpack_from("<IBB", record.data)
                if kind == 0:
                    book.sheets.append((Strings(record, 6).read(short=True), state & 3 == 0, position))
            case Kind.SST:
                count = struct.unpack_from("<I", record.data, 4)[0]
                strings = Strings(record, 8)
                book.texts = [strings.read() for _ in range(min(count, len(stream)))]
            case Kind.EOF:
                break
    return book


def _rows(stream: bytes, position: int, book: _Book, table: Table, name: str) -> list[Row]:
    """All rows of a sheet with something in them."""
    merges, unseen = Merges(), Unseen()
    cells: dict[int, dict[int, str]] = {}
    hidden: set[int] = set()
    depth, waiting = 0, None  # the place of a formula whose text comes with the next record
    for record in records(stream, position):
        depth += {Kind.BOF: 1, Kind.EOF: -1}.get(Kind(record.kind), 0) if record.kind in _ENDS else 0
        if depth == 0:
            break
        if depth > 1:  # a chart inside the sheet
            continue
        if record.kind == Kind.STRING and waiting is not None:
            row, column, style = waiting
            cells.setdefault(row, {})[column] = shown_text(Strings(record, 0).read().strip(), book.format_of(style))
            waiting = None
        elif record.kind in _ABOUT:
            _note(record, merges, unseen, hidden)
        else:
            for row, column, style, value in _cells(record, book):
                if isinstance(value, _Lost):
                    table.findings.append(without_value(name, row + 1, column + 1, value.content))
                elif value is None:
                    waiting = (row, column, style)
                else:
                    cells.setdefault(row, {})[column] = value
    unseen.rows = sorted(row + 1 for row in hidden if row in cells)
    table.findings += unseen.told(name, table.name)
    return list(_filled(cells, merges))


_ENDS = frozenset({int(Kind.BOF), int(Kind.EOF)})
_ABOUT = frozenset({int(Kind.ROW), int(Kind.COLINFO), int(Kind.MERGECELLS), int(Kind.NOTE)})


@dataclass(frozen=True, slots=True)
class _Lost:
    """An error in place of a value."""

    content: str


def _filled(cells: dict[int, dict[int, str]], merges: Merges) -> Iterator[Row]:
    last = max(cells, default=-1)
    for row in range(last + 1):
        own = cells.get(row, {})
        if not own and not merges.running:
            continue
        texts = [own.get(column, "") for column in range(max(own, default=-1) + 1)]
        merges.fill(row + 1, texts)
        yield row + 1, tuple(texts)


def _note(record: Record, merges: Merges, unseen: Unseen, hidden: set[int]) -> None:
    data = record.data
    match record.kind:
        case Kind.NOTE:
            unseen.comments += 1
        case Kind.ROW:
            if struct.unpack_from("<H", data, 12)[0] & 0x20:
                hidden.add(struct.unpack_from("<H", data)[0])
        case Kind.COLINFO:
            first, last, _, _, options = struct.unpack_from("<5H", data)
            if options & 1 and last < _LAST_COLUMN - 1:
                unseen.columns += [column_letters(at + 1) for at in range(first, min(last, LAST_COLUMN) + 1)]
        case Kind.MERGECELLS:
            (count,) = struct.unpack_from("<H", data)
            for at in range(count):
                top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * at)
                merges.add(Merge(left + 1, top + 1, right + 1, bottom + 1))


def _cells(record: Record, book: _Book) -> Iterator[tuple[int, int, int, "str | _Lost | None"]]:
    """Row, column, style and text of each cell of a record, from 0; None where the text is in the next record."""
    data = record.data
    if record.kind == Kind.MULRK:
        row, first = struct.unpack_from("<HH", data)
        for at in range((len(data) - 6) // 6):
            style, raw = struct.unpack_from("<HI", data, 4 + 6 * at)
            yield row, first + at, style, _number(rk_number(raw), style, book)
        return
    if record.kind not in _SINGLE:
        return
    row, column, style = struct.unpack_from("<3H", data)
    match record.kind:
        case Kind.LABELSST:
            text = book.texts[struct.unpack_from("<I", data, 6)[0]]
            yield row, column, style, shown_text(text.strip(), book.format_of(style))
        case Kind.LABEL | Kind.RSTRING:
            yield row, column, style, shown_text(Strings(record, 6).read().strip(), book.format_of(style))
        case Kind.NUMBER:
            yield row, column, style, _number(struct.unpack_from("<d", data, 6)[0], style, book)
        case Kind.RK:
            yield row, column, style, _number(rk_number(struct.unpack_from("<I", data, 6)[0]), style, book)
        case Kind.BOOLERR:
            value, is_error = data[6], data[7]
            yield row, column, style, _error(value) if is_error else ("TRUE" if value else "FALSE")
        case Kind.FORMULA:
            yield row, column, style, _result(data, style, book)


_SINGLE = frozenset(
    int(kind) for kind in (Kind.LABELSST, Kind.LABEL, Kind.RSTRING, Kind.NUMBER, Kind.RK, Kind.BOOLERR, Kind.FORMULA)
)


def _result(data: bytes, style: int, book: _Book) -> "str | _Lost | None":
    """The saved result of a formula ([MS-XLS] 2.5.133)."""
    if data[12:14] != b"\xff\xff":
        return _number(struct.unpack_from("<d", data, 6)[0], style, book)
    match data[6]:
        case 0:
            return None
        case 1:
            return "TRUE" if data[8] else "FALSE"
        case 2:
            return _error(data[8])
        case _:
            return ""


def _error(value: int) -> _Lost:
    return _Lost(_ERRORS.get(value, f"#{value}"))


def _number(value: float, style: int, book: _Book) -> str:
    code = book.format_of(style)
    return general(value) if code == GENERAL else shown(value, code, since_1904=book.since_1904)


def _reason(error: BaseException) -> Message:
    return error.message if isinstance(error, Invalid) else told_by_program(f"{type(error).__name__}: {error}"[:200])
