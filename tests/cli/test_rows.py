"""Results of a plan's rows, as they are printed and as JSON."""

import json
from dataclasses import replace

import pytest

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.plan import Phase, PlanRow, Property
from pipeline.checks.run import RowResult
from pipeline.cli.console import Common, Console
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.rows import RowPrinter
from pipeline.domain.findings import Severity, finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, ForAPerson, NotApplicable, Passed
from pipeline.profiles import load_profile

LOOKED = message("copy_read", bytes=1)
CHECK: Check[object, NoParameters] = Check(
    code="some_check", view=object, judge=lambda _view, _asked: Passed(looked_at=LOOKED), parameters=NoParameters
)
ROW = PlanRow(
    code="P-1", clause="1.2", phase=Phase.PRESERVATION, property=Property.INTEGRITY, severity=Severity.ERROR,
    check=CHECK, parameters=NoParameters(), requirement_zh="完整", requirement_en="whole",
)  # fmt: skip
RESULTS: tuple[CheckResult, ...] = (
    Passed(looked_at=LOOKED),
    Failed(evidence=(finding("document_missing", "metadata/mets.xml"),)),
    NotApplicable(why=message("not_our_package")),
    CouldNotTell(why=message("copy_not_told")),
    ForAPerson(question=message("person_decides", asked="完整"), options=(message("answer_holds"),)),
)


def printer(language: str = "en", *, for_machines: bool = False) -> RowPrinter:
    console = Console(Common(lang=language, json=for_machines))
    return RowPrinter(console, FindingPrinter(console, load_profile("county")))


@pytest.mark.parametrize(("language", "asked"), [("zh", "完整"), ("en", "whole")])
def test_a_line_for_each_row_with_its_own_word(language: str, asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    printer(language).show(RowResult(row=ROW, result=result) for result in RESULTS)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(RESULTS)
    assert all(asked in line for line in lines)
    assert len({line.partition("]")[0] for line in lines}) == len(RESULTS)


def test_machines_are_told_all_of_it() -> None:
    told = printer().for_machines(RowResult(row=ROW, result=result) for result in RESULTS)
    assert [row["result"] for row in told] == [result.verdict.value for result in RESULTS]
    assert [row["why"] and row["why"]["code"] for row in told] == [
        "copy_read",
        None,
        "not_our_package",
        "copy_not_told",
        "person_decides",
    ]
    assert [row["evidence"] and row["evidence"][0]["code"] for row in told] == [[], "document_missing", [], [], []]
    assert [option["code"] for option in told[-1]["options"]] == ["answer_holds"]
    assert {(row["code"], row["check"], row["severity"]) for row in told} == {("P-1", "some_check", "error")}
    assert json.loads(json.dumps(told)) == told


def test_a_row_for_a_person_names_no_check() -> None:
    (told,) = printer().for_machines([RowResult(row=replace(ROW, check=None), result=RESULTS[-1])])
    assert told["check"] == "person"


def test_nothing_is_printed_where_the_output_is_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    printer(for_machines=True).show([RowResult(row=ROW, result=RESULTS[0])])
    assert capsys.readouterr().out == ""
