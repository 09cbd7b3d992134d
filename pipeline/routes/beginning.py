"""Whose work lies in a record's workspace, and whether a run may go on with it."""

from dataclasses import dataclass

from pipeline.domain.identity import source_state
from pipeline.domain.packages import Packaged
from pipeline.domain.records import PlannedRecord, Step
from pipeline.errors import RegisterBusy
from pipeline.workspace import RecordWorkspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the journals of a record belong to."""

    source_state: str
    rules: str
    batch: str
    boot: str


def begin(work: RecordWorkspace, begun: Begun) -> None:
    """Work on another source or batch, under other rules or before the machine's last start is forgotten; a finished
    tar of the same source is kept, for a store may hold it already."""
    before = work.finished("begun", Begun)
    if before == begun:
        return
    same_source = before is not None and before.source_state == begun.source_state
    if not (same_source and work.finished("packaged", Step[Packaged]) is not None):
        work.clear()
        work.finish("begun", begun)


def refuse_taken_over(work: RecordWorkspace, planned: PlannedRecord) -> None:
    """Between the halves another run, with the same record in another delivery, may have come first."""
    begun = work.finished("begun", Begun)
    if begun is None or begun.source_state != source_state(planned):
        package_id = planned.description.package_id
        raise RegisterBusy(
            f"另一次运行已接手 {package_id}，请等其结束后再次运行 · "
            f"another run has taken {package_id} over: wait until it has ended, then run this again"
        )
