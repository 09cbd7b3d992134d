"""METS, PREMIS and a package of ours: agreed as written, and one voice changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.metadata_agree import judge
from pipeline.checks.plan import load_plan
from pipeline.checks.run import run
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed
from tests.makers.bags import edited, viewed


def test_as_it_was_written(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), Passed)


def test_a_file_that_neither_document_knows(bag: Path) -> None:
    view = viewed(bag)
    file = replace(view.payload[0], path="data/original/more.txt")
    result = judge(replace(view, files=(*view.files, file)), NoParameters())
    assert isinstance(result, Failed)
    assert [(each.code, each.subject) for each in result.evidence] == [("metadata_disagrees", "data/original/more.txt")]


@pytest.mark.parametrize("document", ["mets", "premis"])
def test_a_document_that_gives_another_digest(bag: Path, document: str) -> None:
    file = viewed(bag).payload[0]
    edited(bag / f"metadata/{document}.xml", file.sha256, "0" * 64)
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert file.path in {each.subject for each in result.evidence}


def test_a_document_that_cannot_be_read_is_no_disagreement(bag: Path) -> None:
    (bag / "metadata/premis.xml").write_bytes(b"<nothing/>")
    results = {each.row.code: each.result for each in run(load_plan("package"), viewed(bag))}
    assert isinstance(results["P-8"], CouldNotTell)
    assert not isinstance(results["P-6"], Passed)


def test_a_bag_of_somebody_else(bag: Path) -> None:
    (bag / "bag-info.txt").unlink()
    assert isinstance(judge(viewed(bag), NoParameters()), NotApplicable)
