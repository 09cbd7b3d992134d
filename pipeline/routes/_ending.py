"""How a record's run ends: stored, unchanged, held with reasons, or failed for a broken tool or store."""

from pipeline.domain.findings import Finding, Severity, finding
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord
from pipeline.errors import ExitCode, PipelineError, RegisterBusy, ToolError
from pipeline.ports import Clock, HeldRecord, Register
from pipeline.profiles import Profile

_TOOL_CODES = {
    "ToolTimedOut": "tool_timed_out",
    "ToolCrashed": "tool_crashed",
    "ToolGarbled": "tool_garbled",
    "MissingTool": "tool_missing",
}


def grave(findings: tuple[Finding, ...], profile: Profile) -> bool:
    """Whether anything found keeps the record back."""
    return any(profile.severity(f.code) in {Severity.ERROR, Severity.QUESTION} for f in findings)


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


def failed(planned: PlannedRecord, error: PipelineError, *, batch: str, register: Register, clock: Clock) -> Outcome:
    """A tool or a store failed on this record: noted with the reason; its finished stages are kept."""
    tool, subject = (error.tool, error.subject) if isinstance(error, ToolError) else ("", "")
    reason = finding(
        _failure_code(error),
        subject or planned.description.archival_code,
        record=planned.description.package_id,
        row=planned.description.row,
        reason=error,
        tool=tool,
    )
    findings = (*planned.findings, reason)
    _note(planned, findings, batch, register, clock)
    return outcome(planned, State.FAILED, findings, error=error)


def _failure_code(error: PipelineError) -> str:
    if isinstance(error, ToolError):
        return _TOOL_CODES.get(type(error).__name__, "tool_failed")
    if isinstance(error, RegisterBusy):
        return "record_busy"
    return "storage_failed" if error.exit_code is ExitCode.STORAGE else "work_failed"


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
