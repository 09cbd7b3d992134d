"""著录项: the elements that a record's description can hold, from `metadata_schemas/record-1.0/elements.csv`.

A row of the table is all that an element needs: a profile can then map a catalogue's column to it, and `record.xml`
has it under its name, in the table's order. What identifies a record (档号, 全宗号, 门类) is no element.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.domain.messages import Invalid, message, why
from pipeline.errors import ProfileError
from pipeline.shipped import shipped

TABLE = shipped("metadata_schemas") / "record-1.0" / "elements.csv"
KINDS = ("text", "number", "date", "period", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRow:
    """One element: `element` is our name for it, `name` the Chinese name of the schemes and of `record.xml`, `english`
    the standard's English name, `kind` how a cell is read (`text` as typed, `number` as digits, `date` by
    DA/T 18, `period` by the profile's table, `year` as four digits), `source` the clauses.
    """

    element: str
    name: str
    english: str
    kind: str
    source: str

    def __post_init__(self) -> None:
        if not self.element.isidentifier() or not self.name or not self.english or not self.source:
            raise Invalid(message("element_incomplete", element=self.element))
        if self.kind not in KINDS:
            raise Invalid(message("element_kind", element=self.element, kind=self.kind, known=", ".join(KINDS)))


@cache
def element_rows(table: Path = TABLE) -> tuple[ElementRow, ...]:
    """All elements, in the order of the table. ProfileError names file and row of what is wrong in it."""
    try:
        with table.open(encoding="utf-8", newline="") as file:
            return tuple(_rows(csv.DictReader(file, strict=True), table))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProfileError(message("table_unreadable", reason=why(error)), file=str(table)) from error


def _rows(reader: "csv.DictReader[str]", table: Path) -> Iterator[ElementRow]:
    seen: set[str] = set()
    for cells in reader:
        try:
            row = ElementRow(**cells)
        except (TypeError, ValueError) as error:
            raise ProfileError(why(error), file=str(table), row=reader.line_num) from error
        if seen & {row.element, row.name}:
            doubled = message("element_doubled", element=row.element, name=row.name)
            raise ProfileError(doubled, file=str(table), row=reader.line_num)
        seen |= {row.element, row.name}
        yield row
