"""Declaration and manifests of a delivery that comes as a BagIt bag are as they must be, and list the files of all
records (RFC 8493).

What it detects: a declaration, manifest or bag-info that is missing or not as it must be, and payload that is not
listed or not there.
Why: the depositor handed in a bag so that its wholeness can be checked.
Example: `manifest-sha256.txt` lists a scan that was left behind.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.checks.bag import RESULT_EFFECTS, validate_bag
from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import DeliveryView
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, NotApplicable

_OF_THE_BAG = {
    "bag_algorithm_unknown", "bag_digest_differs", "bag_encoding_unknown", "bag_info_line_malformed",
    "bag_missing_file", "bag_not_payload", "bag_oxum_differs", "bag_oxum_malformed", "bag_oxum_repeated",
    "bag_tag_file_too_large", "bag_tagmanifest_entry", "bag_tagmanifest_incomplete", "bag_undecodable",
    "bag_unreadable",
}  # fmt: skip
"""What validation finds that is no record's: of payload files the survey tells, record by record."""

_PAYLOAD = "data/"


def faults(delivery: Path) -> Iterator[Finding]:
    """What validation without the payload finds of the bag as such."""
    for found in validate_bag(delivery, payload=False).findings:
        told_of_record = found.code == "bag_missing_file" and found.subject.startswith(_PAYLOAD)
        if found.code in _OF_THE_BAG and not told_of_record:
            yield found


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Not applicable where the delivery is no bag."""
    if not delivery.is_bag:
        return NotApplicable(why=message("delivery_is_no_bag"))
    return delivery.judged(RESULT_EFFECTS, looked_at=message("files_looked_at", files=delivery.files))


CHECK = Check(code="bag_sound", view=DeliveryView, judge=judge, parameters=NoParameters)
