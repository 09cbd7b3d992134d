"""`original-names.csv` can be read and gives each original its name, and no other file.

What it detects: a table that is cut off or was opened and saved by a spreadsheet program, and names without a file.
Why: a name as the depositor wrote it is part of the record, and nowhere else are its bytes kept outside the index.
Example: the row of `data/original/002.tif` is gone.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.documents import judged_list
from pipeline.checks.views import PackageView
from pipeline.codecs.original_names import read_original_names
from pipeline.domain import layout
from pipeline.domain.findings import Finding, finding
from pipeline.domain.verdicts import CheckResult

_DOCUMENT = layout.ORIGINAL_NAMES


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """`document_missing`, `document_invalid`, or `list_disagrees` for each file."""
    return judged_list(package, _DOCUMENT, _disagreements, files=len(package.under(layout.ORIGINALS)))


def _disagreements(place: Path, package: PackageView) -> Iterator[Finding]:
    held = {file.path for file in package.under(layout.ORIGINALS)}
    for path, _ in read_original_names(place):
        if path in held:
            held.discard(path)
        else:
            yield finding("list_disagrees", path, document=_DOCUMENT)
    yield from (finding("list_disagrees", path, document=_DOCUMENT) for path in sorted(held))


CHECK = Check(code="original_names_complete", view=PackageView, judge=judge, parameters=NoParameters)
