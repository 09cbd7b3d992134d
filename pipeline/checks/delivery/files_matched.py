"""Every row has its files, and every file its row.

What it detects: rows without files, files that no row asks for, files that a row names and that are not there or belong
to another row, and names that would lead out of the delivery.
Why: links between catalogue and images must be complete before the paper goes back (DA/T 31-2017, 11.2).
Example: the folder of a record is called by a code with a typing error.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "row_without_files": Effect.FAILS,
    "files_without_row": Effect.FAILS,
    "named_file_missing": Effect.FAILS,
    "file_named_twice": Effect.FAILS,
    "unsafe_path": Effect.FAILS,
}


def faults(pages: Sequence[Page], code: str, *, told: bool) -> Iterator[Finding]:
    """`row_without_files`, unless it is `told` already why there are none."""
    if not pages and not told:
        yield finding("row_without_files", mask(code))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """What matching rows and files has found."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="files_matched", view=DeliveryView, judge=judge, parameters=NoParameters)
