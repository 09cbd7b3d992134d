"""One row of the catalogue read as the description of a record."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.domain.dates import date_meanings
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import ArchivalCode, PackageId, normalise_code
from pipeline.domain.messages import Invalid, word
from pipeline.domain.personal import mask
from pipeline.domain.records import Description, Element
from pipeline.domain.retention import period_meant
from pipeline.elements import element_rows
from pipeline.profiles import DeliveryRules
from pipeline.vocabularies import categories

CODE_NAME, PAGES_NAME = "档号", "页号"
"""Where an element was read that has no column of its own."""
_SPAN = re.compile(r"^第?(\d{1,6})页?[-~–—―−至到]+第?(\d{1,6})页?$", re.ASCII)
_PAGES = re.compile(r"^(?:共)?(\d{1,6})(?:\.0+)?(?:页|张|件|p)?$")


def read_row(row: CatalogueRow, rules: DeliveryRules, catalogue: str) -> tuple[Description | None, list[Finding]]:
    """The row's description; none where the 档号 is missing or none, and why.

    Those findings belong to the catalogue as a whole. What is wrong with values is for checks to say.
    """
    typed = row.value("archival_code")
    if not typed:
        return None, [finding("value_missing", catalogue, row=row.row, field=word("field", "archival_code"))]
    try:
        code = ArchivalCode.parse(typed)
        package_id = PackageId.of(code)
    except Invalid as error:
        return None, [finding("code_invalid", mask(typed), row=row.row, reason=error.message)]
    return _description(row, code, package_id, rules), []


def _description(row: CatalogueRow, code: ArchivalCode, package_id: PackageId, rules: DeliveryRules) -> Description:
    category = row.value("category")
    return Description(
        archival_code=code.value,
        package_id=package_id.value,
        fonds=normalise_code(row.value("fonds")) or code.fonds or rules.default_fonds,
        category=categories().get(category.casefold(), category)
        or code.category
        or _of_a_list(row)
        or rules.default_category,
        elements=tuple(_elements(row, code, rules)),
        as_typed_code=row.value("archival_code"),
        row=row.row,
        extra=row.extra,
        cells=row.cells,
    )


def _of_a_list(row: CatalogueRow) -> str:
    """ZP where the number of a photograph stands for the archival code: GB/T 11821-2002 has no category in it."""
    return "ZP" if row.value("photo_number") and row.value("photo_number") == row.value("archival_code") else ""


def _elements(row: CatalogueRow, code: ArchivalCode, rules: DeliveryRules) -> Iterator[Element]:
    """What the row says, in the order of the table of elements, and what its archival code says where the row does not.
    A number that cannot be read is none: it is told, and stands in the row as typed."""
    headers = dict(row.near)
    for known in element_rows():
        typed = row.value(known.element)
        value = _read(known.kind, typed, rules) if typed else ""
        if value:
            taken_from = headers.get(known.element, "")
            yield Element(
                element=known.element, value=value, typed=typed if typed != value else "", taken_from=taken_from
            )
        elif not typed and (said := _said_elsewhere(known.element, row, code)):
            yield said


def _read(kind: str, typed: str, rules: DeliveryRules) -> str:
    """A cell by the kind of its element; as typed where it cannot be read so."""
    match kind:
        case "number":
            number = page_count(typed)
            return "" if number is None else str(number)
        case "date":
            meant = date_meanings(typed)
            return meant[0] if len(meant) == 1 else typed
        case "period":
            return period_meant(typed, rules.periods)
        case "year":
            return _year(typed)
        case _:
            return typed


def _year(typed: str) -> str:
    meant = date_meanings(typed.strip().removesuffix("度"))
    return meant[0][:4] if len(meant) == 1 and meant[0].endswith("0000") and len(meant[0]) == 8 else typed


def _said_elsewhere(element: str, row: CatalogueRow, code: ArchivalCode) -> Element | None:
    """年度 and 保管期限 by the archival code (DA/T 13-2022; the national form of DA/T 22-2015 has no columns for them),
    页数 by a span of page numbers (`12-15`)."""
    if element == "year" and code.year:
        return Element(element=element, value=code.year, taken_from=CODE_NAME)
    if element == "retention" and code.retention:
        period = "永久" if code.retention == "Y" else f"{int(code.retention[1:])}年"
        return Element(element=element, value=period, typed=code.retention, taken_from=CODE_NAME)
    if element == "page_count" and (pages := pages_spanned(row.value("page_numbers"))):
        return Element(element=element, value=str(pages), typed=row.value("page_numbers"), taken_from=PAGES_NAME)
    return None


def pages_spanned(text: str) -> int | None:
    """How many pages a span of page numbers holds (`1-2`, `012—015`); None where it is no span: a number alone is where
    an item begins."""
    match = _SPAN.match("".join(unicodedata.normalize("NFKC", text).split()))
    first, last = (int(match[1]), int(match[2])) if match else (1, 0)
    return last - first + 1 if first <= last else None


def page_count(text: str) -> int | None:
    """A number of pages as typed (`6`, `６`, `6页`), or None where it is none."""
    match = _PAGES.match("".join(unicodedata.normalize("NFKC", text).split()).casefold())
    return int(match[1]) if match else None
