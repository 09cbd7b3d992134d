"""Whose work lies in a record's workspace, and whether a run may go on with it."""

import hashlib
from dataclasses import dataclass

import msgspec

from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.packages import Packaged
from pipeline.domain.records import Step
from pipeline.errors import Busy
from pipeline.workspace import RecordWorkspace

JOURNALS = 2
"""The form of the journals: each holds its own stage's step. 0.1.0 wrote them with all facts before (1)."""

SET_ASIDE = "earlier"
"""The name of what was packed before work on the record was begun anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What the journals of a record belong to. `surveyed` is a digest over what the survey found of the record."""

    source_state: str
    rules: str
    batch: str
    boot: str
    surveyed: str
    journals: int


def surveyed(findings: tuple[Finding, ...]) -> str:
    """One digest over findings; empty where there are none."""
    return hashlib.sha256(msgspec.json.encode(findings)).hexdigest() if findings else ""


def begin(work: RecordWorkspace, begun: Begun) -> None:
    """Work on another source or batch, under other rules or before the machine's last start is forgotten; a finished
    tar of the same source is kept, for a store may hold it already, and one of another source is set aside, for that
    may be the same content in another place. What cannot be read, or was written in another form, is forgotten too."""
    before = work.finished("begun", Begun)
    if before == begun:
        return
    readable = before is not None and before.journals == begun.journals
    same_source = before is not None and before.source_state == begun.source_state
    if not (readable and same_source and work.finished("packaged", Step[Packaged]) is not None):
        work.set_aside("packaged", SET_ASIDE)
        work.clear(but=SET_ASIDE)
        work.finish("begun", begun)


def refuse_taken_over(work: RecordWorkspace, source_state: str, package_id: str) -> None:
    """Between two phases another run, with the same record in another delivery, may have come first: Busy."""
    begun = work.finished("begun", Begun)
    if begun is None or begun.source_state != source_state:
        raise Busy(message("record_taken_over", record=package_id))
