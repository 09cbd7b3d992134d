"""`record.xml` describes this package: its identifier, its code, and exactly its originals.

What it detects: the description of another record, and originals that it does not know or that are not there.
Why: a description that has lost its record, or describes files that nobody has, misleads later users (DA/T 46-2009).
Example: a file below `data/original/` has no element 电子文件.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.documents import document
from pipeline.checks.views import PackageView
from pipeline.codecs.bag_info import values
from pipeline.codecs.record_xml import Record, read_record
from pipeline.domain import layout
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, word
from pipeline.domain.verdicts import CheckResult, Failed, Passed

_DOCUMENT = layout.RECORD
_NOTHING = "-"


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """`record_disagrees` for each disagreement. SourceError where the document cannot be read."""
    place = document(package, _DOCUMENT)
    if not isinstance(place, Path):
        return place
    record = read_record(place)
    found = (*_identity(record, package), *_files(record, package))
    if found:
        return Failed(evidence=found)
    code = record.description.archival_code
    return Passed(looked_at=message("record_looked_at", archival_code=code, files=len(record.files)))


def _identity(record: Record, package: PackageView) -> Iterator[Finding]:
    said = {"package": record.description.package_id, "archival_code": record.description.archival_code}
    for what, label in (("package", "External-Identifier"), ("archival_code", "档号")):
        in_bag = values(package.contents.info, label)
        if said[what] not in in_bag:
            held = "、".join(in_bag) or _NOTHING
            yield finding(
                "record_disagrees", _DOCUMENT, what=word("what", what), record_says=said[what], package_says=held
            )


def _files(record: Record, package: PackageView) -> Iterator[Finding]:
    described = {file.path: file.size for file in record.files}
    held = {file.path: file.size for file in package.under(layout.ORIGINALS)}
    for path in sorted(described.keys() | held.keys()):
        if described.get(path) != held.get(path):
            what = "size" if path in described and path in held else "file"
            yield finding(
                "record_disagrees",
                path,
                what=word("what", what),
                record_says=described.get(path, _NOTHING),
                package_says=held.get(path, _NOTHING),
            )


CHECK = Check(code="record_agrees", view=PackageView, judge=judge, parameters=NoParameters)
