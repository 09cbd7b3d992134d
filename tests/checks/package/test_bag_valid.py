"""One bag, changed in one place: the part that is concerned fails, and the other one does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.package.bag_valid import Parameters, judge
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed
from tests.makers.bags import viewed

TAGS, PAYLOAD = Parameters(part="tags"), Parameters(part="payload")


def test_a_sound_bag(bag: Path) -> None:
    view = viewed(bag)
    for part in (TAGS, PAYLOAD):
        assert isinstance(judge(view, part), Passed)


def flipped(bag: Path) -> None:
    file = next((bag / "data/original").iterdir())
    file.write_bytes(file.read_bytes() + b"!")


@pytest.mark.parametrize(
    ("change", "part", "code"),
    [
        (flipped, PAYLOAD, "bag_digest_differs"),
        (lambda bag: next((bag / "data/original").iterdir()).unlink(), PAYLOAD, "bag_missing_file"),
        (lambda bag: (bag / "data/more.txt").write_text("x"), PAYLOAD, "bag_unlisted_file"),
        (lambda bag: (bag / "metadata/mets.xml").write_text("x"), TAGS, "bag_digest_differs"),
        (lambda bag: (bag / "manifest-sha256.txt").unlink(), TAGS, "bag_no_manifest"),
    ],
)
def test_one_thing_changed(bag: Path, change: Callable[[Path], object], part: Parameters, code: str) -> None:
    change(bag)
    result = judge(viewed(bag), part)
    assert isinstance(result, Failed)
    assert code in {each.code for each in result.evidence}


def test_a_changed_payload_leaves_the_tag_files_as_they_are(bag: Path) -> None:
    file = next((bag / "data/original").iterdir())
    file.write_bytes(bytes(reversed(file.read_bytes())))
    assert isinstance(judge(viewed(bag), TAGS), Passed)


def test_where_the_declaration_says_nothing_the_payload_was_not_compared(bag: Path) -> None:
    (bag / "bagit.txt").unlink()
    view = viewed(bag)
    assert isinstance(judge(view, TAGS), Failed)
    assert isinstance(judge(view, PAYLOAD), CouldNotTell)


def test_an_algorithm_that_nobody_here_knows(bag: Path) -> None:
    (bag / "tagmanifest-sha256.txt").unlink()
    (bag / "manifest-whirlpool9.txt").write_bytes((bag / "manifest-sha256.txt").read_bytes())
    assert isinstance(judge(viewed(bag), TAGS), CouldNotTell)


def test_a_copy_in_a_tar_is_compared_with_its_index_instead(bag: Path) -> None:
    assert isinstance(judge(replace(viewed(bag), bag=None), PAYLOAD), NotApplicable)
