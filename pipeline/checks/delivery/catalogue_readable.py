"""There is one catalogue, and all of it can be read (目录; DA/T 18-2022).

What it detects: no catalogue or several, one that is locked, damaged, too large or in an unknown encoding, and columns
that are missing or there twice.
Why: without the catalogue nobody knows what the files are.
Example: the workbook has a password.
A column that the profile does not know is noted, and so is what is hidden in a workbook.
"""

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "no_catalogue": Effect.FAILS,
    "two_catalogues": Effect.FAILS,
    "two_catalogue_sheets": Effect.FAILS,
    "catalogue_unreadable": Effect.FAILS,
    "catalogue_too_large": Effect.FAILS,
    "catalogue_encoding": Effect.FAILS,
    "catalogue_empty": Effect.FAILS,
    "header_missing": Effect.FAILS,
    "header_doubled": Effect.FAILS,
    "value_garbled": Effect.FAILS,
    "header_unmapped": Effect.NOTED,
    "header_matched": Effect.NOTED,
    "catalogue_left_out": Effect.NOTED,
    "catalogue_hidden_read": Effect.NOTED,
    "catalogue_comments": Effect.NOTED,
    "rows_passed_over": Effect.NOTED,
    "dates_read": Effect.NOTED,
}


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """What reading the catalogue has found."""
    looked_at = message("catalogue_looked_at", catalogue=delivery.catalogue, rows=delivery.rows)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="catalogue_readable", view=DeliveryView, judge=judge, parameters=NoParameters)
