"""The original names of a package of ours: as written, and with one thing changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.original_names_complete import judge
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.bags import edited, viewed

FILE = "metadata/original-names.csv"


def without_last_row(bag: Path) -> None:
    (bag / FILE).write_bytes(b"".join((bag / FILE).read_bytes().splitlines(keepends=True)[:-1]))


def test_as_it_was_written(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), Passed)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (without_last_row, ["list_disagrees"]),
        (lambda bag: edited(bag / FILE, "data/original/", "data/original/other-"), ["list_disagrees"] * 2),
        (lambda bag: edited(bag / FILE, "包内路径", "路径"), ["document_invalid"]),
        (lambda bag: (bag / FILE).unlink(), ["document_missing"]),
    ],
)
def test_one_thing_changed(bag: Path, change: Callable[[Path], object], codes: list[str]) -> None:
    change(bag)
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert [each.code for each in result.evidence] == codes
