"""A record under work, as the rows of the table and the driver see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pipeline.domain.events import Event
from pipeline.domain.findings import Finding
from pipeline.domain.orders import WorkOrder
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import PlannedRecord, Recalled, Record, Step
from pipeline.errors import HouseError
from pipeline.line.services import IngestServices
from pipeline.workspace import RecordWorkspace

F = TypeVar("F")


@dataclass(slots=True, kw_only=True)
class Job:
    """One record in one leg of the line. `delivery` is the folder as this machine sees it; `stored` the index of the
    newest version stored already, known in the first leg; `advance` is told of bytes taken in; `source_state` see
    `domain.identity`, is registered with what is made."""

    order: WorkOrder
    planned: PlannedRecord
    source_state: str
    stored: PackageIndex | None
    delivery: Path
    services: IngestServices
    work: RecordWorkspace
    advance: Callable[[int], None]
    findings: list[Finding]
    steps: dict[type, Step[Any]] = field(default_factory=dict)
    taken: tuple[type, ...] = ()
    """The facts that the stage which is being called may take."""

    @property
    def record(self) -> Record:
        """What all stages share. What is stored keeps its batch, is described as its package says, and gets the next
        version."""
        if self.stored is None:
            return Record(description=self.planned.description, batch=self.order.delivery.name)
        recalled = self.steps.get(Recalled)
        described = self.planned.description if recalled is None else recalled.value.description
        return Record(description=described, batch=self.stored.batch, version=self.stored.version + 1)

    def fact(self, kind: type[F]) -> F:
        """What an earlier stage made. Raises HouseError where the row does not name it, or it was never made."""
        if kind not in self.taken or kind not in self.steps:
            raise HouseError(f"a stage asks for {kind.__name__}, which it does not take or which was never made")
        value: F = self.steps[kind].value
        return value

    def events(self) -> tuple[Event, ...]:
        """All that was done so far, oldest first."""
        return tuple(event for step in self.steps.values() for event in step.events)
