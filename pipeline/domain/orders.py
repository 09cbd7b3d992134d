"""A work order (工作单): what one worker does for one record, as a value that can be written down and sent."""

from dataclasses import dataclass

from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """One record of a delivery, to be taken from `phase` as far as the line does not wait for the other records.

    The planned record itself is in the ledger, at `position` of the run's plan. `findings` are all that was found so
    far, by the survey or by the phases before.
    """

    run: int
    delivery: Delivery
    position: int
    package_id: str
    archival_code: str
    phase: str
    findings: tuple[Finding, ...] = ()
