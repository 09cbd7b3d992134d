"""Each metadata document of a package of ours, changed in one place."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.package.document_valid import Parameters, judge
from pipeline.domain.verdicts import CouldNotTell, Failed, Passed
from tests.makers.bags import edited, viewed

ALL = [Parameters(document="record"), Parameters(document="premis"), Parameters(document="mets")]


@pytest.fixture(params=ALL, ids=lambda p: str(p.document))
def asked(request: pytest.FixtureRequest) -> Parameters:
    parameters: Parameters = request.param
    return parameters


def codes(bag: Path, asked: Parameters) -> list[str]:
    result = judge(viewed(bag), asked)
    assert isinstance(result, Failed)
    return [each.code for each in result.evidence]


def test_as_it_was_written(bag: Path, asked: Parameters) -> None:
    result = judge(viewed(bag), asked)
    assert isinstance(result, Passed)
    assert str(result.looked_at.fact("edition")).startswith(asked.document)


def test_not_there(bag: Path, asked: Parameters) -> None:
    (bag / f"metadata/{asked.document}.xml").unlink()
    assert codes(bag, asked) == ["document_missing"]


def test_cut_off(bag: Path, asked: Parameters) -> None:
    file = bag / f"metadata/{asked.document}.xml"
    file.write_bytes(file.read_bytes()[:-20])
    assert codes(bag, asked) == ["document_invalid"]


def test_no_xml(bag: Path, asked: Parameters) -> None:
    (bag / f"metadata/{asked.document}.xml").write_bytes(b"\xff\xfe nothing")
    assert codes(bag, asked) == ["document_invalid"]


@pytest.mark.parametrize(
    ("document", "old", "new"),
    [
        ("record", "<档号", "<档号2/><档号"),
        ("premis", "<premis ", '<premis other="1" '),
        ("mets", 'CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="MD5"'),
    ],
)
def test_one_thing_changed(bag: Path, document: str, old: str, new: str) -> None:
    edited(bag / f"metadata/{document}.xml", old, new)
    (asked,) = (each for each in ALL if each.document == document)
    assert codes(bag, asked) == ["document_invalid"]


def test_an_edition_that_a_later_program_wrote(bag: Path) -> None:
    edited(bag / "metadata/record.xml", "urn:lantai:record:1.0", "urn:lantai:record:9.0")
    assert isinstance(judge(viewed(bag), ALL[0]), CouldNotTell)


def test_what_could_not_be_kept_was_not_looked_at(bag: Path, asked: Parameters) -> None:
    left_out = replace(viewed(bag), left_out=frozenset({f"metadata/{asked.document}.xml"}))
    assert isinstance(judge(left_out, asked), CouldNotTell)
