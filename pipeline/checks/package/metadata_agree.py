"""METS, PREMIS and the package say the same of every file: the same names, sizes and digests.

What it detects: a payload file that one of the documents does not know, or describes with other bytes; a metadata file
that is not the one METS refers to.
Why: the documents are what a later reader has in place of us; where they contradict the bytes, neither can be used.
Example: PREMIS gives for `data/original/001.tif` the digest of another scan.
"""

from pathlib import Path

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.documents import document
from pipeline.checks.views import PackageView
from pipeline.codecs.agreement import cross_check
from pipeline.codecs.mets import read_mets
from pipeline.codecs.premis_reader import read_premis
from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, Failed, Passed

_METS, _PREMIS = layout.METS, layout.PREMIS


def judge(package: PackageView, _: NoParameters) -> CheckResult:
    """`metadata_disagrees` for each disagreement. SourceError where a document cannot be read: then nobody can tell
    whether they agree, and `document_valid` says what is wrong with it."""
    mets, premis = document(package, _METS), document(package, _PREMIS)
    if not isinstance(mets, Path):
        return mets
    if not isinstance(premis, Path):
        return premis
    found = cross_check(read_premis(premis), read_mets(mets), package.files)
    if found:
        return Failed(evidence=found)
    return Passed(looked_at=message("agreement_looked_at", files=len(package.payload)))


CHECK = Check(code="metadata_agree", view=PackageView, judge=judge, parameters=NoParameters)
