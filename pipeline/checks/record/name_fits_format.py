"""The name of a file says what the file is.

What it detects: extensions of another format than the file's.
Why: who opens the file by its name gets nothing; often it is a sign of a conversion that went wrong.
Example: `001.tif` is a JPEG.
"""

from collections.abc import Iterator
from typing import Literal

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.record_files import Looked
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.formats import decide

EFFECTS = {"extension_lies": Effect.FAILS, "extension_of_office_program": Effect.NOTED}


def faults(looked: Looked) -> Iterator[Finding]:
    """`extension_lies`, with the format that was found; `extension_of_office_program` where office programs write that
    format under that name."""
    format, extension = looked.format, looked.file.original.extension
    if looked.file.size and decide.name_lies(format, extension, looked.policy, damaged=looked.is_damaged):
        subject = looked.file.original.display
        if decide.is_disguise_of_office(format, extension):
            code: Literal["extension_lies", "extension_of_office_program"] = "extension_of_office_program"
        else:
            code = "extension_lies"
        yield finding(code, subject, record=looked.record, extension=extension, format=decide.called(format))


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """Over all files of the record."""
    return record.judged(EFFECTS, looked_at=message("files_looked_at", files=len(record.files)))


CHECK = Check(code="name_fits_format", view=RecordView, judge=judge, parameters=NoParameters)
