"""No two records of a delivery have the same files and the same title (DA/T 18-2022; DA/T 31-2017, 11.2).

What it detects: one record in two rows under two codes, as far as names and sizes tell.
Why: the same document would be kept and counted twice, and the one that was meant is missing.
Example: the files of row 7 were copied into the folder of row 8, the title was filled down.
Files are not read for this: names, sizes and title agree, one by one.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import Description, PlannedRecord
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"records_alike": Effect.NOTED}

_LEAST_BYTES = 1000
"""Of records smaller than that, equal sizes say little."""


def faults(records: Sequence[PlannedRecord]) -> Iterator[tuple[int, Finding]]:
    """The place of each record that repeats an earlier one, and its `records_alike`."""
    seen: dict[tuple[str, frozenset[tuple[str, int]]], Description] = {}
    for place, record in enumerate(records):
        about = record.description
        if sum(file.size for file in record.files) < _LEAST_BYTES:
            continue
        files = frozenset((file.original.raw_hex, file.size) for file in record.files)
        first = seen.setdefault((about.title, files), about)
        if first.package_id != about.package_id:
            yield place, of_row("records_alike", about, other=mask(first.archival_code), other_row=first.row)


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all records."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="records_distinct", view=DeliveryView, judge=judge, parameters=NoParameters)
