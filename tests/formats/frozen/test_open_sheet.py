"""Cells are counted, with those that stand for many."""

from pipeline.formats.frozen.open_sheet import Places
from pipeline.tools.xml_edit import Cuts, Element, walked


class Walking:
    """Notes of each cell with a name whether it is printed."""

    def __init__(self) -> None:
        self.places = Places()
        self.outside: dict[str, bool] = {}

    def opens(self, element: Element) -> None:
        self.places.opens(element)
        if element.get("name"):
            self.outside[element.get("name")] = self.places.outside

    def text(self, element: Element, text: str) -> None:
        return

    def closes(self, element: Element, cuts: Cuts) -> None:
        self.places.closes(element)


def outside(sheet: str) -> dict[str, bool]:
    walking = Walking()
    walked(sheet.encode(), walking)
    return {name: told for name, told in walking.outside.items() if name.islower()}


def test_repeated_rows_and_columns() -> None:
    assert outside(
        """<table name="A" print-ranges="A.$B$3:A.C4 'B c'.Z1:'B c'.Z1">
        <table-row number-rows-repeated="2"><table-cell name="a"/></table-row>
        <table-row><table-cell name="b"/><table-cell name="c"/><table-cell number-columns-repeated="23"/>
        <table-cell name="d"/></table-row></table>"""
    ) == {"a": True, "b": True, "c": False, "d": True}


def test_a_sheet_without_print_ranges_and_one_that_is_not_printed() -> None:
    assert outside('<table name="A"><table-row><table-cell name="a"/></table-row></table>') == {"a": False}
    assert outside('<table name="A" print="false"><table-row><table-cell name="a"/></table-row></table>') == {"a": True}
