"""The catalogue (目录) of a delivery: one row per record, its headers mapped to our fields by the profile.

What a cell means (a code, a date) is for the survey to judge; here it is only read, whole and exactly.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.codecs._table import HEADER_WITHIN, Row, Table, TableRefused
from pipeline.codecs.catalogue_csv import csv_table
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, word
from pipeline.profiles import DeliveryRules

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?A-Za-z]")
_DROPPED_IN_HEADERS = re.compile(r"[\s.·．・。*＊:：]+")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_GARBLED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold, and the mark that a converter leaves where it lost a character."""

_FATAL = frozenset({"catalogue_unreadable", "catalogue_encoding", "catalogue_too_large", "two_catalogues"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One row: `row` as its reader sees it, `values` by field name, `extra` by header for columns not mapped, `cells`
    by header for all columns but that of the archival code.

    Blank cells are left out.
    """

    row: int
    values: tuple[tuple[str, str], ...]
    extra: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        """The text of a field, or an empty string."""
        return next((text for key, text in self.values if key == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What was read, and what was wrong with it; a finding with a `row` concerns that row only.

    There are no rows where the catalogue could not be read to its end: half a catalogue is none.
    """

    rows: tuple[CatalogueRow, ...]
    findings: tuple[Finding, ...]
    unmapped: tuple[str, ...] = ()


def normalise_header(text: str) -> str:
    """Full-width letters, digits, parentheses and blanks made narrow; blanks, dots, colons and stars dropped."""
    return _DROPPED_IN_HEADERS.sub("", text.translate(_NARROW)).casefold()


def read_catalogue(path: Path, rules: DeliveryRules, *, max_rows: int, max_bytes: int) -> Catalogue:
    """Reads an Excel workbook or CSV file, told apart by content. Links are not followed.

    Findings: `catalogue_unreadable`, `catalogue_encoding`, `catalogue_empty`, `catalogue_too_large`,
    `two_catalogues` (sheets), `header_missing`, `header_doubled`, `header_unmapped`, `cell_without_value`,
    `value_garbled`. OSError where the file itself cannot be read.
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


def _content(path: Path, max_bytes: int) -> bytes | None:
    """The bytes, or None where there are more than `max_bytes`."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(opened, "rb") as stream:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(f"not a regular file: {path.name}")
        data = stream.read(max_bytes + 1)
    return data if len(data) <= max_bytes else None


def _tables(data: bytes, reading: "_Reading", max_bytes: int) -> Iterable[Table]:
    if data.startswith(_OLD_OFFICE):
        raise TableRefused(finding("catalogue_unreadable", reading.name, reason=message("old_xls_or_password")))
    if _MARKUP.match(data):  # what office systems export under the name of a workbook
        raise TableRefused(finding("catalogue_unreadable", reading.name, reason=message("web_page")))
    if data.startswith(_ZIP):
        from pipeline.codecs.catalogue_xlsx import xlsx_tables  # openpyxl takes a third of a second to import

        return xlsx_tables(data, name=reading.name, max_bytes=max_bytes)
    return (csv_table(data, name=reading.name, score=lambda cells: len(reading.header(cells).fields)),)


@dataclass(slots=True)
class _Header:
    """Which column holds what: `fields` by column, `doubled` columns that repeat a field, `other` headers."""

    cells: tuple[str, ...]
    fields: dict[int, str] = field(default_factory=dict)
    doubled: dict[int, str] = field(default_factory=dict)
    other: dict[int, str] = field(default_factory=dict)


class _Reading:
    """One catalogue while it is read."""

    def __init__(self, rules: DeliveryRules, name: str, max_rows: int) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._rules, self._max_rows = rules, max_rows
        self._rows: list[CatalogueRow] = []
        self._tables: list[str] = []
        self._unmapped: tuple[str, ...] = ()
        self._known = {normalise_header(cell): name for name, cells in rules.headers.items() for cell in cells}

    def header(self, cells: tuple[str, ...]) -> _Header:
        """The cells taken as a header row."""
        header = _Header(cells)
        for column, cell in enumerate(cells):
            name = self._known.get(normalise_header(cell))
            if name is None:
                header.other[column] = cell
            elif name in header.fields.values():
                header.doubled[column] = name
            else:
                header.fields[column] = name
        return header

    def take(self, table: Table) -> None:
        """Reads a table if it has a header row, and notes it."""
        for _, cells in islice(table.rows, HEADER_WITHIN):
            header = self.header(cells)
            if "archival_code" in header.fields.values():
                self._tables.append(table.name)
                if len(self._tables) == 1:
                    self._note_header(header)
                    self._read(table.rows, header)
                    self.findings.extend(table.findings)
                return
        self.findings.extend(table.findings)

    def result(self, *, complete: bool = False) -> Catalogue:
        """All that was read; faults of the whole are judged only where the reading was not broken off."""
        complete &= not any(f.code in _FATAL for f in self.findings)
        if complete and not self._tables:
            self.findings.append(self._missing("archival_code"))
        elif complete and not self._rows:
            self.findings.append(finding("catalogue_empty", self.name))
        if len(self._tables) > 1:
            self.findings.append(finding("two_catalogues", self.name, names="、".join(self._tables)))
        if any(f.code in _FATAL for f in self.findings):
            self._rows.clear()
        return Catalogue(rows=tuple(self._rows), findings=tuple(self.findings), unmapped=self._unmapped)

    def _missing(self, name: str) -> Finding:
        wanted = " / ".join(self._rules.headers.get(name, (name,)))
        return finding("header_missing", self.name, field=word("field", name), wanted=wanted)

    def _note_header(self, header: _Header) -> None:
        present = set(header.fields.values())
        self.findings += [self._missing(name) for name in self._rules.required if name not in present]
        self.findings += [
            finding("header_doubled", self.name, field=word("field", name), header=header.cells[column])
            for column, name in header.doubled.items()
        ]
        self._unmapped = tuple(cell for cell in header.other.values() if cell)
        self.findings += [finding("header_unmapped", self.name, header=cell) for cell in self._unmapped]

    def _read(self, rows: Iterator[Row], header: _Header) -> None:
        for number, cells in rows:
            if not any(cells) or cells == header.cells:  # the header is repeated on each printed page
                continue
            if len(self._rows) == self._max_rows:
                self.findings.append(finding("catalogue_too_large", self.name, limit=f"{self._max_rows} rows"))
                return
            self._rows.append(self._row(number, cells, header))

    def _row(self, number: int, cells: tuple[str, ...], header: _Header) -> CatalogueRow:
        values: dict[str, str] = {}
        extra: list[tuple[str, str]] = []
        typed: list[tuple[str, str]] = []
        for column, cell in enumerate(cells):
            if not cell:
                continue
            title = header.cells[column] if column < len(header.cells) else ""
            text = self._sound(cell, number, title)
            name = header.fields.get(column)
            if "archival_code" not in {name, header.doubled.get(column)}:
                typed.append((title or f"#{column + 1}", text))
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
        return CatalogueRow(row=number, values=tuple(values.items()), extra=tuple(extra), cells=tuple(typed))

    def _sound(self, cell: str, number: int, header: str) -> str:
        if not _GARBLED.search(cell):
            return cell
        self.findings.append(finding("value_garbled", self.name, row=number, header=header))
        return _GARBLED.sub("", cell).strip()
