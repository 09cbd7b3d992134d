"""A catalogue's rows as they stand, and a copy of them as a workbook in which faults are marked (退回目录).

The copy has the rows of the catalogue at their own places, whatever its format was; every cell is text, so that nothing
is computed and no code loses its zeros.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter

from pipeline.codecs._table import HEADER_WITHIN, Row, TableRefused
from pipeline.codecs.catalogue import tables_of
from pipeline.codecs.catalogue_headers import CODE
from pipeline.domain.visible import visible
from pipeline.profiles import DeliveryRules

_Page = Any
"""A sheet that is written row by row; its type is not published whole."""
COLOURS = {"error": "FFC7CE", "question": "FFEB9C", "warning": "FFF7D6"}
_FILLS = {severity: PatternFill("solid", fgColor=colour) for severity, colour in COLOURS.items()}
_BOLD, _WRAPPED = Font(bold=True), Alignment(wrap_text=True, vertical="top")
MOST_COMMENTS = 20_000
"""Comments in a workbook: programs open more of them slowly. What is said in them stands in the last column, too."""
_MOST_CHARACTERS = 2_000
_MOST_BLANK = 1_000
_WIDTH, _WIDE = 16, 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A catalogue as it stands: `header` is the number of its header row, `fields` the column of each of our fields,
    from 0, `cells` the texts of the header; `rows` are all rows, those above the header too."""

    header: int
    fields: Mapping[str, int]
    cells: tuple[str, ...]
    rows: Iterator[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is wrong with a cell: how grave it is, and what is said. `column` counts from 0."""

    column: int
    severity: str
    text: str


def catalogue_sheet(path: Path, rules: DeliveryRules, *, max_bytes: int) -> Sheet | None:
    """The first table that has a column for archival codes; None where there is none that can be read."""
    try:
        tables = tables_of(path, rules, max_bytes=max_bytes)
        for table, header_of in tables:
            head = list(islice(table.rows, HEADER_WITHIN))
            headers = [(number, header_of(cells)) for number, cells in head]
            number, header = max(headers, key=lambda each: len(each[1].fields), default=(0, None))
            if header is not None and header.code is not None:
                fields = {CODE: header.code} | {field: column for column, field in header.fields.items()}
                rows = _until_refused(chain(head, table.rows), tables)
                return Sheet(header=number, fields=fields, cells=tuple(header.cells), rows=rows)
    except (TableRefused, OSError):
        pass
    return None


def _until_refused(rows: Iterator[Row], tables: Iterator[object]) -> Iterator[Row]:
    """A table that breaks off is copied as far as it goes: that it does is told elsewhere. `tables` holds the workbook
    open until its rows are read."""
    try:
        yield from rows
    except TableRefused:
        return
    finally:
        del tables


def write_marked(
    path: Path,
    sheet: Sheet,
    marks: Iterable[tuple[int, list[Mark]]],
    *,
    title: str,
    last_column: str,
    general_title: str,
    general: Iterable[tuple[str, str]],
) -> None:
    """Writes the copy. `marks` are those of each row that has some, in order of rows; `last_column` heads the column in
    which all that is said of a row stands; `general` are what belongs to no row, with how grave it is, on a sheet of
    its own called `general_title`."""
    book = Workbook(write_only=True)
    _write_rows(book.create_sheet(title), sheet, marks, last_column)
    told = list(general)
    if told:
        _write_general(book.create_sheet(general_title), told)
    book.save(path)


def _write_rows(page: _Page, sheet: Sheet, marks: Iterable[tuple[int, list[Mark]]], last: str) -> None:
    width = len(sheet.cells)
    for column in range(width + 1):
        page.column_dimensions[get_column_letter(column + 1)].width = _WIDE if column == width else _WIDTH
    page.freeze_panes = f"A{sheet.header + 1}"
    waiting = iter(marks)
    ahead = next(waiting, None)
    written = comments = 0
    for number, cells in sheet.rows:
        for _ in range(min(max(number - written - 1, 0), _MOST_BLANK)):
            page.append([])
        while ahead is not None and ahead[0] < number:
            ahead = next(waiting, None)
        found = ahead[1] if ahead is not None and ahead[0] == number else []
        if number == sheet.header:
            row = [_cell(page, text, bold=True) for text in (*_padded(cells, width), last)]
        else:
            row = _marked(page, _padded(cells, width), found, commented=comments < MOST_COMMENTS)
            comments += len({mark.column for mark in found})
        page.append(row)
        written = number


def _marked(page: _Page, cells: Iterable[str], marks: list[Mark], *, commented: bool) -> list[Cell]:
    row = [_cell(page, text) for text in cells]
    for column in dict.fromkeys(mark.column for mark in marks):
        some = [mark for mark in marks if mark.column == column]
        while len(row) <= column:
            row.append(_cell(page, ""))
        grave = next((fill for severity, fill in _FILLS.items() if severity in {m.severity for m in some}), None)
        if grave is not None:
            row[column].fill = grave
        if commented:
            text = "\n".join(mark.text for mark in some)[:_MOST_CHARACTERS]
            row[column].comment = Comment(visible(text, keep="\n"), "lantai", height=140, width=360)
    if marks:
        row.append(_cell(page, "\n".join(mark.text for mark in marks), wrapped=True))
    return row


def _write_general(page: _Page, told: Iterable[tuple[str, str]]) -> None:
    page.column_dimensions["A"].width = 2 * _WIDE
    for severity, text in told:
        cell = _cell(page, text, wrapped=True)
        if severity in COLOURS:
            cell.fill = _FILLS[severity]
        page.append([cell])


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _cell(page: _Page, text: str, *, bold: bool = False, wrapped: bool = False) -> Cell:
    cell = WriteOnlyCell(page, value=visible(text, keep="\n\t")[:32_000] or None)
    if text:
        cell.data_type = "s"  # a text that begins with `=` is a text
    if bold:
        cell.font = _BOLD
    if wrapped:
        cell.alignment = _WRAPPED
    return cell
