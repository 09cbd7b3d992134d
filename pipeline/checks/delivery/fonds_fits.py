"""The records are of the fonds (全宗) that is kept here (DA/T 13-2022, 4.1).

What it detects: records of another fonds than the one that the archives has set for itself.
Why: a delivery for somebody else, or a slip of the typist in a whole column, is seen at once and not after years.
Example: the home keeps K021, 134 rows say K012.
Told once for each such fonds: an archives may well keep several.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.records import PlannedRecord
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"another_fonds": Effect.NOTED}


def faults(records: Sequence[PlannedRecord], *, fonds: str) -> Iterator[Finding]:
    """`another_fonds` for each fonds that is not `fonds`; nothing where the archives has set none."""
    others: dict[str, list[int]] = {}
    for record in records:
        about = record.description
        if fonds and about.fonds and about.fonds != fonds:
            others.setdefault(about.fonds, []).append(about.row)
    for other, rows in others.items():
        yield finding("another_fonds", other, fonds=fonds, count=len(rows), first_row=rows[0])


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="fonds_fits", view=DeliveryView, judge=judge, parameters=NoParameters)
