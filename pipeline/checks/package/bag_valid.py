"""The bag is complete and valid (RFC 8493, 3): either its own files, or its payload.

What it detects: files that are missing, that no manifest lists, or whose bytes are not those the manifests give; tag
files that are not as the format wants them.
Why: a package that is not whole cannot be handed over or preserved as what it was.
Example: one byte of `data/original/001.tif` has changed.
A copy that lies packed in a tar is compared byte for byte with its index instead (`fixity`).
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.checks.bag import RESULT_EFFECTS
from pipeline.checks.check import Check
from pipeline.checks.views import PackageView
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, CouldNotTell, NotApplicable, judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """`part`: `tags` are declaration, bag-info, manifests and what else lies beside the payload."""

    part: Literal["tags", "payload"]


def judge(package: PackageView, parameters: Parameters) -> CheckResult:
    """Every finding of the validation belongs to one of the two parts."""
    report = package.bag
    if report is None:
        return NotApplicable(why=message("package_is_packed"))
    payload = parameters.part == "payload"
    if payload and not report.version:
        return CouldNotTell(why=message("bag_not_readable"))
    found = [each for each in report.findings if each.subject.startswith("data") is payload]
    files, octets = len(report.contents.payload), sum(size for _, size in report.contents.payload)
    looked_at = (
        message("payload_looked_at", files=files, bytes=octets)
        if payload
        else message("tags_looked_at", files=len(report.contents.tag_files), version=report.version)
    )
    effects = ((each, RESULT_EFFECTS[each.code]) for each in found)
    return judged(effects, looked_at=looked_at, untold=message("bag_not_told"))


CHECK = Check(code="bag_valid", view=PackageView, judge=judge, parameters=Parameters)
