"""The bag is as the BagIt profile that it names wants it (BagIt Profiles 1.4.0).

What it detects: tags, manifests or metadata files that a package of ours must have and this one lacks, and files in
places where none belong.
Why: whoever receives a package finds everything in its place, without asking us.
Example: `metadata/premis.xml` is not there.
Only profiles of ours are known here; a bag of somebody else's making is not judged by them.
"""

from pathlib import Path

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.documents import unasked
from pipeline.checks.views import PackageView
from pipeline.codecs.bagit_profile import LANTAI_PROFILE, check_bagit_profile, load_bagit_profile
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, Passed
from pipeline.profiles import PROFILES

EDITIONS: dict[str, Path] = {LANTAI_PROFILE: PROFILES / "packages" / "lantai-bagit-profile.json"}
"""Every edition of our profile that packages may name; an edition is never changed, a later one is added."""


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """The findings of the profile's rules (`bag_profile_…`)."""
    if (result := unasked(package)) is not None:
        return result
    edition = EDITIONS.get(package.profile)
    if edition is None:
        return CouldNotTell(why=message("edition_unknown", name=package.profile))
    found = check_bagit_profile(package.contents, load_bagit_profile(edition))
    if found:
        return Failed(evidence=found)
    return Passed(looked_at=message("profile_looked_at", profile=package.profile))


CHECK = Check(code="profile_met", view=PackageView, judge=judge, parameters=NoParameters)
