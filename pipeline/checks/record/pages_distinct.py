"""No file of a record is the same as another of it, byte for byte (DA/T 31-2017, 11.2).

What it detects: a page that was saved twice under two names; most often the page that should be there was not scanned.
Why: the number of pages agrees, and a page is missing all the same.
Example: 002.jpg is 001.jpg once more.
"""

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.verdicts import CheckResult, NotApplicable, Passed

_SHOWN = 5


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """`pages_alike` for each file that others repeat."""
    if len(record.received) < 2:
        return NotApplicable(why=message("one_file_only"))
    alike: dict[tuple[int, str], list[str]] = {}
    for file in record.received:
        if file.size:
            alike.setdefault((file.size, file.sha256), []).append(file.original.display)
    notes = tuple(_alike(names, record) for names in alike.values() if len(names) > 1)
    return Passed(looked_at=message("files_looked_at", files=len(record.received)), notes=notes)


def _alike(names: list[str], record: RecordView) -> Finding:
    about = record.description
    shown = "、".join(map(mask, names[1 : _SHOWN + 1])) + ("…" if len(names) > _SHOWN + 1 else "")
    return finding(
        "pages_alike",
        mask(names[0]),
        record=about.package_id,
        row=about.row,
        about=mask(about.archival_code),
        names=shown,
    )


CHECK = Check(code="pages_distinct", view=RecordView, judge=judge, parameters=NoParameters)
