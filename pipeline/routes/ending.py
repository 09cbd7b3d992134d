"""How a record's run ends: stored, unchanged, held with reasons, or failed for a broken tool or store."""

import errno
import logging
from collections.abc import Iterable
from dataclasses import replace

from pipeline.delivery.listing import display
from pipeline.domain.findings import Finding, Severity, finding
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord
from pipeline.errors import HouseError, PipelineError, RegisterBusy, StorageError, StorageFull, ToolError
from pipeline.ports import Clock, HeldRecord, Register
from pipeline.profiles import Profile

LOG = logging.getLogger(__name__)


def grave(findings: tuple[Finding, ...], profile: Profile) -> bool:
    """Whether anything found keeps the record back."""
    return any(profile.severity(f.code) in {Severity.ERROR, Severity.QUESTION} for f in findings)


def is_read(planned: PlannedRecord, profile: Profile) -> bool:
    """Whether its files are received at all: not where two rows claim them, nor where one is beyond the limit."""
    codes = {f.code for f in planned.findings}
    beyond = "file_too_large" in codes and profile.severity("file_too_large") is Severity.ERROR
    return bool(planned.files) and not beyond and "doubled_archival_code" not in codes


def held(
    planned: PlannedRecord,
    findings: tuple[Finding, ...],
    *,
    batch: str,
    profile: Profile,
    register: Register,
    clock: Clock,
) -> Outcome:
    """Notes the record as held; it only waits where every grave finding is a question."""
    errors = any(profile.severity(f.code) is Severity.ERROR for f in findings)
    _note(planned, findings, batch, register, clock)
    return outcome(planned, State.HELD if errors else State.WAITING, findings)


def failed(planned: PlannedRecord, raised: Exception, *, batch: str, register: Register, clock: Clock) -> Outcome:
    """A tool or a store failed on this record: noted with the reason; its finished stages are kept.

    A record that another run is working on is that run's to note: it may be stored by now.
    """
    error = _known(raised, planned)
    tool, subject = (error.tool, error.subject) if isinstance(error, ToolError) else ("", "")
    reason = finding(
        error.failure,
        subject or planned.description.archival_code,
        record=planned.description.package_id,
        reason=error.message,
        tool="" if tool == "worker" else tool,  # not a program that anybody has heard of
    )
    findings = (*planned.findings, *located((reason,), planned))
    if not isinstance(error, RegisterBusy):
        _note(planned, findings, batch, register, clock)
    return outcome(planned, State.FAILED, findings, error=error)


def located(findings: Iterable[Finding], planned: PlannedRecord) -> tuple[Finding, ...]:
    """The same findings with the catalogue's row and the file's place in the delivery, which the depositor knows."""
    places = {file.original.display: display(bytes.fromhex(file.where)) for file in planned.files}
    row = planned.description.row
    return tuple(replace(f, row=row, subject=places.get(f.subject, f.subject)) for f in findings)


def _known(error: Exception, planned: PlannedRecord) -> PipelineError:
    """What the system refused, as ours. An error nobody foresaw is our own fault: it costs this record, is logged
    whole, and the others go on."""
    if isinstance(error, PipelineError):
        return error
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(message("workspace_disk_full"))
    if isinstance(error, OSError) and error.errno in {errno.EIO, errno.EROFS}:
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
        error="" if error is None else str(error),
        retryable=error is not None and error.retryable,
    )


def _note(planned: PlannedRecord, findings: tuple[Finding, ...], batch: str, register: Register, clock: Clock) -> None:
    register.hold(
        HeldRecord(
            package_id=planned.description.package_id,
            archival_code=planned.description.archival_code,
            title=planned.description.title,
            delivery=batch,
            since=clock.now().isoformat(),
            findings=findings,
        )
    )
