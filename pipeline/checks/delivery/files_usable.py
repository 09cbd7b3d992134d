"""What lies in the delivery can be taken in: regular files, not empty, not too large, that may be read.

What it detects: links and devices, empty files, files without the right to read them, and depths and numbers beyond the
profile's limits.
Why: what cannot be read is lost on the day the delivery's medium is given back.
Example: `003.tif` has 0 bytes.
"""

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "symbolic_link": Effect.FAILS,
    "not_a_regular_file": Effect.FAILS,
    "unreadable_file": Effect.FAILS,
    "empty_file": Effect.FAILS,
    "file_too_large": Effect.FAILS,
    "path_too_deep": Effect.FAILS,
    "path_too_long": Effect.FAILS,
    "too_many_files": Effect.FAILS,
}


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """What listing the delivery has found."""
    return delivery.judged(EFFECTS, looked_at=message("files_looked_at", files=delivery.files))


CHECK = Check(code="files_usable", view=DeliveryView, judge=judge, parameters=NoParameters)
