"""One row of the catalogue read as the description of a record."""

import re
import unicodedata
from collections.abc import Iterator

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import ArchivalCode, PackageId, normalise_code
from pipeline.domain.messages import Invalid, word
from pipeline.domain.personal import mask
from pipeline.domain.records import Description, Element
from pipeline.elements import element_rows
from pipeline.profiles import DeliveryRules
from pipeline.vocabularies import categories

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
        category=categories().get(category.casefold(), category) or code.category or rules.default_category,
        elements=tuple(_elements(row)),
        as_typed_code=row.value("archival_code"),
        row=row.row,
        extra=row.extra,
        cells=row.cells,
    )


def _elements(row: CatalogueRow) -> Iterator[Element]:
    """What the row says, in the order of the table of elements. A number that cannot be read is none: it is told, and
    stands in the row as typed."""
    for known in element_rows():
        typed = row.value(known.element)
        number = page_count(typed) if known.kind == "number" else None
        value = typed if known.kind == "text" else "" if number is None else str(number)
        if value:
            yield Element(element=known.element, value=value, typed=typed if typed != value else "")


def page_count(text: str) -> int | None:
    """A number of pages as typed (`6`, `６`, `6页`), or None where it is none."""
    match = _PAGES.match("".join(unicodedata.normalize("NFKC", text).split()).casefold())
    return int(match[1]) if match else None
