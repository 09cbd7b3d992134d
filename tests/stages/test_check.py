"""The plan of a record's checks: a verdict for every row, and only what is new is found."""

from pipeline.checks.plan import load_plan
from pipeline.domain.findings import Finding, finding
from pipeline.domain.records import Checked, Identified, Record, Step
from pipeline.domain.verdicts import Verdict
from pipeline.stages.check import check
from tests.makers.looked import FILES, received
from tests.makers.values import description

PLAN = load_plan("record")


def checked(*found: Finding, pages: int | None = 2) -> Step[Checked]:
    record = Record(description=description(page_count=pages), batch="移交")
    return check(record, received(), Identified(files=FILES), found=found, plan=PLAN)


def test_a_record_that_is_in_order() -> None:
    step = checked()
    assert step.findings == ()
    assert step.value.verdicts == tuple((row.code, Verdict.PASSED) for row in PLAN.rows)


def test_what_was_found_before_is_judged_and_not_told_again() -> None:
    step = checked(finding("damaged_file", "001.tif", reason="x"))
    assert step.findings == ()
    assert dict(step.value.verdicts)["R-4"] is Verdict.FAILED


def test_a_wrong_number_of_pages_is_found() -> None:
    step = checked(pages=3)
    assert [each.code for each in step.findings] == ["page_count_differs_inside"]
    assert dict(step.value.verdicts)["R-5"] is Verdict.FAILED


def test_where_pages_cannot_be_compared_nothing_is_claimed() -> None:
    assert dict(checked(pages=None).value.verdicts)["R-5"] is Verdict.NOT_APPLICABLE
