"""Every row has its files, and every file its row.

What it detects: rows without files, files that no row asks for, files that a row names and that are not there or belong
to another row, names that are almost a code, two folders of one code, and names that would lead out of the delivery.
Why: links between catalogue and images must be complete before the paper goes back (DA/T 31-2017, 11.2).
Example: the folder of a record is called by a code with a typing error.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.listing import display
from pipeline.delivery.page_order import Page
from pipeline.delivery.shelf import Stray
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "row_without_files": Effect.FAILS,
    "files_without_row": Effect.FAILS,
    "named_file_missing": Effect.FAILS,
    "file_named_twice": Effect.FAILS,
    "unsafe_path": Effect.FAILS,
    "name_near_code": Effect.FAILS,
    "record_folders_clash": Effect.FAILS,
    "record_in_several_folders": Effect.NOTED,
    "folder_taken_by_path": Effect.NOTED,
}


def faults(pages: Sequence[Page], code: str, *, told: bool) -> Iterator[Finding]:
    """`row_without_files`, unless it is `told` already why there are none."""
    if not pages and not told:
        yield finding("row_without_files", mask(code))


def without_row(subject: str, count: int, near: Description | None) -> Finding:
    """Files that no row asks for; `near` is the row whose code their name almost is."""
    if near is None:
        return finding("files_without_row", subject, count=count)
    return finding("files_without_row", subject, count=count, near_row=near.row, near=mask(near.archival_code))


def near_name(stray: Stray, about: Description) -> Finding:
    """Files that lie there under almost the code of a row that has none."""
    return of_row("name_near_code", about, place=display(stray.subject), count=len(stray.entries))


def by_path(about: Description, folder: bytes) -> Finding:
    """A folder that was taken for the row's because its path spells the code out."""
    return of_row("folder_taken_by_path", about, folder=display(folder))


def folders_of_one(folders: Sequence[bytes], pages: Sequence[Page], code: str) -> Iterator[Finding]:
    """Several folders of one code: an ordinary thing where each holds files of other kinds (PDF beside JPEG), and a
    question whose files are meant where they do not."""
    if len(folders) < 2:
        return
    kinds = [
        {page.name.rpartition(b".")[2].lower() for page in pages if page.entry.path.startswith(folder + b"/")}
        for folder in folders
    ]
    names = "、".join(display(folder) for folder in folders)
    if sum(map(len, kinds)) == len(set[bytes]().union(*kinds)):
        yield finding("record_in_several_folders", mask(code), folders=names)
    else:
        yield finding("record_folders_clash", mask(code), folders=names)


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """What matching rows and files has found."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="files_matched", view=DeliveryView, judge=judge, parameters=NoParameters)
