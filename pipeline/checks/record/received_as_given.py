"""Every file was received as the depositor gave it: all of it, unchanged since the survey, with the digest stated.

What it detects: bytes that are not those of the depositor's list, files that cannot be read to their end, and files
that were changed, or became links, while the delivery was worked on.
Why: what was damaged on its way must be mended by who still has it (GB/T 18894-2016, 7).
Example: one sector of the medium gives back zeros.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import RecordView
from pipeline.delivery.listing import display
from pipeline.domain.digests import Hasher
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.records import SourceFile
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "checksum_differs": Effect.FAILS,
    "unreadable_file": Effect.FAILS,
    "source_changed": Effect.FAILS,
    "symbolic_link": Effect.FAILS,
}


def faults(source: SourceFile, hasher: Hasher) -> Iterator[Finding]:
    """`checksum_differs` for each digest stated that the file's bytes, as hashed, do not have."""
    path = display(bytes.fromhex(source.where))
    for expected in hasher.contradicted(source.expected):
        yield finding(
            "checksum_differs",
            path,
            algorithm=expected.algorithm.value,
            expected=expected.value,
            found=hasher.value(expected.algorithm),
        )


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """Over all files of the record."""
    return record.judged(EFFECTS, looked_at=message("files_looked_at", files=len(record.files)))


CHECK = Check(code="received_as_given", view=RecordView, judge=judge, parameters=NoParameters)
