"""What checks of a package's documents share: whether a document can be asked anything at all."""

from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.checks.views import PackageView
from pipeline.codecs.bag_info import BAG_INFO
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, NotApplicable, Passed
from pipeline.errors import SourceError


def unasked(package: PackageView) -> NotApplicable | CouldNotTell | None:
    """Why the rules of our own packages cannot be asked of this one; None where they can."""
    if BAG_INFO in package.left_out:
        return CouldNotTell(why=message("document_not_kept", path=BAG_INFO))
    return None if package.profile else NotApplicable(why=message("not_our_package"))


def document(package: PackageView, path: str) -> Path | NotApplicable | CouldNotTell | Failed:
    """Where a document that every package of ours has can be read, or the result that there is without it."""
    if (result := unasked(package)) is not None:
        return result
    if path in package.left_out:
        return CouldNotTell(why=message("document_not_kept", path=path))
    return package.tag_file(path) or Failed(evidence=(finding("document_missing", path),))


def judged_list(
    package: PackageView,
    path: str,
    disagreements: Callable[[Path, PackageView], Iterable[Finding]],
    *,
    files: int,
) -> CheckResult:
    """The result of a document that lists `files` files of the package, by what in it disagrees with them."""
    place = document(package, path)
    if not isinstance(place, Path):
        return place
    try:
        found = tuple(disagreements(place, package))
    except SourceError as error:
        return Failed(evidence=(finding("document_invalid", path, reason=error.message),))
    if found:
        return Failed(evidence=found)
    return Passed(looked_at=message("list_looked_at", path=path, files=files))
