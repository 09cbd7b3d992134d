"""Values are what their columns want: names of folders, numbers of pages, dates, retention periods.

What it detects: a fonds or category that cannot be a folder's name, a number of pages that is none, dates that do not
exist, retention periods that no schedule knows.
Why: a value that nobody can read decides nothing, and is wrong for ever once it is packaged.
Example: the date is 20200231.
A published schedule may leave the period open (永久或30年), and a date may be written so that it means two
(03/04/2018): then a person decides.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row, retention_of
from pipeline.checks.views import DeliveryView
from pipeline.domain.dates import date_meanings, is_record_date
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message, word
from pipeline.domain.names import safe_component
from pipeline.domain.personal import mask
from pipeline.domain.retention import ByRule, OneOf
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "value_invalid": Effect.FAILS,
    "date_invalid": Effect.FAILS,
    "date_unclear": Effect.ASKS,
    "retention_invalid": Effect.FAILS,
    "retention_unclear": Effect.ASKS,
}


def folder_faults(row: Row) -> Iterator[Finding]:
    """`value_invalid` for a fonds or category that cannot be a folder's name."""
    description = row.description
    for name, value in (("fonds", description.fonds), ("category", description.category)):
        if value and (safe_component(value.encode()) != value or "/" in value):
            yield of_row("value_invalid", description, field=word("field", name), value=mask(value))


def faults(row: Row) -> Iterator[Finding]:
    """`value_invalid` for pages, `date_invalid` or `date_unclear`, and `retention_unclear` or `retention_invalid`."""
    description = row.description
    pages = row.typed.value("page_count")
    if pages and description.page_count is None:
        yield of_row("value_invalid", description, field=word("field", "page_count"), value=mask(pages))
    if description.date and not is_record_date(description.date):
        meant = date_meanings(description.date)
        if meant:
            yield of_row("date_unclear", description, value=mask(description.date), meanings=" / ".join(meant))
        else:
            yield of_row("date_invalid", description, value=mask(description.date))
    retention = retention_of(description.retention)
    if isinstance(retention, OneOf | ByRule):
        yield of_row("retention_unclear", description, value=mask(description.retention))
    elif retention is None and description.retention:
        yield of_row("retention_invalid", description, value=mask(description.retention))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    looked_at, question = message("rows_looked_at", rows=delivery.rows), message("which_value")
    return delivery.judged(EFFECTS, looked_at=looked_at, question=question)


CHECK = Check(code="values_sound", view=DeliveryView, judge=judge, parameters=NoParameters)
