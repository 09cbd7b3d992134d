"""The pages inside a record's files against its catalogue, as findings: see `checks.record.page_count`."""

from pipeline.checks.check import NoParameters
from pipeline.checks.record.page_count import judge
from pipeline.checks.views import RecordView
from pipeline.domain.findings import Finding
from pipeline.domain.records import Description, Identified
from pipeline.domain.verdicts import evidence_of


def page_count(description: Description, identified: Identified) -> tuple[Finding, ...]:
    """`page_count_differs_inside` where the numbers differ; nothing where they agree or cannot be compared."""
    return evidence_of(judge(RecordView(description=description, files=identified.files), NoParameters()))
