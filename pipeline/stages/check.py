"""检测 of a record that was received and identified: the plan of checks of a record, row by row."""

from collections.abc import Iterator

from pipeline.checks.plan import Plan
from pipeline.checks.run import RowResult, run
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding
from pipeline.domain.records import Checked, Identified, Received, Record, Step
from pipeline.domain.verdicts import evidence_of


def check(
    record: Record, received: Received, identified: Identified, *, found: tuple[Finding, ...], plan: Plan
) -> Step[Checked]:
    """Asks every row of the plan. `found` is what earlier stages have found: it is judged, and not told again.

    Findings: page_count_differs_inside, pages_in_two_forms, forms_differ, pages_alike, page_blank, page_very_small.
    """
    view = RecordView(description=record.description, files=identified.files, found=found, received=received.files)
    results = run(plan, view)
    verdicts = tuple((each.row.code, each.result.verdict) for each in results)
    return Step(value=Checked(verdicts=verdicts), findings=tuple(_new(results, found)))


def _new(results: tuple[RowResult, ...], found: tuple[Finding, ...]) -> Iterator[Finding]:
    known = set(found)
    for each in results:
        yield from (evidence for evidence in evidence_of(each.result) if evidence not in known)
