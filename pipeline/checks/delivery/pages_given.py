"""Of records made of pages the catalogue says how many these are (页数; DA/T 18-2022; DA/T 31-2017, 11.2).

What it detects: page images and PDFs of which no number of pages is given, so that nobody can tell whether one is
missing at the end.
Why: a check that was not made must not pass for one that found nothing.
Example: the column 页数 is there and empty in 40 rows.
Told once for the delivery.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.records import PlannedRecord
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.profiles import Profile

EFFECTS = {"pages_not_given": Effect.UNTOLD}

_PAGES = frozenset(("jpg", "jpeg", "png", "bmp", "jp2", "tif", "tiff", "pdf"))


def faults(records: Sequence[PlannedRecord], profile: Profile, catalogue: str) -> Iterator[Finding]:
    """One `pages_not_given`, where there are such records. Of photographs nobody counts pages."""
    rows = [
        record.description.row
        for record in records
        if record.description.page_count is None
        and profile.images_of(record.description.category) == "pages"
        and record.files
        and all(file.original.extension in _PAGES for file in record.files)
        and not any(found.code in {"value_invalid", "value_missing"} for found in record.findings)
    ]
    if rows:
        yield finding("pages_not_given", catalogue, count=len(rows), of=len(records), first_row=rows[0])


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="pages_given", view=DeliveryView, judge=judge, parameters=NoParameters)
