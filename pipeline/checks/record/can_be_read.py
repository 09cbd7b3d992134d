"""Every file can be opened and read to its end (可读性; GB/T 18894-2016, 7).

What it detects: empty, locked and damaged files, and files that are too large to decode; where nobody can tell, that.
Why: what cannot be opened today is lost already.
Example: the last third of a scan is missing.
"""

from collections.abc import Iterator

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.record_files import Looked
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Effect
from pipeline.formats import decide

EFFECTS = {
    "empty_file": Effect.FAILS,
    "encrypted_file": Effect.FAILS,
    "damaged_file": Effect.FAILS,
    "too_large_to_decode": Effect.FAILS,
    "soundness_unknown": Effect.UNTOLD,
}


def faults(looked: Looked) -> Iterator[Finding]:
    """One of the five at most."""
    subject, record, examined = looked.file.original.display, looked.record, looked.examined
    if looked.file.size == 0:
        yield finding("empty_file", subject, record=record)
    elif examined.encrypted:
        yield finding("encrypted_file", subject, record=record, reason=examined.encrypted)
    elif examined.too_large:
        yield finding("too_large_to_decode", subject, record=record, reason=examined.too_large)
    elif looked.is_damaged:
        yield finding("damaged_file", subject, record=record, reason=examined.soundness.reason)
    elif _worth_telling(looked):
        yield finding("soundness_unknown", subject, record=record, reason=examined.soundness.reason)


def _worth_telling(looked: Looked) -> bool:
    """Not where making a copy will read the file whole, nor of a format that nobody knows anyway."""
    could_not = looked.examined.soundness.verdict is Verdict.COULD_NOT_TELL
    return could_not and not looked.examined.decides_later and decide.is_known(looked.format)


def judge(record: RecordView, _: NoParameters) -> CheckResult:
    """Over all files of the record. What only making a copy will decide counts as not told."""
    looked_at = message("files_looked_at", files=len(record.files))
    return record.judged(EFFECTS, looked_at=looked_at, also_untold=_undecided(record))


def _undecided(record: RecordView) -> int:
    return sum(file.soundness.verdict is Verdict.COULD_NOT_TELL for file in record.files)


CHECK = Check(code="can_be_read", view=RecordView, judge=judge, parameters=NoParameters)
