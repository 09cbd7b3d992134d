"""A copy's fixity as the result of a row."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.fixity import judge
from pipeline.domain.packages import FixityFault, FixityReport, FixityResult
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed
from tests.makers.bags import viewed

NOW = "2026-03-01T12:00:00+00:00"


def report(result: FixityResult, *faults: FixityFault) -> FixityReport:
    return FixityReport(
        package_id="K021-1", version=1, store="first", result=result, bytes_read=9, started_at=NOW, ended_at=NOW,
        faults=faults,
    )  # fmt: skip


def test_a_copy_that_is_whole(bag: Path) -> None:
    result = judge(replace(viewed(bag), fixity=report(FixityResult.OK)), NoParameters())
    assert isinstance(result, Passed)
    assert result.looked_at.fact("bytes") == "9"


@pytest.mark.parametrize("kind", [FixityResult.MISMATCH, FixityResult.MISSING, FixityResult.UNREADABLE])
def test_a_copy_that_is_not(bag: Path, kind: FixityResult) -> None:
    fault = FixityFault(result=kind, path="data/original/1", reason="why")
    result = judge(replace(viewed(bag), fixity=report(kind, fault)), NoParameters())
    assert isinstance(result, Failed)
    assert [(each.code, each.subject) for each in result.evidence] == [("copy_fault", "data/original/1")]


def test_a_store_that_does_not_answer_is_no_verdict(bag: Path) -> None:
    fault = FixityFault(result=FixityResult.COULD_NOT_TELL, path="", reason="no answer")
    view = replace(viewed(bag), fixity=report(FixityResult.COULD_NOT_TELL, fault))
    assert isinstance(judge(view, NoParameters()), CouldNotTell)


def test_a_folder_has_no_index(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), NotApplicable)
