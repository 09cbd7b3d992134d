"""Names of files can be kept as they are.

What it detects: names in an unknown encoding. Names that some system confuses or refuses are noted: they get a safe
form inside the package, and the depositor's own is recorded with each.
Why: a name as it was written is part of the record; where its encoding is not known, nobody can say what it reads.
Example: an archive was unpacked with the wrong code page.
"""

import re
from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.delivery.listing import display
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName, safe_component
from pipeline.domain.personal import mask
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"name_not_utf8": Effect.FAILS, "name_made_safe": Effect.NOTED}

_PLAIN_NAME = re.compile(rb"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[A-Za-z0-9][A-Za-z0-9_()-]*(?:\.[A-Za-z0-9]+)?")


def faults(pages: Sequence[Page], code: str) -> Iterator[Finding]:
    """One finding of each kind for a record, with its first example: a wrong setting spoils every name."""
    odd = [page.name for page in pages if not _PLAIN_NAME.fullmatch(page.name)]
    not_utf8 = [name for name in odd if not OriginalName.of(name).is_utf8]
    made_safe = [name for name in odd if any(_is_changed(part) for part in name.split(b"/"))]
    if not_utf8:
        yield finding("name_not_utf8", mask(code), count=len(not_utf8), example=display(not_utf8[0]))
    if made_safe:
        yield finding("name_made_safe", mask(code), count=len(made_safe), example=display(made_safe[0]))


def _is_changed(component: bytes) -> bool:
    return safe_component(component).encode() != component


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all names."""
    return delivery.judged(EFFECTS, looked_at=message("files_looked_at", files=delivery.files))


CHECK = Check(code="names_kept", view=DeliveryView, judge=judge, parameters=NoParameters)
