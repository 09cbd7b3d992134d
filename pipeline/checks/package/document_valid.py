"""A metadata document is there and valid against the schema whose edition it names.

What it detects: a document that is missing, cut off or changed, or holds what its schema does not allow.
Why: metadata that cannot be read by its own rules cannot be used when the program is gone.
Example: `metadata/record.xml` has no 档号.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline import schemas
from pipeline.checks.check import Check
from pipeline.checks.documents import document
from pipeline.checks.views import PackageView
from pipeline.domain import layout
from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, Passed
from pipeline.errors import SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """`document` is the name of the document in `metadata/` without `.xml`."""

    document: Literal["record", "premis", "mets"]


def judge(package: PackageView, parameters: Parameters) -> CheckResult:
    """`document_missing` or `document_invalid`, with the first fault."""
    path = f"{layout.METADATA}{parameters.document}.xml"
    place = document(package, path)
    if not isinstance(place, Path):
        return place
    try:
        edition = schemas.edition_of(place)
    except SourceError as error:
        return Failed(evidence=(finding("document_invalid", path, reason=error.message),))
    if edition is None:
        return CouldNotTell(why=message("edition_unknown", name=schemas.root_of(place)))
    if fault := schemas.schema(edition).fault(place):
        return Failed(evidence=(finding("document_invalid", path, reason=fault),))
    return Passed(looked_at=message("document_looked_at", path=path, edition=edition))


CHECK = Check(code="document_valid", view=PackageView, judge=judge, parameters=Parameters)
