"""Sheets in Excel's XML (.xlsx, XML of 2003): formulas go, their stored values stay.

So no function is worked out anew: today's date, random numbers, the name of the file, values of other workbooks.
Source: ECMA-376-1, 18.3.1 (sheets), 18.3.1.46 (headers and footers).
"""

import re
from dataclasses import dataclass, field

from pipeline.formats.frozen.seen import Seen
from pipeline.tools.xml_edit import Cuts, Element

VOLATILE = re.compile(r"\b(TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|CELL|INFO|INDIRECT|OFFSET)\s*\(", re.IGNORECASE)
"""Functions whose value is of the hour or the place, not of the document."""
_OF_THE_HOUR = re.compile(rb"&amp;(?:&amp;|([DTFZdtfz]))")
"""Codes for date, time, file name and path; `&&` is an ampersand."""
_ON_EVERY_PAGE = {"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"}
_SHOWN_CODES = {"D": "&D", "T": "&T", "F": "&F", "Z": "&Z"}
_LAST_COLUMN = 16384
_TRUE = {"1", "true"}
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

Area = tuple[int, int, int, int]
"""First column, first row, last column, last row, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the workbook says of a sheet; `printed` are its print areas, none where all of it is printed."""

    name: str
    hidden: bool = False
    printed: tuple[Area, ...] = ()


def areas(reference: str) -> tuple[Area, ...]:
    """The areas of `'表 1'!$A$1:$F$30,'表 1'!$H$1`; whole columns and rows too."""
    found = []
    for part in re.sub(r"'(?:[^']|'')*'!|[^,!']*!", "", reference).replace("$", "").split(","):
        first, _, last = part.partition(":")
        edges = [re.fullmatch(r"([A-Z]*)([0-9]*)", edge) for edge in (first, last or first)]
        if all(edges) and part:
            (c1, r1), (c2, r2) = (edge.groups() for edge in edges if edge)
            found.append((_column(c1) or 1, int(r1 or 1), _column(c2) or _LAST_COLUMN, int(r2 or 2**20)))
    return tuple(found)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(slots=True, eq=False)
class _Cell:
    place: str
    formula: Element | None = None
    function: str = ""
    value: list[str] = field(default_factory=list)
    kind: str = ""


class SheetJudge:
    """Judges one sheet. `strings` are the workbook's shared texts, by number."""

    def __init__(self, seen: Seen, sheet: Sheet, strings: list[str]) -> None:
        self._seen, self._sheet, self._strings = seen, sheet, strings
        self._cell: _Cell | None = None
        self._row_hidden = False
        self._columns_hidden: list[tuple[int, int]] = []
        self._rule: list[str] = []
        self._hidden_rows = 0

    def opens(self, element: Element) -> None:
        """Cells, rows and columns."""
        if element.local == "c":
            self._cell = _Cell(element.get("r"), kind=element.get("t"))
        elif element.local == "row":
            self._row_hidden = element.get("hidden") in _TRUE
        elif element.local == "col" and element.get("hidden") in _TRUE:
            self._columns_hidden.append((int(element.get("min", "0")), int(element.get("max", "0"))))
        elif element.local == "cfRule":
            self._rule = []

    def text(self, element: Element, text: str) -> None:
        """Values and formulas."""
        if self._cell is not None and element.local in {"v", "t"} and not element.inside("rPh"):
            self._cell.value.append(text)
        elif self._cell is not None and element.local == "f":
            self._cell.function += text
        elif element.local in {"f", "formula"}:
            self._rule.append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """Formulas are cut, and conditions and headers that speak of today."""
        if element.local == "f" and self._cell is not None:
            cuts.whole(element)
            self._cell.formula = element
        elif element.local == "c" and self._cell is not None:
            self._told(self._cell)
            self._cell = None
        elif element.local == "row" and self._row_hidden:
            self._hidden_rows += 1
            self._row_hidden = False
        elif element.local == "cfRule":
            self._condition(element, cuts)
        elif element.local in _ON_EVERY_PAGE and element.content < element.end:
            self._header(element, cuts)
        elif element.local == "sheetData" and not self._sheet.hidden:
            self._seen.hidden_rows += self._hidden_rows
            self._seen.hidden_columns += sum(
                last - first + 1 for first, last in self._columns_hidden if last < _LAST_COLUMN
            )

    def _told(self, cell: _Cell) -> None:
        value = "".join(cell.value)
        if cell.formula is not None and not value:
            name = VOLATILE.search(cell.function)
            self._seen.unsaved[f"{self._sheet.name}!{cell.place}" + (f" {name.group(1)}" if name else "")] += 1
        if not value or self._sheet.hidden:
            return
        column, row = self._place(cell.place)
        if self._sheet.printed and not any(
            left <= column <= right and top <= row <= bottom for left, top, right, bottom in self._sheet.printed
        ):
            self._seen.outside[self._sheet.name] += 1
        elif not self._row_hidden and not any(first <= column <= last for first, last in self._columns_hidden):
            self._say(cell, value)

    def _say(self, cell: _Cell, value: str) -> None:
        """Text as it is; of numbers only that there is one: how they are drawn is the format's."""
        if cell.kind == "s":
            number = int(value) if value.isdecimal() else -1
            value = self._strings[number] if 0 <= number < len(self._strings) else ""
        elif cell.kind not in {"str", "inlineStr"}:
            self._seen.numbers += 1
            return
        self._seen.text.append("\n" + value)

    @staticmethod
    def _place(place: str) -> tuple[int, int]:
        found = _PLACE.fullmatch(place)
        return (_column(found.group(1)), int(found.group(2))) if found else (1, 1)

    def _condition(self, element: Element, cuts: Cuts) -> None:
        if element.get("type") == "timePeriod" or VOLATILE.search(" ".join(self._rule)):
            cuts.whole(element)
            self._seen.unsaved[f"{self._sheet.name} {element.get('type', 'cfRule')}"] += 1

    def _header(self, element: Element, cuts: Cuts) -> None:
        raw = cuts.data[element.content : element.end]

        def replaced(found: re.Match[bytes]) -> bytes:
            code = found.group(1)
            if code is None:
                return found.group()
            self._seen.unsaved[f"{self._sheet.name} {_SHOWN_CODES[code.decode().upper()]}"] += 1
            return b""

        without = _OF_THE_HOUR.sub(replaced, raw)
        if without != raw:
            cuts.inner(element, without)


class StringsJudge:
    """Collects the shared texts of a workbook."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []

    def opens(self, element: Element) -> None:
        """One text."""
        if element.local == "si":
            self._parts = []

    def text(self, element: Element, text: str) -> None:
        """Runs, without their readings (rPh)."""
        if element.local == "t" and not element.inside("rPh"):
            self._parts.append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """The text is whole."""
        if element.local == "si":
            self.strings.append("".join(self._parts))


class WorkbookJudge:
    """What a workbook says of its sheets: relationship of each, in order."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.printed: dict[int, tuple[Area, ...]] = {}
        self._area: list[str] = []

    def opens(self, element: Element) -> None:
        """A sheet, or a name."""
        if element.local == "sheet":
            hidden = element.get("state") in {"hidden", "veryHidden"}
            self.sheets.append((element.get("id"), element.get("name"), hidden))
        elif element.local == "definedName":
            self._area = []

    def text(self, element: Element, text: str) -> None:
        """What a name stands for."""
        if element.local == "definedName":
            self._area.append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """Print areas."""
        if element.local == "definedName" and element.get("name") == "_xlnm.Print_Area":
            number = element.get("localSheetId")
            if number.isdecimal():
                self.printed[int(number)] = areas("".join(self._area))
