"""No citizen's number (居民身份证号码; GB 11643-1999) stands where everybody who looks for a record reads it.

What it detects: such a number in a value of the catalogue, or in the name of a file.
Why: titles and names are shown, listed and exported (个人信息保护法, art. 28).
Example: the title is 户主 and the number of the head of the household.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import Row, of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import display
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, word
from pipeline.domain.personal import citizen_numbers, mask
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"personal_number_in_text": Effect.FAILS}

_MAYBE_PERSONAL = re.compile(rb"(?:(?:[0-9]|\xef\xbc[\x90-\x99])[ -]?){17}")


def faults(row: Row) -> Iterator[Finding]:
    """One finding for each number in one row."""
    for name, text in (*row.typed.values, *row.typed.extra):
        for number in citizen_numbers(text):
            yield of_row("personal_number_in_text", row.description, field=word("field", name), masked=mask(number))


def path_faults(pages: Sequence[Page], code: str) -> Iterator[Finding]:
    """One finding for a record, with its first example: names are made by one rule, which spoils all of them."""
    personal = [
        page.entry.path
        for page in pages
        if _MAYBE_PERSONAL.search(page.entry.path) and citizen_numbers(decoded(page.entry.path))
    ]
    if personal:
        yield finding("personal_number_in_text", mask(code), field=word("field", "path"), masked=display(personal[0]))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all rows and names."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="no_personal_numbers", view=DeliveryView, judge=judge, parameters=NoParameters)
