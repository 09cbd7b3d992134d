"""Every row has the values that the profile requires (必填著录项; DA/T 18-2022).

What it detects: an empty cell where a value must be, the archival code (档号) among them.
Why: a record without title, date or retention period cannot be found, appraised or handed over.
Example: row 7 has no 保管期限.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message, word
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"value_missing": Effect.FAILS}


def faults(row: Row) -> Iterator[Finding]:
    """`value_missing` for each required field of one row that is empty, and that its archival code does not say."""
    for name in row.rules.required:
        if not row.typed.value(name) and not row.description.value(name):
            yield of_row("value_missing", row.description, field=word("field", name))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="required_values", view=DeliveryView, judge=judge, parameters=NoParameters)
