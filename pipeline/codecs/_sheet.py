"""What the readers of spreadsheets share: Excel's limits, merged cells, and what is told of a sheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Invalid, message

LAST_ROW = 1 << 20
LAST_COLUMN = 1 << 14
"""Excel's own limits."""

_MAX_MERGES = 1_000_000
_NUMBERS_SHOWN = 20
_LETTERS = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def column_number(letters: str) -> int:
    """`A` → 1."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → `A`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=1 << 14)
def _column(letters: str) -> int:
    return column_number(letters)


def place(reference: str) -> tuple[int, int]:
    """Column and row of `B7`, from 1. Invalid where no sheet has such a cell."""
    match = _LETTERS.fullmatch(reference)
    column, row = (_column(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= column <= LAST_COLUMN or not 1 <= row <= LAST_ROW:
        raise Invalid(message("merge_beyond_sheet", cells=reference[:40]))
    return column, row


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range of more than one row, from 1."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int


@dataclass(slots=True)
class Merges:
    """The merged ranges of a sheet, and what they fill while its rows go by."""

    _by_row: dict[int, dict[Merge, None]] = field(default_factory=dict)
    _filled: dict[int, tuple[int, str]] = field(default_factory=dict)
    _count: int = 0

    def add(self, merge: Merge) -> None:
        """Keeps a range; one of a single row changes nothing. Invalid where it lies beyond any sheet."""
        if merge.last_row <= merge.first_row:
            return
        self._count += 1
        if merge.last_column > LAST_COLUMN or merge.last_row > LAST_ROW or self._count > _MAX_MERGES:
            cells = f"{column_letters(merge.first_column)}{merge.first_row}"
            raise Invalid(message("merge_beyond_sheet", cells=cells))
        self._by_row.setdefault(merge.first_row, {})[merge] = None

    def add_reference(self, reference: str) -> None:
        """Keeps `A1:B7`."""
        first, colon, last = reference.partition(":")
        if colon:
            (left, top), (right, bottom) = place(first), place(last)
            self.add(Merge(left, top, right, bottom))

    @property
    def running(self) -> bool:
        """Whether a range may still run into the next row."""
        return bool(self._filled)

    def fill(self, number: int, shown: list[str]) -> None:
        """Vertically merged cells repeat their value in each row: `shown` are the texts of row `number`."""
        for column, (last_row, value) in list(self._filled.items()):
            if number > last_row:
                del self._filled[column]
            else:
                shown.extend([""] * (column - len(shown)))
                shown[column - 1] = shown[column - 1] or value
        for merge in self._by_row.get(number, ()):
            if merge.first_column <= len(shown) and shown[merge.first_column - 1]:
                self._filled[merge.first_column] = (merge.last_row, shown[merge.first_column - 1])


@dataclass(slots=True)
class Unseen:
    """What a sheet has that its reader does not see, or that a catalogue does not hold: rows, columns, comments."""

    rows: list[int] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    comments: int = 0

    def told(self, name: str, sheet: str) -> list[Finding]:
        """`catalogue_hidden_read` and `catalogue_comments`, where there is something to tell."""
        out: list[Finding] = []
        if self.rows or self.columns:
            out.append(
                finding(
                    "catalogue_hidden_read", name, sheet=sheet, rows=_spoken(map(str, self.rows)),
                    columns=_spoken(self.columns),
                )
            )  # fmt: skip
        if self.comments:
            out.append(finding("catalogue_comments", name, sheet=sheet, count=self.comments))
        return out


def _spoken(each: Iterable[str]) -> str:
    parts = list(each)
    return "、".join(parts[:_NUMBERS_SHOWN]) + ("…" if len(parts) > _NUMBERS_SHOWN else "")


def without_value(name: str, row: int, column: int, content: str) -> Finding:
    """`cell_without_value`: a formula saved without its value, or a cell that holds an error."""
    return finding("cell_without_value", name, row=row, column=column_letters(column), content=content[:80])


def left_out(name: str, sheets: Iterable[str]) -> Finding:
    """`catalogue_left_out`: hidden sheets."""
    return finding("catalogue_left_out", name, sheets="、".join(sheets))
