"""One record's way from its row to the register, in two halves: taken in, then finished.

Between the halves the depositor is told what is wrong with the whole delivery. Every stage that has finished
left its journal in the workspace; a killed run goes on behind the last one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.page_count import page_count
from pipeline.domain.findings import Finding
from pipeline.domain.identity import source_state
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.packages import Deposited, FixityReport, Packaged, PackageIndex
from pipeline.domain.records import Derived, Described, Identified, PlannedRecord, Received, Record, Step
from pipeline.errors import HouseError
from pipeline.formats.handler import DECODING
from pipeline.ports import Store
from pipeline.routes.beginning import Begun, begin, refuse_taken_over
from pipeline.routes.ending import failed, grave, held, is_read, located, outcome
from pipeline.routes.ingest_services import IngestServices
from pipeline.routes.redelivery import Redelivered, compared, difference, is_untouched
from pipeline.routes.right_store import make_known
from pipeline.routes.toolbox_calls import identify_with_tools
from pipeline.stages.audit import audit
from pipeline.stages.deposit import deposit
from pipeline.stages.derive import derive
from pipeline.stages.describe import describe
from pipeline.stages.package import package
from pipeline.stages.receive import receive
from pipeline.workspace import RecordWorkspace

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A record that may go on: received and identified, nothing grave found."""

    planned: PlannedRecord
    batch: str
    findings: tuple[Finding, ...]


def take_in(
    planned: PlannedRecord, *, delivery: Path, batch: str, services: IngestServices, advance: Advance
) -> Outcome | TakenIn:
    """First half: received and identified, or the reasons why not.

    A record with faults of name or number is read all the same, so that its depositor is told everything at once
    (`is_read` says which not).
    """
    known = services.register.index(planned.description.package_id)
    state = source_state(planned)
    stopped = grave(planned.findings, services.profile)
    if known is not None and not stopped and _is_untouched(planned, services):
        services.workspace.discard(known.package_id)
        services.register.release(known.package_id, delivery=batch)
        return outcome(planned, State.UNCHANGED, planned.findings)
    if not is_read(planned, services.profile):
        return _held(planned, planned.findings, batch, services)
    try:
        with services.workspace.record(planned.description.package_id) as work:
            known = services.register.index(planned.description.package_id)  # another run may just have stored it
            begin(work, Begun(source_state=state, rules=services.rules, batch=batch, boot=services.boot))
            received = _received(work, planned, delivery, batch, services, advance)
            with work.forgotten_if_damaged():
                identified = (
                    _identified(work, Record(description=planned.description, batch=batch), received.value, services)
                    if known is None or stopped
                    else None
                )
        if known is not None and identified is None:
            return _again(known, received, planned, state, batch, services)
    except Exception as error:
        return failed(planned, error, batch=batch, register=services.register, clock=services.clock)
    findings = planned.findings + received.findings
    if identified is not None:
        findings += located(identified.findings, planned) + (
            () if stopped else page_count(planned.description, identified.value)
        )
    if grave(findings, services.profile):
        return _held(planned, findings, batch, services)
    return TakenIn(planned=planned, batch=batch, findings=findings)


def finish(taken: TakenIn, *, services: IngestServices, advance: Advance) -> Outcome:
    """Second half: derived, described, packaged, deposited, registered; the workspace is removed last."""
    planned = taken.planned
    package_id = planned.description.package_id
    try:
        with services.workspace.record(package_id) as work, work.forgotten_if_damaged():
            refuse_taken_over(work, planned)
            packaged, findings = _packaged(work, taken, services, advance)
            stopped = grave(findings, services.profile)
            if not stopped:
                _store(work, packaged, source_state(planned), services, advance)
    except Exception as error:
        return failed(planned, error, batch=taken.batch, register=services.register, clock=services.clock)
    if stopped:
        return _held(planned, findings, taken.batch, services)
    services.workspace.discard(package_id)
    return outcome(planned, State.STORED, findings)


def _received(
    work: RecordWorkspace,
    planned: PlannedRecord,
    delivery: Path,
    batch: str,
    services: IngestServices,
    advance: Advance,
) -> Step[Received]:
    done = work.finished("received", Step[Received])
    if done is None:
        folder = work.fresh_folder("received")
        done = receive(
            planned,
            delivery=delivery,
            batch=batch,
            folder=folder,
            digests=services.profile.digests,
            clock=services.clock,
            advance=advance,
        )
        work.finish("received", done)
    else:
        advance(sum(file.size for file in planned.files))
    return done


def _identified(
    work: RecordWorkspace, record: Record, received: Received, services: IngestServices
) -> Step[Identified]:
    done = work.finished("identified", Step[Identified])
    if done is None:
        done = services.workers.call(
            DECODING,
            identify_with_tools,
            record,
            received,
            folder=work.folder("received"),
            policy=services.policy,
            profile=services.profile,
        )
        work.finish("identified", done)
    return done


def _derived(
    work: RecordWorkspace,
    record: Record,
    received: Received,
    identified: Identified,
    services: IngestServices,
) -> Step[Derived]:
    done = work.finished("derived", Step[Derived])
    if done is None:
        done = derive(
            record,
            received,
            identified,
            originals=work.folder("received"),
            folder=work.fresh_folder("derived"),
            workers=services.workers,
            policy=services.policy,
            images=services.profile.images_of(record.description.category),
            digests=services.profile.digests,
            clock=services.clock,
            enabled=services.profile.normalise,
        )
        work.finish("derived", done)
    return done


def _packaged(
    work: RecordWorkspace, taken: TakenIn, services: IngestServices, advance: Advance
) -> tuple[Step[Packaged], tuple[Finding, ...]]:
    """The finished tar in the workspace, and all findings so far."""
    received = work.finished("received", Step[Received])
    identified = work.finished("identified", Step[Identified])
    if received is None or identified is None:
        raise HouseError("a record was to be finished that was not taken in")
    record = Record(description=taken.planned.description, batch=taken.batch)
    derived = _derived(work, record, received.value, identified.value, services)
    findings = taken.findings + located(derived.findings, taken.planned)
    done = work.finished("packaged", Step[Packaged])
    if done is None:
        described = _described(work, record, (received, identified, derived), findings, services)
        done = package(
            record,
            received.value,
            identified.value,
            derived.value,
            described.value,
            originals=work.folder("received"),
            copies=work.folder("derived"),
            tags=work.folder("described"),
            folder=work.fresh_folder("packaged"),
            institution=services.institution,
            digests=services.profile.digests,
            clock=services.clock,
            advance=advance,
        )
        work.finish("packaged", done, durable=True)
    return done, findings


def _described(
    work: RecordWorkspace,
    record: Record,
    steps: tuple[Step[Received], Step[Identified], Step[Derived]],
    findings: tuple[Finding, ...],
    services: IngestServices,
) -> Step[Described]:
    received, identified, derived = steps
    return describe(
        record,
        received.value,
        identified.value,
        derived.value,
        events=received.events + identified.events + derived.events,
        findings=findings,
        folder=work.fresh_folder("described"),
        institution=services.institution,
        fonds_name=services.fonds_name,
        digests=services.profile.digests,
        clock=services.clock,
    )


def _store(
    work: RecordWorkspace, packaged: Step[Packaged], state: str, services: IngestServices, advance: Advance
) -> None:
    """Deposited in every store, then registered, both or to be done again."""
    deposited = _deposited(work, packaged.value, services, advance)
    index, copies = deposited.value.index, deposited.value.copies
    services.register.add_version(index, copies, packaged.events + deposited.events, source_state=state)


def _deposited(
    work: RecordWorkspace, packaged: Packaged, services: IngestServices, advance: Advance
) -> Step[Deposited]:
    def check(index: PackageIndex, store: Store) -> FixityReport:
        return audit(index, store=store, clock=services.clock, advance=advance, index_expected=False)

    for store in services.stores:
        make_known(store, services.register)
    return deposit(
        packaged,
        folder=work.folder("packaged"),
        stores=services.stores,
        check=check,
        clock=services.clock,
        advance=advance,
    )


def _again(
    known: PackageIndex,
    received: Step[Received],
    planned: PlannedRecord,
    state: str,
    batch: str,
    services: IngestServices,
) -> Outcome:
    """A record that is stored already was delivered again: the same, or something else under its code.

    The same bytes with a digest that contradicts them are held: either the list is wrong, or what was stored had
    been damaged before it came. Where a file could not be received, nobody can tell whether the rest differs.
    """
    findings = planned.findings + received.findings
    compared_with = compared(known, planned, received.value, services.profile.delivery)
    same = compared_with is Redelivered.SAME
    whole = len(received.value.files) == len(planned.files)
    if (same or not whole) and grave(findings, services.profile):
        return _held(planned, findings, batch, services)
    if same:
        services.register.add_version(known, (), (), source_state=state)
        services.workspace.discard(known.package_id)
        return outcome(planned, State.UNCHANGED, findings)
    return _held(planned, (*findings, difference(known, planned, compared_with)), batch, services)


def _is_untouched(planned: PlannedRecord, services: IngestServices) -> bool:
    state = services.register.source_state(planned.description.package_id)
    return is_untouched(state, planned, services.profile.delivery)


def _held(planned: PlannedRecord, findings: tuple[Finding, ...], batch: str, services: IngestServices) -> Outcome:
    """Held, and the workspace freed: what is mended is received anew."""
    ended = held(
        planned, findings, batch=batch, profile=services.profile, register=services.register, clock=services.clock
    )
    services.workspace.discard(planned.description.package_id)
    return ended
