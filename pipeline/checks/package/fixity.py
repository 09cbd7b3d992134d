"""The copy's bytes are those that its index gives (固化信息检查).

What it detects: any byte of the tar that has changed, is missing or cannot be read, and an index that is not the one
the package was registered with.
Why: a package is preserved as long as a copy is byte for byte what was deposited.
Example: the disk gives back one sector of zeros.
A bag that lies unpacked in a folder is compared with its manifests instead (`bag_valid`).
"""

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import PackageView
from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityResult
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, NotApplicable, Passed


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """`copy_fault` for each fault of the comparison."""
    report = package.fixity
    if report is None:
        return NotApplicable(why=message("package_is_unpacked"))
    if report.result is FixityResult.OK:
        return Passed(looked_at=message("copy_read", bytes=report.bytes_read))
    faults = tuple(
        finding("copy_fault", fault.path or package.name, result=fault.result, reason=fault.reason, store=report.store)
        for fault in report.faults
    )
    if report.result is FixityResult.COULD_NOT_TELL:
        return CouldNotTell(why=message("copy_not_told"), evidence=faults)
    return Failed(evidence=faults)


CHECK = Check(code="fixity", view=PackageView, judge=judge, parameters=NoParameters)
