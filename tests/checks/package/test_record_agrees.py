"""The description of a package of ours: as written, and of another record or other files."""

from pathlib import Path

import pytest

from pipeline.checks.check import NoParameters
from pipeline.checks.package.record_agrees import judge
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.bags import PACKAGE, edited, viewed


def test_as_it_was_written(bag: Path) -> None:
    assert isinstance(judge(viewed(bag), NoParameters()), Passed)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (f"<电子文件号>{PACKAGE}", "<电子文件号>K021-1", "package"),
        (f">{PACKAGE}</档号>", ">K021-2</档号>", "archival_code"),
        ("<计算机文件大小>", "<计算机文件大小>9", "size"),
    ],
)
def test_one_value_changed(bag: Path, old: str, new: str, what: str) -> None:
    edited(bag / "metadata/record.xml", old, new)
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert {str(each.fact("what")) for each in result.evidence} == {what}


def test_an_original_that_is_not_there(bag: Path) -> None:
    next((bag / "data/original").iterdir()).unlink()
    result = judge(viewed(bag), NoParameters())
    assert isinstance(result, Failed)
    assert [each.fact("package_says") for each in result.evidence] == ["-"]
