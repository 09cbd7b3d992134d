"""Fields of Word (域) and what becomes of each: by the name that its instruction begins with.

Source: ECMA-376-1, 17.16.5 (field codes); MS-DOC 2.9.90 (the numbers of the same fields, flt).
"""

from enum import Enum


class Fate(Enum):
    """Its stored result stands for it; it is left as it is, for nothing in it is worked out; or it is never shown."""

    FROZEN = "frozen"
    KEPT = "kept"
    HIDDEN = "hidden"


_KEPT = {
    "HYPERLINK",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "SYMBOL",
    "EQ",
    "MACROBUTTON",
    "GOTOBUTTON",
    "ADVANCE",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "LISTNUM",
    "SHAPE",
}
_HIDDEN = {"SET", "ASK", "XE", "TC", "TA", "RD", "NEXT", "NEXTIF", "SKIPIF", "PRINT", "PRIVATE"}
_OF_THE_PAGE = {"PAGE"}
"""In headers and footers one stored value stands for all pages: the copy counts its own."""
_OF_THE_WHOLE = {"NUMPAGES", "SECTIONPAGES"}
"""As those of the page where nothing is stored."""


def name_of(instruction: str) -> str:
    """`DATE` of ` DATE \\@ "yyyy"`; `=` of a formula; empty where there is none."""
    words = instruction.split(maxsplit=1)
    if not words:
        return ""
    return "=" if words[0].startswith("=") else words[0].upper()


def fate_of(name: str, *, on_every_page: bool, stored: bool) -> Fate:
    """What becomes of a field; `on_every_page` in a header or footer, `stored` where it has a result."""
    if name in _KEPT:
        return Fate.KEPT
    if name in _HIDDEN:
        return Fate.HIDDEN
    if on_every_page and (name in _OF_THE_PAGE or (name in _OF_THE_WHOLE and not stored)):
        return Fate.KEPT
    return Fate.FROZEN
