"""检测 of a record that was received and identified: what its files hold is compared with what its row says."""

from pipeline.checks.page_count import page_count
from pipeline.domain.records import Checked, Identified, Record, Step


def check(record: Record, identified: Identified) -> Step[Checked]:
    """Applies the checks of one record. Findings: page_count_differs_inside."""
    return Step(value=Checked(checks=("page_count",)), findings=page_count(record.description, identified))
