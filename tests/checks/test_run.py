"""A plan run on a view: a result for each row, none of them passed because it was skipped."""

from dataclasses import dataclass, replace

import pytest

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.plan import Phase, Plan, PlanRow, Property
from pipeline.checks.run import RowResult, run
from pipeline.domain.findings import Severity, finding
from pipeline.domain.messages import in_both, message, told_by_program
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, ForAPerson, NotApplicable, Passed
from pipeline.errors import HouseError, StorageUnavailable, ToolTimedOut


@dataclass(frozen=True)
class NumberView:
    number: int


@dataclass(frozen=True)
class Limit:
    limit: int


def judge(view: NumberView, parameters: Limit) -> CheckResult:
    if view.number > parameters.limit:
        return Failed(evidence=(finding("too_many_files", "x", limit=parameters.limit),))
    return Passed(looked_at=message("looked"))


def row(code: str, limit: int, severity: Severity = Severity.ERROR) -> PlanRow:
    check = Check(code="below", view=NumberView, judge=judge, parameters=Limit)
    return PlanRow(
        code=code, clause="1", phase=Phase.ARCHIVING, property=Property.INTEGRITY, severity=severity, check=check,
        parameters=Limit(limit), requirement_zh="不超过", requirement_en="not above",
    )  # fmt: skip


def ran(*rows: PlanRow, view: object = NumberView(5)) -> list[CheckResult]:
    return [each.result for each in run(Plan(name="some", rows=rows), view)]


def test_rows_share_a_check_and_keep_their_order() -> None:
    assert [type(each) for each in ran(row("2", 9), row("1", 4), row("3", 5))] == [Passed, Failed, Passed]


def test_a_row_that_does_not_fit_the_view_is_not_applicable() -> None:
    (result,) = ran(row("1", 9), view="something else")
    assert isinstance(result, NotApplicable)


def test_a_row_for_a_person_asks_with_options() -> None:
    (result,) = ran(replace(row("1", 9), check=None))
    assert isinstance(result, ForAPerson)
    assert len(result.options) == 3
    assert result.question.fact("asked") == in_both(zh="不超过", en="not above")


@pytest.mark.parametrize(
    "error",
    [StorageUnavailable(message("no_answer")), ToolTimedOut(told_by_program("it did not end"), tool="x", subject="y")],
)
def test_a_broken_machine_is_no_verdict(error: Exception) -> None:
    def raising(view: NumberView, parameters: Limit) -> CheckResult:
        raise error

    broken = replace(row("1", 9), check=Check(code="below", view=NumberView, judge=raising, parameters=Limit))
    first, second = ran(broken, row("2", 9))
    assert isinstance(first, CouldNotTell)
    assert isinstance(second, Passed)


@pytest.mark.parametrize("error", [HouseError("ours"), KeyError("ours")])
def test_our_own_fault_is_no_verdict_either(error: Exception) -> None:
    def raising(view: NumberView, _: NoParameters) -> CheckResult:
        raise error

    check = Check(code="below", view=NumberView, judge=raising, parameters=NoParameters)
    with pytest.raises(type(error)):
        ran(replace(row("1", 9), check=check))


def test_what_holds_back() -> None:
    failed, passed = Failed(evidence=(finding("x", "x"),)), Passed(looked_at=message("looked"))
    untold = CouldNotTell(why=message("why"))
    assert RowResult(row=row("1", 1), result=failed).holds_back
    assert RowResult(row=row("1", 1), result=untold).holds_back
    assert not RowResult(row=row("1", 1), result=passed).holds_back
    assert not RowResult(row=row("1", 1), result=NotApplicable(why=message("why"))).holds_back
    assert not RowResult(row=row("1", 1, Severity.WARNING), result=failed).holds_back
