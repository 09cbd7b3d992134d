"""What is delivered lies there as files, not packed into archives (zip, rar, 7z …).

What it detects: archives that no row asks for, records whose pages came as one archive, and archives among a record's
files.
Why: what is packed is neither counted, nor read to its end, nor converted; and archives ask for programs that may be
gone (GB/T 18894-2016, 6: 电子文件 are captured in formats for preservation).
Example: three scanned pages as `K021-WS·2019·D10-0001.zip`.
By names; what a file really is, is said when it has been read.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import Entry, display
from pipeline.delivery.page_order import Page
from pipeline.delivery.shelf import any_of
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.records import Description
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.profiles import DeliveryRules

EFFECTS = {
    "archive_without_row": Effect.FAILS,
    "archive_instead_of_pages": Effect.FAILS,
    "archive_in_record": Effect.UNTOLD,
}


def faults(pages: Sequence[Page], about: Description, rules: DeliveryRules) -> Iterator[Finding]:
    """`archive_instead_of_pages` where the catalogue counts pages and all that came is packed; else
    `archive_in_record`."""
    is_archive = any_of(rules.archives)
    packed = [page for page in pages if is_archive(decoded(page.entry.name))]
    if not packed:
        return
    path = display(packed[0].entry.path)
    if about.page_count is not None and len(packed) == len(pages):
        yield of_row("archive_instead_of_pages", about, path=path, pages=about.page_count)
    else:
        yield of_row("archive_in_record", about, path=path, count=len(packed))


def without_row(packed: Iterable[Entry]) -> Iterator[Finding]:
    """Archives that no row asks for, folder by folder."""
    for _, group in groupby(packed, key=lambda entry: entry.path.rpartition(b"/")[0]):
        archives = list(group)
        yield finding("archive_without_row", display(archives[0].path), count=len(archives))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """What the names have shown."""
    return delivery.judged(EFFECTS, looked_at=message("files_looked_at", files=delivery.files))


CHECK = Check(code="archives_unpacked", view=DeliveryView, judge=judge, parameters=NoParameters)
