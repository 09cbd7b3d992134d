"""Where the depositor gives digests, every file has one and every digest its file.

What it detects: files that the list does not name, names without a file, lists that cannot be read, and a catalogue
that is not the one that was listed.
Why: a file without a digest may have been damaged on its way, and nobody can tell (GB/T 18894-2016, 7).
Example: the list was made before the last scans were added.
The digests themselves are compared when the files are received.
"""

from collections.abc import Iterator, Sequence

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.delivery.listing import display
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import SourceFile
from pipeline.domain.verdicts import CheckResult, Effect, NotApplicable

EFFECTS = {
    "file_not_in_checksum_list": Effect.FAILS,
    "checksum_names_missing_file": Effect.FAILS,
    "checksum_list_garbled": Effect.FAILS,
    "checksum_differs": Effect.FAILS,
}


def faults(files: Sequence[SourceFile], code: str, *, is_bag: bool) -> Iterator[Finding]:
    """Files of one record without a digest, where there are lists at all. RFC 8493, 3: a bag lists all its files."""
    bare = [file for file in files if not file.expected]
    if bare and is_bag:
        first = display(bytes.fromhex(bare[0].where))
        yield finding("bag_unlisted_file", first, manifest="manifest-*.txt", count=len(bare))
    elif bare:
        yield finding("file_not_in_checksum_list", mask(code), count=len(bare))


def unmet(path: bytes) -> Finding:
    """A file that a list names and the delivery lacks."""
    return finding("checksum_names_missing_file", display(path))


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Not applicable where the depositor gave no digests."""
    if not delivery.digests_given and not any(code in delivery.found for code in EFFECTS):
        return NotApplicable(why=message("no_digests_given"))
    return delivery.judged(EFFECTS, looked_at=message("files_looked_at", files=delivery.files))


CHECK = Check(code="digests_given", view=DeliveryView, judge=judge, parameters=NoParameters)
