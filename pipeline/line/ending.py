"""How a record's run ends: stored, unchanged, held with reasons, or failed for a broken tool or store."""

import errno
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.delivery.listing import display
from pipeline.domain.findings import Finding, Severity, finding
from pipeline.domain.ledger import Ended
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord
from pipeline.errors import Busy, HouseError, PipelineError, StorageError, StorageFull, ToolError
from pipeline.line.services import IngestServices
from pipeline.ports import HeldRecord
from pipeline.profiles import Profile

LOG = logging.getLogger(__name__)
_NOT_EVEN_COPIED = frozenset({"file_too_large", "classified_material"})
"""Where these are grave, no byte of the record's files is read."""


def holds_back(findings: Iterable[Finding], profile: Profile) -> bool:
    """Whether anything found keeps the record back."""
    return any(profile.severity(f.code) in {Severity.ERROR, Severity.QUESTION} for f in findings)


def state_of_held(findings: Iterable[Finding], profile: Profile) -> State:
    """A record only waits where every grave finding is a question."""
    errors = any(profile.severity(f.code) is Severity.ERROR for f in findings)
    return State.HELD if errors else State.WAITING


def is_read(planned: PlannedRecord, profile: Profile) -> bool:
    """Whether its files are received at all: not where two rows claim them, nor where one is beyond the limit or they
    are marked as secret."""
    codes = {f.code for f in planned.findings}
    grave = any(profile.severity(code) is Severity.ERROR for code in codes & _NOT_EVEN_COPIED)
    return bool(planned.files) and not grave and "doubled_archival_code" not in codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the record of an order may end; what waits or failed is noted in the register with its reasons, and what the
    workspace no longer needs is removed. What is not `noted` is stored already: it is held back from nothing but a new
    version, and does not wait."""

    order: WorkOrder
    planned: PlannedRecord
    services: IngestServices
    noted: bool

    @classmethod
    def of(cls, order: WorkOrder, planned: PlannedRecord, services: IngestServices, *, noted: bool = True) -> "Ending":
        """Of this order."""
        return cls(order=order, planned=planned, services=services, noted=noted)

    def of_state(self, state: State, findings: tuple[Finding, ...]) -> Ended:
        """The record came so far."""
        match state:
            case State.UNCHANGED:
                return self.unchanged(findings)
            case State.HELD | State.WAITING:
                return self.held(findings)
            case State.CHECKED:
                self.services.workspace.discard(self.order.package_id)
            case State.STORED:
                self.services.workspace.discard(self.order.package_id)
                self._release()
        return self._ended(outcome(self.planned, state, findings))

    def unchanged(self, findings: tuple[Finding, ...]) -> Ended:
        """Stored already as it came."""
        self.services.workspace.discard(self.order.package_id)
        self._release()
        return self._ended(outcome(self.planned, State.UNCHANGED, findings))

    def held(self, findings: tuple[Finding, ...]) -> Ended:
        """Kept back. What is mended is received anew, so its workspace is freed; what only waits for a person's answer
        keeps it, for its medium may have gone home by then."""
        state = state_of_held(findings, self.services.profile)
        self._note(findings, state)
        if not self.noted or (state is State.HELD and not self._waits_elsewhere()):
            self.services.workspace.discard(self.order.package_id)
        return self._ended(outcome(self.planned, state, findings))

    def failed(self, raised: Exception) -> Ended:
        """A tool or a store failed on this record: noted with the reason; its finished stages are kept.

        A record that another run is working on is that run's to note: it may be stored by now.
        """
        error = _known(raised, self.planned)
        tool, subject = (error.tool, error.subject) if isinstance(error, ToolError) else ("", "")
        reason = finding(
            error.failure,
            subject or self.planned.description.archival_code,
            record=self.order.package_id,
            reason=error.message,
            tool="" if tool == "worker" else tool,  # not a program that anybody has heard of
        )
        findings = (*self.planned.findings, *located((reason,), self.planned))
        if not isinstance(error, Busy):
            self._note(findings, State.FAILED)
        return self._ended(outcome(self.planned, State.FAILED, findings, error=error))

    def _ended(self, outcome: Outcome) -> Ended:
        return Ended(position=self.order.position, outcome=outcome)

    def _waits_elsewhere(self) -> bool:
        """Whether a record of this code waits for an answer in another delivery: then what lies in the workspace may be
        its files."""
        delivery = self.order.delivery
        waiting = self.services.register.held(package_id=self.order.package_id)
        return any(held.state is State.WAITING and held.delivery_id != delivery.id for held in waiting)

    def _release(self) -> None:
        """It waits in its delivery no more, whatever its title was there before."""
        delivery = self.order.delivery
        if self.noted:
            self.services.register.release(self.order.package_id, delivery=delivery.name, folder=delivery.folder)

    def _note(self, findings: tuple[Finding, ...], state: State) -> None:
        if not self.noted:
            return
        self.services.register.hold(
            HeldRecord(
                package_id=self.order.package_id,
                archival_code=self.planned.description.archival_code,
                title=self.planned.description.title,
                delivery=self.order.delivery.name,
                folder=self.order.delivery.folder,
                since=self.services.clock.now().isoformat(),
                findings=findings,
                row=self.planned.description.row,
                state=state,
            )
        )


def located(findings: Iterable[Finding], planned: PlannedRecord) -> tuple[Finding, ...]:
    """The same findings with the catalogue's row and the file's place in the delivery, which the depositor knows."""
    places = {file.original.display: display(bytes.fromhex(file.where)) for file in planned.files}
    row = planned.description.row or None
    return tuple(replace(f, row=row, subject=places.get(f.subject, f.subject)) for f in findings)


def _known(error: Exception, planned: PlannedRecord) -> PipelineError:
    """What the system refused, as ours. An error nobody foresaw is our own fault: it costs this record, is logged
    whole, and the others go on."""
    if isinstance(error, PipelineError):
        return error
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(message("workspace_disk_full"))
    if isinstance(error, OSError) and error.errno in {errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM}:
        return StorageError(message("workspace_disk_failed", reason=told_by_system(error)))
    LOG.error("record %s", planned.description.package_id, exc_info=error)
    return HouseError(f"{type(error).__name__}: {error}")


def outcome(
    planned: PlannedRecord, state: State, findings: tuple[Finding, ...], error: PipelineError | None = None
) -> Outcome:
    """The record's end as a value."""
    return Outcome(
        package_id=planned.description.package_id,
        archival_code=planned.description.archival_code,
        title=planned.description.title,
        row=planned.description.row,
        state=state,
        findings=findings,
        files=len(planned.files),
        bytes=sum(file.size for file in planned.files),
        exit_code=0 if error is None else int(error.exit_code),
        error=None if error is None else error.message,
        retryable=error is not None and error.retryable,
    )
