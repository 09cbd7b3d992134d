"""Our BagIt profile, asked of a bag of ours, changed in one place, and of bags that are not ours."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.profile_met import judge
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed
from tests.makers.bags import edited, viewed

NAMED = "BagIt-Profile-Identifier: urn:lantai:bagit-profile:1.0"


def test_a_bag_of_ours(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), Passed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda bag: (bag / "metadata/premis.xml").unlink(), "bag_profile_file_missing"),
        (lambda bag: edited(bag / "bag-info.txt", "全宗号: ", "全宗: "), "bag_profile_tag_missing"),
        (lambda bag: (bag / "data/stray.txt").write_text("x"), "bag_profile_file_not_allowed"),
    ],
)
def test_one_thing_changed(bag: Path, change: Callable[[Path], object], code: str) -> None:
    change(bag)
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert {each.code for each in result.evidence} == {code}


def test_a_bag_of_somebody_else(bag: Path) -> None:
    edited(bag / "bag-info.txt", NAMED, "BagIt-Profile-Identifier: https://example.org/profile.json")
    assert isinstance(judge(viewed(bag), NoParameters()), NotApplicable)


def test_an_edition_that_a_later_program_wrote(bag: Path) -> None:
    edited(bag / "bag-info.txt", NAMED, "BagIt-Profile-Identifier: urn:lantai:bagit-profile:9.0")
    assert isinstance(judge(viewed(bag), NoParameters()), CouldNotTell)
