"""What the archival code (档号) says of fonds, category, year and retention the columns say, too (DA/T 13-2022, 4.2).

What it detects: a code and a column that contradict each other.
Why: one of the two is wrong, and both are printed on what people look for.
Example: the code says D30, the column 永久.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row, retention_of
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding
from pipeline.domain.identifiers import ArchivalCode
from pipeline.domain.messages import message, word
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.retention import Permanent, Years, retention_code
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"field_contradicts_code": Effect.FAILS}


def faults(row: Row) -> Iterator[Finding]:
    """`field_contradicts_code` for fonds, category, year and retention, where both say something."""
    description = row.description
    code = ArchivalCode(value=description.archival_code)
    for name, in_code, in_column in (
        ("fonds", code.fonds, description.fonds),
        ("category", code.category, description.category),
    ):
        if row.typed.value(name) and in_code and in_code != in_column:
            yield _contradiction(description, name, in_code, in_column)
    year = description.value("year")
    if code.year and len(year) == len(code.year) and year != code.year:
        yield _contradiction(description, "year", code.year, year)
    in_code, retention = code.retention, retention_of(description.retention)
    if in_code and isinstance(retention, Permanent | Years) and retention_code(retention) != in_code:
        yield _contradiction(description, "retention", in_code, description.retention)


def _contradiction(description: Description, name: str, in_code: str, in_column: str) -> Finding:
    return of_row(
        "field_contradicts_code",
        description,
        field=word("field", name),
        in_code=mask(in_code),
        in_column=mask(in_column),
    )


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="code_agrees", view=DeliveryView, judge=judge, parameters=NoParameters)
