"""Runs a plan on a view: one result for each row, in the plan's order.

Nothing is passed because it was skipped: a row that does not fit the view is not applicable, one that no machine
decides is for a person, and one whose check met a broken program, disk or store could not be told.
"""

from dataclasses import dataclass

from pipeline.checks.plan import Plan, PlanRow
from pipeline.domain.findings import Severity
from pipeline.domain.messages import in_both, message, word
from pipeline.domain.verdicts import CheckResult, CouldNotTell, Failed, ForAPerson, NotApplicable
from pipeline.errors import HouseError, PipelineError


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """A row and what it ended with."""

    row: PlanRow
    result: CheckResult

    @property
    def holds_back(self) -> bool:
        """Whether the thing checked must not go on as it is: a grave row that failed or could not be told."""
        return self.row.severity is Severity.ERROR and isinstance(self.result, Failed | CouldNotTell)


def run(plan: Plan, view: object) -> tuple[RowResult, ...]:
    """Every row's result. Raises HouseError where a check breaks by our own fault, and whatever is no PipelineError:
    that is our fault, too, and no verdict."""
    return tuple(RowResult(row=row, result=_result(row, view)) for row in plan.rows)


def _result(row: PlanRow, view: object) -> CheckResult:
    if row.check is None:
        options = (message("answer_holds"), message("answer_does_not_hold"), message("answer_not_applicable"))
        question = message("person_decides", asked=in_both(zh=row.requirement_zh, en=row.requirement_en))
        return ForAPerson(question=question, options=options)
    if not isinstance(view, row.check.view):
        return NotApplicable(why=message("check_of_another_view", view=word("view", _name(row.check.view))))
    try:
        return row.check.judge(view, row.parameters)
    except HouseError:
        raise
    except PipelineError as error:
        return CouldNotTell(why=error.message)


def _name(view: type) -> str:
    """`PackageView` as the texts call it: `package`."""
    return view.__name__.removesuffix("View").lower()
