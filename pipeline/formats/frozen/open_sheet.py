"""Where a cell of OpenDocument stands, and whether it is printed.

Cells do not say their place: rows and columns are counted, with those that stand for many. Source: OpenDocument 1.3,
part 3, 9.1.2 (tables), 19.678 (print ranges).
"""

import re

from pipeline.formats.frozen.sheet_xml import Area, areas
from pipeline.tools.xml_edit import Element

_EDGE = re.compile(r"\.\$?([A-Z]{1,3})\$?([0-9]{1,7})")
CELLS = {"table-cell", "covered-table-cell"}


class Places:
    """Counts through one sheet after another; `name` is that of the sheet, `outside` whether the cell that is open is
    not printed."""

    def __init__(self) -> None:
        self.name = ""
        self.outside = False
        self._printed: tuple[Area, ...] = ()
        self._never = False
        self._row = self._column = 0

    def opens(self, element: Element) -> None:
        """A sheet, a row or a cell begins."""
        if element.local == "table":
            self.name, self._row = element.get("name"), 0
            self._never = element.get("print") == "false"
            self._printed = _printed(element.get("print-ranges"))
        elif element.local == "table-row":
            self._row, self._column = self._row + 1, 0
        elif element.local in CELLS:
            self._column += 1
            self.outside = self._never or (bool(self._printed) and not self._is_printed())

    def closes(self, element: Element) -> None:
        """It ends; one that stands for many counts as many."""
        if element.local == "table-row":
            self._row += _more(element, "number-rows-repeated")
        elif element.local in CELLS:
            self._column += _more(element, "number-columns-repeated")
            self.outside = False

    def _is_printed(self) -> bool:
        return any(
            left <= self._column <= right and top <= self._row <= bottom for left, top, right, bottom in self._printed
        )


def _more(element: Element, attribute: str) -> int:
    number = element.get(attribute, "1")
    return int(number) - 1 if number.isdecimal() else 0


def _printed(ranges: str) -> tuple[Area, ...]:
    """The areas of `甲.A1:甲.B5 '乙 表'.C1:'乙 表'.C9`."""
    edges = [f"{column}{row}" for column, row in _EDGE.findall(ranges)]
    return areas(",".join(f"{first}:{last}" for first, last in zip(edges[::2], edges[1::2], strict=False)))
