"""The catalogue (目录) of a delivery: one row per record, its headers mapped to our fields by the profile.

What a cell means (a code, a date) is for the survey to judge; here it is only read, whole and exactly.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from pipeline.codecs._table import HEADER_WITHIN, Row, Table, TableRefused
from pipeline.codecs.catalogue_csv import csv_table
from pipeline.codecs.catalogue_headers import CODE, Header, HeaderTable
from pipeline.codecs.catalogue_ods import MIMETYPE, ods_tables
from pipeline.codecs.catalogue_xls import xls_tables
from pipeline.codecs.catalogue_xlsx import xlsx_tables
from pipeline.codecs.compound import SIGNATURE
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, word
from pipeline.profiles import DeliveryRules

_ZIP = b"PK\x03\x04"
_HEAD = 1 << 8
"""Where an OpenDocument file says what it is: its first member, not compressed."""
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?A-Za-z]")
_GARBLED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold, and the mark that a converter leaves where it lost a character."""

_ROWS_SHOWN = 20
_FATAL = frozenset({"catalogue_unreadable", "catalogue_encoding", "catalogue_too_large", "two_catalogue_sheets"})


HeaderReader = Callable[[tuple[str, ...]], Header]
"""Takes the cells of a row for a header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One row: `row` as its reader sees it, `values` by field name, `extra` by header for columns not mapped, `cells`
    by header for all columns but that of the archival code. `near` names the headers of fields that were known by
    another name than their own.

    Blank cells are left out.
    """

    row: int
    values: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    near: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """The text of a field, or an empty string."""
        return next((text for key, text in self.values if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What was read, and what was wrong with it; a finding with a `row` concerns that row only.

    `unmapped` are headers that nobody knows, `missing` required fields without a column: whether the archival code says
    them is for the reader of rows. There are no rows where the catalogue could not be read to its end: half a catalogue
    is none.
    """

    rows: tuple[CatalogueRow, ...]
    findings: tuple[Finding, ...]
    unmapped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def read_catalogue(path: Path, rules: DeliveryRules, *, max_rows: int, max_bytes: int) -> Catalogue:
    """Reads a workbook (xlsx, xls, et, ods) or a CSV file, told apart by content. Links are not followed.

    Findings: `catalogue_unreadable`, `catalogue_encoding`, `catalogue_empty`, `catalogue_too_large`,
    `two_catalogue_sheets`, `header_missing` (of the archival code), `header_doubled`, `header_matched`,
    `header_unmapped`, `rows_passed_over`, `cell_without_value`, `value_garbled`. OSError where the file itself cannot
    be read.
    """
    data = _content(path, max_bytes)
    reading = _Reading(rules, path.name, max_rows)
    try:
        if data is None:
            raise TableRefused(finding("catalogue_too_large", path.name, limit=f"{max_bytes} bytes"))
        for table in _tables(data, reading, max_bytes):
            reading.take(table)
    except TableRefused as refused:
        reading.findings.append(refused.finding)
        return reading.result()
    return reading.result(complete=True)


def tables_of(path: Path, rules: DeliveryRules, *, max_bytes: int) -> Iterator[tuple[Table, HeaderReader]]:
    """The tables of a catalogue as they stand, for a copy of it, each with what reads a row of it as the header. Raises
    TableRefused, and OSError where the file itself cannot be read."""
    reading, data = _Reading(rules, path.name, 0), _content(path, max_bytes)
    if data is not None:
        yield from ((table, reading.header) for table in _tables(data, reading, max_bytes))


def _content(path: Path, max_bytes: int) -> bytes | None:
    """The bytes, or None where there are more than `max_bytes`."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(f"not a regular file: {path.name}")
        data = stream.read(max_bytes + 1)
    return data if len(data) <= max_bytes else None


def _tables(data: bytes, reading: "_Reading", max_bytes: int) -> Iterable[Table]:
    if data.startswith(SIGNATURE):
        return xls_tables(data, name=reading.name)
    if _MARKUP.match(data):  # what office systems export under the name of a workbook
        raise TableRefused(finding("catalogue_unreadable", reading.name, reason=message("web_page")))
    if data.startswith(_ZIP):
        read = ods_tables if MIMETYPE in data[:_HEAD] else xlsx_tables
        return read(data, name=reading.name, max_bytes=max_bytes)
    return (csv_table(data, name=reading.name, score=lambda cells: len(reading.header(cells).fields)),)


def missing_column(name: str, rules: DeliveryRules, catalogue: str) -> Finding:
    """`header_missing`: a required field of which neither a column nor the archival codes say anything."""
    wanted = " / ".join(rules.headers.get(name, (name,)))
    return finding("header_missing", catalogue, field=word("field", name), wanted=wanted)


def _spaceless(text: str) -> str:
    return "".join(text.split())


class _Reading:
    """One catalogue while it is read."""

    def __init__(self, rules: DeliveryRules, name: str, max_rows: int) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._rules, self._max_rows = rules, max_rows
        self._rows: list[CatalogueRow] = []
        self._tables: list[str] = []
        self._unmapped: tuple[str, ...] = ()
        self._near: tuple[tuple[str, str], ...] = ()
        self._missing: tuple[str, ...] = ()
        self._passed: list[int] = []
        self._headers = HeaderTable(rules)
        self._summing = tuple(map(_spaceless, rules.passed_rows))

    def header(self, cells: tuple[str, ...]) -> Header:
        """The cells taken as a header row."""
        return self._headers.read(cells)

    def take(self, table: Table) -> None:
        """Reads a table if it has a header row, and notes it."""
        head = list(islice(table.rows, HEADER_WITHIN))
        at, header = self._best_header(head)
        if header is None:
            self.findings.extend(table.findings)
            return
        self._tables.append(table.name)
        if len(self._tables) == 1:
            self._note_header(header)
            above = {cells for _, cells in head[:at]}
            self._read(chain(head[at + 1 :], table.rows), header, above)
            self.findings.extend(table.findings)

    def _best_header(self, head: Sequence[Row]) -> tuple[int, Header | None]:
        """The row that holds the most headers we know, that of the archival code among them; the first of several."""
        best, best_at = None, -1
        for at, (_, cells) in enumerate(head):
            header = self._headers.read(cells)
            if header.code is not None and (best is None or len(header.fields) > len(best.fields)):
                best, best_at = header, at
        return best_at, best

    def result(self, *, complete: bool = False) -> Catalogue:
        """All that was read; faults of the whole are judged only where the reading was not broken off."""
        complete &= not any(f.code in _FATAL for f in self.findings)
        if complete and not self._tables:
            self.findings.append(missing_column(CODE, self._rules, self.name))
        elif complete and not self._rows:
            self.findings.append(finding("catalogue_empty", self.name))
        if len(self._tables) > 1:
            self.findings.append(finding("two_catalogue_sheets", self.name, names="、".join(self._tables)))
        if any(f.code in _FATAL for f in self.findings):
            self._rows.clear()
        return Catalogue(
            rows=tuple(self._rows), findings=tuple(self.findings), unmapped=self._unmapped, missing=self._missing
        )

    def _note_header(self, header: Header) -> None:
        present = {CODE, *header.fields.values()}
        self._missing = tuple(name for name in self._rules.required if name not in present)
        self.findings += [
            finding("header_doubled", self.name, field=word("field", name), header=header.cells[column])
            for column, name in header.doubled.items()
        ]
        stands = {header.code: CODE} if header.code is not None and header.fields[header.code] != CODE else {}
        self.findings += [
            finding("header_matched", self.name, field=word("field", name), header=header.cells[column])
            for column, name in sorted((header.near | stands).items())
        ]
        self._near = tuple((name, header.cells[column]) for column, name in header.near.items())
        self._unmapped = tuple(cell for cell in header.other.values() if cell)
        self.findings += [
            finding("header_unmapped", self.name, header=cell, nearest=self._headers.nearest(cell))
            for cell in self._unmapped
        ]

    def _read(self, rows: Iterable[Row], header: Header, above: Set[tuple[str, ...]]) -> None:
        for number, cells in rows:
            if not any(cells) or cells == header.cells or cells in above:  # repeated on each printed page
                continue
            if self._is_no_record(cells, header):
                self._passed.append(number)
                continue
            if len(self._rows) == self._max_rows:
                self.findings.append(finding("catalogue_too_large", self.name, limit=f"{self._max_rows} rows"))
                return
            self._rows.append(self._row(number, cells, header))
        if self._passed:
            shown = "、".join(map(str, self._passed[:_ROWS_SHOWN])) + ("…" if len(self._passed) > _ROWS_SHOWN else "")
            self.findings.append(finding("rows_passed_over", self.name, rows=shown, count=len(self._passed)))

    def _is_no_record(self, cells: tuple[str, ...], header: Header) -> bool:
        """A header again, of whatever printed page, or a row that sums up or signs."""
        code = cells[header.code] if header.code is not None and header.code < len(cells) else ""
        if code and self._headers.is_code_header(code):
            return True
        first = next(cell for cell in cells if cell)
        return code in {"", first} and _spaceless(first).startswith(self._summing) if self._summing else False

    def _row(self, number: int, cells: tuple[str, ...], header: Header) -> CatalogueRow:
        values: dict[str, str] = {}
        extra: list[tuple[str, str]] = []
        typed: list[tuple[str, str]] = []
        for column, cell in enumerate(cells):
            if not cell:
                continue
            title = header.cells[column] if column < len(header.cells) else ""
            text = self._sound(cell, number, title)
            name = header.fields.get(column)
            if column != header.code and CODE not in {name, header.doubled.get(column)}:
                typed.append((title or f"#{column + 1}", text))
            if column == header.code:
                values[CODE] = text
            if name is not None:
                values[name] = text
            elif (again := header.doubled.get(column)) is not None:
                if values.setdefault(again, text) != text:
                    self.findings.append(
                        finding(
                            "header_doubled",
                            self.name,
                            row=number,
                            field=word("field", again),
                            header=header.cells[column],
                        )
                    )
            else:
                extra.append((title or f"#{column + 1}", text))
        return CatalogueRow(
            row=number, values=tuple(values.items()), extra=tuple(extra), cells=tuple(typed), near=self._near
        )

    def _sound(self, cell: str, number: int, header: str) -> str:
        if not _GARBLED.search(cell):
            return cell
        self.findings.append(finding("value_garbled", self.name, row=number, header=header))
        return _GARBLED.sub("", cell).strip()
