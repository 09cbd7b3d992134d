"""`technical.json` can be read and has an entry for exactly the files of the payload, with their bytes.

What it detects: a list of technical facts that is cut off, or that belongs to another package or to other files.
Why: format migration is planned from these facts (GB/T 18894-2016, 8).
Example: the entry of `data/access/pages.pdf` has another SHA-256 than the file.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.documents import judged_list
from pipeline.checks.views import PackageView
from pipeline.codecs.bag_info import values
from pipeline.codecs.technical import package_named, technical_files
from pipeline.domain import layout
from pipeline.domain.findings import Finding, finding
from pipeline.domain.verdicts import CheckResult

_DOCUMENT = layout.TECHNICAL


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """`document_missing`, `document_invalid`, or `list_disagrees` for each file."""
    return judged_list(package, _DOCUMENT, _disagreements, files=len(package.payload))


def _disagreements(place: Path, package: PackageView) -> Iterator[Finding]:
    named = package_named(place)
    if named not in values(package.contents.info, "External-Identifier"):
        yield finding("list_disagrees", named, document=_DOCUMENT)
    held = {file.path: (file.size, file.sha256) for file in package.payload}
    for file in technical_files(place):
        if held.pop(file.path, None) != (file.size, file.sha256):
            yield finding("list_disagrees", file.path, document=_DOCUMENT)
    yield from (finding("list_disagrees", path, document=_DOCUMENT) for path in sorted(held))


CHECK = Check(code="technical_complete", view=PackageView, judge=judge, parameters=NoParameters)
