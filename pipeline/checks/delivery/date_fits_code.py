"""The year of the date (日期) is about the year that the archival code names (年度; DA/T 13-2022, 4.2).

What it detects: a date that is more than a year off the code's year.
Why: one of the two is a slip of the typist, and both are what people look for.
Example: the code says 2020, the date is 20020315.
A document may be filed a year after it was made, or be settled in the next: that is not told.
"""

import re
from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row
from pipeline.checks.views import DeliveryView
from pipeline.domain.dates import is_record_date
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"date_far_from_code": Effect.NOTED}

_YEAR = re.compile(r"(?:19|20)\d{2}")
_YEARS_IN_DATE = re.compile(r"(\d{4})\d{4}")
_MOST_YEARS = 1


def faults(row: Row) -> Iterator[Finding]:
    """`date_far_from_code` where both say a year. A period (20190101-20201231) counts from its beginning to its end."""
    description = row.description
    in_code = [part for part in re.split("[-·]", description.archival_code)[1:-1] if _YEAR.fullmatch(part)]
    if len(in_code) != 1 or not is_record_date(description.date):
        return
    years = [int(year) for year in _YEARS_IN_DATE.findall(description.date)]
    year = int(in_code[0])
    if min(years) - _MOST_YEARS <= year <= max(years) + _MOST_YEARS:
        return
    yield of_row("date_far_from_code", description, year=in_code[0], value=mask(description.date))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows."""
    return delivery.judged(EFFECTS, looked_at=message("rows_looked_at", rows=delivery.rows))


CHECK = Check(code="date_fits_code", view=DeliveryView, judge=judge, parameters=NoParameters)
