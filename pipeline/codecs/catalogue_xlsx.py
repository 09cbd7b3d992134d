"""Catalogues as Excel workbooks (.xlsx), read as a stream and taken for hostile."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from pipeline.codecs._table import Row, Table, TableRefused
from pipeline.domain.findings import finding
from pipeline.domain.messages import Invalid, Message, message, told_by_program

LAST_ROW = 1 << 20
LAST_COLUMN = 1 << 14
"""Excel's own limits."""

_MAX_MEMBERS = 10_000
_MAX_RATIO = 250
"""A sheet of real rows shrinks to a tenth, one of empty formatted cells to a hundredth."""

_SMALL = 32 * 2**20
_MAX_MERGES = 1_000_000
_STREAMED = ("xl/worksheets/", "xl/sharedStrings.xml")
_MAX_ELEMENTS = 500_000
"""In a part that openpyxl holds whole, at a kilobyte and more for each. Excel takes 65,490 cell formats."""

_BROKEN = (
    ArithmeticError, AttributeError, EOFError, InvalidFileException, LookupError, NotImplementedError, OSError,
    RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What openpyxl and the XML parsers below it raise on broken workbooks; it checks little before it uses."""

_MARKUP = re.compile(rb'<(?:\w+:)?(?:f[ >/]|mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)")')
_ZEROS = re.compile(r"^0+$")
_ELEMENT = re.compile(rb"<[A-Za-z]")


@dataclass(frozen=True, slots=True)
class _Merge:
    first_column: int
    first_row: int
    last_column: int
    last_row: int


def xlsx_tables(data: bytes, *, name: str, max_bytes: int) -> Iterator[Table]:
    """The visible sheets, in order. `max_bytes` bounds what the file may unpack to, four times over.

    Dates become `YYYYMMDD` (with a time ` HH:MM:SS`), whole numbers lose `.0`, numbers shown with leading zeros
    keep them, vertically merged cells repeat their value in each row. A formula that was saved without its
    value, and a cell that holds an error, make a finding `cell_without_value` and an empty cell.
    Raises TableRefused with `catalogue_unreadable`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(archive, name, 4 * max_bytes)
            yield from _tables(data, archive, name)
    except _BROKEN as error:
        raise TableRefused(finding("catalogue_unreadable", name, reason=_reason(error))) from error


def _refuse_bomb(archive: zipfile.ZipFile, name: str, ceiling: int) -> None:
    """By the declared sizes, which zipfile then enforces, and by document types, which no workbook has."""
    members = archive.infolist()
    total = sum(m.file_size for m in members)
    swollen = any(m.file_size > _SMALL and m.file_size > _MAX_RATIO * max(m.compress_size, 1) for m in members)
    if len(members) > _MAX_MEMBERS or total > ceiling or swollen or len({m.filename for m in members}) < len(members):
        raise TableRefused(finding("catalogue_unreadable", name, reason=message("zip_bomb")))
    if any(m.flag_bits & 1 for m in members):
        raise TableRefused(finding("catalogue_unreadable", name, reason=message("has_password")))
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels")):
            _refuse_document_type(archive, member, name)
            if not member.filename.startswith(_STREAMED) and _elements(archive, member) > _MAX_ELEMENTS:
                raise TableRefused(finding("catalogue_unreadable", name, reason=message("zip_bomb")))


def _elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Elements in a part, as far as their first characters tell."""
    with archive.open(member) as part:
        return sum(block.count(b"<") - block.count(b"</") for block in iter(lambda: part.read(1 << 20), b""))


def _refuse_document_type(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> None:
    with archive.open(member) as part:
        head = part.read(1 << 16).replace(b"\0", b"")  # without zeros UTF-16 reads as ASCII, too
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or (head and not _ELEMENT.search(head)):
        raise TableRefused(finding("catalogue_unreadable", name, reason=message("document_type_in_xml")))


def _tables(data: bytes, archive: zipfile.ZipFile, name: str) -> Iterator[Table]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions and styles that do not concern us
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        for number, sheet in enumerate(book.worksheets):
            if sheet.sheet_state == "visible":
                table = Table(name=str(sheet.title), rows=iter(()))
                table.rows = _SheetRows(data, archive, book, number, table, name)
                yield table
    finally:
        book.close()


class _SheetRows(Iterator[Row]):
    """The rows of one sheet; nothing is read before the first is asked for."""

    def __init__(
        self, data: bytes, archive: zipfile.ZipFile, book: Workbook, number: int, table: Table, name: str
    ) -> None:
        self._data, self._archive, self._book, self._number = data, archive, book, number
        self._table, self._name = table, name
        self._rows: Iterator[Row] | None = None

    def __next__(self) -> Row:
        if self._rows is None:
            self._rows = self._read()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return next(self._rows)
        except _BROKEN as error:
            raise TableRefused(finding("catalogue_unreadable", self._name, reason=_reason(error))) from error

    def _read(self) -> Iterator[Row]:
        sheet = self._book.worksheets[self._number]
        part = str(vars(sheet)["_worksheet_path"])  # openpyxl 3.1 has no public name for it
        has_formulas, merges = _markup(self._archive, part)
        formulas = self._formulas() if has_formulas else None
        filled: dict[int, tuple[int, str]] = {}
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if number > LAST_ROW or len(cells) > LAST_COLUMN:
                raise Invalid(message("row_beyond_sheet", number=number))
            stored = next(formulas, ()) if formulas else ()
            if not cells and not filled:
                continue  # blank rows come by the hundred thousand, and say nothing
            shown = [_text(c.value, str(c.number_format)) if c.value is not None else "" for c in cells]
            self._note_missing(number, cells, stored, shown)
            _fill_merged(number, shown, merges.get(number, ()), filled)
            yield number, tuple(shown)

    def _formulas(self) -> Iterator[tuple[object, ...]]:
        book = load_workbook(io.BytesIO(self._data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[self._number]
        sheet.reset_dimensions()
        return sheet.iter_rows(values_only=True)

    def _note_missing(
        self, number: int, cells: Iterable[object], formulas: tuple[object, ...], shown: list[str]
    ) -> None:
        for column, cell in enumerate(cells):
            formula = formulas[column] if column < len(formulas) else None
            lost = not shown[column] and formula is not None and getattr(cell, "value", None) is None
            if lost or getattr(cell, "data_type", "") == "e":
                content = str(formula) if lost else shown[column]
                shown[column] = ""
                self._table.findings.append(
                    finding(
                        "cell_without_value",
                        self._name,
                        row=number,
                        column=get_column_letter(column + 1),
                        content=content[:80],
                    )
                )


def _markup(archive: zipfile.ZipFile, path: str) -> tuple[bool, dict[int, tuple[_Merge, ...]]]:
    """Whether the sheet has formulas, and its merged ranges of more than one row, by first row.

    openpyxl tells neither while streaming.
    """
    formulas, merges, tail = False, dict[_Merge, None](), b""  # a merge may be seen twice, at the edge of a block
    with archive.open(path.lstrip("/")) as part:
        while block := part.read(1 << 20):
            window = tail + block
            for match in _MARKUP.finditer(window):
                if match[1] is None:
                    formulas = True
                else:
                    _keep_merge(merges, match[1].decode("ascii"))
            cut = window.rfind(b"<")
            tail = window[cut:] if cut >= 0 and len(window) - cut < 4096 else b""
    by_row: dict[int, list[_Merge]] = {}
    for merge in merges:
        by_row.setdefault(merge.first_row, []).append(merge)
    return formulas, {row: tuple(starting) for row, starting in by_row.items()}


def _keep_merge(merges: dict[_Merge, None], reference: str) -> None:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None or bottom <= top:
        return
    if right > LAST_COLUMN or bottom > LAST_ROW or len(merges) > _MAX_MERGES:
        raise Invalid(message("merge_beyond_sheet", cells=reference))
    merges[_Merge(left, top, right, bottom)] = None


def _fill_merged(number: int, shown: list[str], starting: Iterable[_Merge], filled: dict[int, tuple[int, str]]) -> None:
    """`filled` holds, by column, the last row and the value of the merged range that runs there."""
    for column, (last_row, value) in list(filled.items()):
        if number > last_row:
            del filled[column]
        else:
            shown.extend([""] * (column - len(shown)))
            shown[column - 1] = shown[column - 1] or value
    for merge in starting:
        if merge.first_column <= len(shown) and shown[merge.first_column - 1]:
            filled[merge.first_column] = (merge.last_row, shown[merge.first_column - 1])


def _text(value: object, number_format: str) -> str:
    match value:
        case str():
            return value.strip()
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.strftime("%Y%m%d" if value.time() == time() else "%Y%m%d %H:%M:%S")
        case date():
            return value.strftime("%Y%m%d")
        case float() if value.is_integer() and abs(value) < 1e15:
            return _zero_filled(int(value), number_format)
        case int():
            return _zero_filled(value, number_format)
        case time() | timedelta():
            return str(value)
        case _:
            return str(value)


def _zero_filled(value: int, number_format: str) -> str:
    """A number shown as `0007` by its format is what the typist saw."""
    return str(value).zfill(len(number_format)) if _ZEROS.match(number_format) else str(value)


def _reason(error: BaseException) -> Message:
    if isinstance(error, zipfile.BadZipFile):
        return message("no_xlsx_workbook")
    return error.message if isinstance(error, Invalid) else told_by_program(f"{type(error).__name__}: {error}"[:200])
