"""The technical facts of a package of ours: as written, and with one thing changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.technical_complete import judge
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.bags import edited, viewed

FILE = "metadata/technical.json"


def without_last_file(bag: Path) -> None:
    lines = (bag / FILE).read_bytes().splitlines(keepends=True)
    (bag / FILE).write_bytes(b"".join([*lines[:-3], lines[-3].replace(b",\n", b"\n"), lines[-1]]))


def test_as_it_was_written(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), Passed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda bag: edited(bag / FILE, '"sha256":"', '"sha256":"0'), "list_disagrees"),
        (without_last_file, "list_disagrees"),
        (lambda bag: edited(bag / FILE, '"package_id":"', '"package_id":"X'), "list_disagrees"),
        (lambda bag: (bag / FILE).write_bytes((bag / FILE).read_bytes()[:-5]), "document_invalid"),
        (lambda bag: edited(bag / FILE, "lantai-technical/1", "lantai-technical/9"), "document_invalid"),
        (lambda bag: (bag / FILE).unlink(), "document_missing"),
    ],
)
def test_one_thing_changed(bag: Path, change: Callable[[Path], object], code: str) -> None:
    change(bag)
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert [each.code for each in result.evidence] == [code]
