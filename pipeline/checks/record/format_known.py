"""The format of every file is known (格式识别; GB/T 18894-2016, 7).

What it detects: files that neither PRONOM nor libmagic knows.
Why: what nobody knows cannot be migrated, and one day not be opened.
Example: `数据.dat` of a program that is long gone.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.record_files import Looked
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.formats import decide

EFFECTS = {"format_unknown": Effect.UNTOLD}


def faults(looked: Looked) -> Iterator[Finding]:
    """`format_unknown`; of an empty file there is nothing to know."""
    if looked.file.size and not decide.is_known(looked.format):
        yield finding("format_unknown", looked.file.original.display, record=looked.record)


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """Over all files of the record."""
    return record.judged(EFFECTS, looked_at=message("files_looked_at", files=len(record.files)))


CHECK = Check(code="format_known", view=RecordView, judge=judge, parameters=NoParameters)
