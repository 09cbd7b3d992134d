"""One row of the catalogue judged by itself: its code, its required values, dates, retention, personal numbers."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.domain.dates import is_record_date, suggested_date
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import ArchivalCode, PackageId, normalise_code
from pipeline.domain.names import safe_component
from pipeline.domain.personal import citizen_numbers, mask
from pipeline.domain.records import Description, Element
from pipeline.domain.retention import ByRule, OneOf, Permanent, Years, parse_retention, retention_code
from pipeline.elements import element_rows
from pipeline.profiles import DeliveryRules
from pipeline.vocabularies import categories

_PAGES = re.compile(r"^(?:共)?(\d{1,6})(?:\.0+)?(?:页|张|件|p)?$")
_RETENTION_IN_CODE = re.compile(r"^(?:Y|D\d{1,3})$")

Judge = Callable[[CatalogueRow, Description, DeliveryRules], Iterator[Finding]]


def read_row(row: CatalogueRow, rules: DeliveryRules, catalogue: str) -> tuple[Description | None, list[Finding]]:
    """The row's description, and what is wrong with its values.

    No description where the 档号 is missing or none: the findings then belong to the catalogue as a whole.
    """
    typed = row.value("archival_code")
    if not typed:
        return None, [finding("value_missing", catalogue, row=row.row, field="archival_code")]
    try:
        code = ArchivalCode.parse(typed)
        package_id = PackageId.of(code)
    except ValueError as error:
        rule = str(error).partition(": ")[0].removeprefix("an archival code (档号) ")
        return None, [finding("code_invalid", mask(typed), row=row.row, reason=rule)]
    description = _description(row, code, package_id, rules)
    return description, [found for judge in _JUDGES for found in judge(row, description, rules)]


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


def _judge_code(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    code, typed = description.archival_code, description.as_typed_code
    if typed != code:
        yield _finding("code_normalised", description, typed=mask(typed), normal=mask(code))


def _judge_required(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    for name in rules.required:
        if not row.value(name):
            yield _finding("value_missing", description, field=name)


def _judge_fonds_and_category(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    if not description.fonds:
        yield _finding("fonds_missing", description)
    for name, value in (("fonds", description.fonds), ("category", description.category)):
        if value and (safe_component(value.encode()) != value or "/" in value):
            yield _finding("value_invalid", description, field=name, value=mask(value))


def _judge_agreement(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    """DA/T 13-2022, 4.2: the code's parts say what the columns say."""
    code = ArchivalCode(value=description.archival_code)
    stated = {"fonds": row.value("fonds"), "category": row.value("category")}
    for name, in_code, in_column in (
        ("fonds", code.fonds, description.fonds),
        ("category", code.category, description.category),
    ):
        if stated[name] and in_code and in_code != in_column:
            yield _contradiction(description, name, in_code, in_column)
    in_code = next((p for p in re.split("[-·]", code.value)[1:-1] if _RETENTION_IN_CODE.match(p)), "")
    retention = _retention(description.retention)
    if in_code and isinstance(retention, Permanent | Years) and retention_code(retention) != in_code:
        yield _contradiction(description, "retention", in_code, description.retention)


def _judge_values(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    pages = row.value("page_count")
    if pages and description.page_count is None:
        yield _finding("value_invalid", description, field="page_count", value=mask(pages))
    if description.date and not is_record_date(description.date):
        suggestion = suggested_date(description.date)
        yield _finding("date_invalid", description, value=mask(description.date), suggestion=suggestion)
    retention = _retention(description.retention)
    if isinstance(retention, OneOf | ByRule):
        yield _finding("retention_unclear", description, value=mask(description.retention))
    elif retention is None and description.retention:
        yield _finding("retention_invalid", description, value=mask(description.retention))


def _judge_personal_numbers(row: CatalogueRow, description: Description, rules: DeliveryRules) -> Iterator[Finding]:
    for name, text in (*row.values, *row.extra):
        for number in citizen_numbers(text):
            yield _finding("personal_number_in_text", description, field=name, masked=mask(number))


_JUDGES: tuple[Judge, ...] = (
    _judge_code,
    _judge_required,
    _judge_fonds_and_category,
    _judge_agreement,
    _judge_values,
    _judge_personal_numbers,
)


def _retention(text: str) -> Permanent | Years | OneOf | ByRule | None:
    try:
        return parse_retention(text) if text else None
    except ValueError:
        return None  # reported as retention_invalid


def _contradiction(description: Description, name: str, in_code: str, in_column: str) -> Finding:
    return _finding("field_contradicts_code", description, field=name, in_code=mask(in_code), in_column=mask(in_column))


def _finding(code: str, description: Description, **facts: object) -> Finding:
    return finding(code, mask(description.archival_code), record=description.package_id, row=description.row, **facts)
