"""One record's way from its row to the register, in two halves: taken in, then finished.

Between the halves the depositor is told what is wrong with the whole delivery. Every stage that has finished
left its journal in the workspace; a killed run goes on behind the last one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.page_count import page_count
from pipeline.domain.events import Event
from pipeline.domain.findings import Finding, finding
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.packages import Deposited, FixityReport, Packaged, PackageIndex
from pipeline.domain.records import Described, Identified, Normalised, PlannedRecord, Received, Step
from pipeline.errors import HouseError
from pipeline.formats._policy import FormatPolicy
from pipeline.ports import Clock, Register, Store
from pipeline.profiles import Profile
from pipeline.routes._beginning import Begun, begin, refuse_taken_over
from pipeline.routes._bench_calls import identify_on_bench, normalise_on_bench
from pipeline.routes._emptied import refuse_emptied
from pipeline.routes._ending import failed, grave, held, is_read, located, outcome
from pipeline.stages._stamp import stamp
from pipeline.stages.audit import audit
from pipeline.stages.deposit import deposit
from pipeline.stages.describe import describe
from pipeline.stages.package import package
from pipeline.stages.receive import receive
from pipeline.tools._lane import Lane, Lanes
from pipeline.tools.bench import Bench
from pipeline.workspace import RecordWorkspace, Workspace

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What a record's way needs: rules, workplace, lanes, stores, register and time."""

    profile: Profile
    policy: FormatPolicy
    institution: str
    fonds_name: str
    workspace: Workspace
    lanes: Lanes[Bench]
    stores: tuple[Store, ...]
    register: Register
    clock: Clock
    rules: str
    """One digest over program version, profile and policy: work begun under other rules is begun anew."""
    boot: str
    """Names the machine's last start: work begun before it may have lost bytes in a power cut, and is begun anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A record that may go on: received and identified, nothing grave found."""

    planned: PlannedRecord
    batch: str
    findings: tuple[Finding, ...]


def take_in(planned: PlannedRecord, *, delivery: Path, batch: str, plant: Plant, advance: Advance) -> Outcome | TakenIn:
    """First half: received and identified, or the reasons why not.

    A record with faults of name or number is read all the same, so that its depositor is told everything at once
    (`is_read` says which not).
    """
    known = plant.register.index(planned.description.package_id)
    mark = stamp(planned)
    stopped = grave(planned.findings, plant.profile)
    if known is not None and not stopped and plant.register.stamp(known.package_id) == mark:
        plant.workspace.discard(known.package_id)
        plant.register.release(known.package_id)
        return outcome(planned, State.UNCHANGED, planned.findings)
    if not is_read(planned, plant.profile):
        return _held(planned, planned.findings, batch, plant)
    try:
        with plant.workspace.record(planned.description.package_id) as work:
            known = plant.register.index(planned.description.package_id)  # another run may just have stored it
            begin(work, Begun(stamp=mark, rules=plant.rules, batch=batch, boot=plant.boot))
            received = _received(work, planned, delivery, batch, plant, advance)
            with work.forgotten_if_damaged():
                identified = _identified(work, received.value, plant) if known is None or stopped else None
        if known is not None and identified is None:
            return _again(known, received, planned, mark, batch, plant)
    except Exception as error:
        return failed(planned, error, batch=batch, register=plant.register, clock=plant.clock)
    findings = planned.findings + received.findings
    if identified is not None:
        findings += located(identified.findings, planned) + (() if stopped else page_count(identified.value))
    if grave(findings, plant.profile):
        return _held(planned, findings, batch, plant)
    return TakenIn(planned=planned, batch=batch, findings=findings)


def finish(taken: TakenIn, *, plant: Plant, advance: Advance) -> Outcome:
    """Second half: normalised, described, packaged, deposited, registered; the workspace is removed last."""
    planned = taken.planned
    package_id = planned.description.package_id
    try:
        with plant.workspace.record(package_id) as work, work.forgotten_if_damaged():
            refuse_taken_over(work, planned)
            packaged, findings = _packaged(work, taken, plant, advance)
            stopped = grave(findings, plant.profile)
            if not stopped:
                _store(work, packaged, stamp(planned), plant, advance)
    except Exception as error:
        return failed(planned, error, batch=taken.batch, register=plant.register, clock=plant.clock)
    if stopped:
        return _held(planned, findings, taken.batch, plant)
    plant.workspace.discard(package_id)
    return outcome(planned, State.STORED, findings)


def _received(
    work: RecordWorkspace, planned: PlannedRecord, delivery: Path, batch: str, plant: Plant, advance: Advance
) -> Step[Received]:
    done = work.finished("received", Step[Received])
    if done is None:
        folder = work.fresh_folder("received")
        done = receive(
            planned,
            delivery=delivery,
            batch=batch,
            folder=folder,
            digests=plant.profile.digests,
            clock=plant.clock,
            advance=advance,
        )
        work.finish("received", done)
    else:
        advance(sum(file.size for file in planned.files))
    return done


def _identified(work: RecordWorkspace, received: Received, plant: Plant) -> Step[Identified]:
    done = work.finished("identified", Step[Identified])
    if done is None:
        with plant.lanes.borrow() as lane:
            done = lane.call(
                identify_on_bench,
                received,
                folder=work.folder("received"),
                policy=plant.policy,
                profile=plant.profile,
            )
        work.finish("identified", done)
    return done


def _normalised(work: RecordWorkspace, identified: Identified, lane: Lane[Bench], plant: Plant) -> Step[Normalised]:
    done = work.finished("normalised", Step[Normalised])
    if done is None:
        folder = work.fresh_folder("normalised")
        done = lane.call(
            normalise_on_bench,
            identified,
            originals=work.folder("received"),
            folder=folder,
            policy=plant.policy,
            profile=plant.profile,
        )
        work.finish("normalised", done)
    return done


def _packaged(
    work: RecordWorkspace, taken: TakenIn, plant: Plant, advance: Advance
) -> tuple[Step[Packaged], tuple[Finding, ...]]:
    """The finished tar in the workspace, and all findings so far."""
    received = work.finished("received", Step[Received])
    identified = work.finished("identified", Step[Identified])
    if received is None or identified is None:
        raise HouseError("a record was to be finished that was not taken in")
    with plant.lanes.borrow() as lane:
        normalised = _normalised(work, identified.value, lane, plant)
    findings = taken.findings + located(normalised.findings, taken.planned)
    done = work.finished("packaged", Step[Packaged])
    if done is None:
        described = _described(
            work, normalised.value, received.events + identified.events + normalised.events, findings, plant
        )
        done = package(
            described.value,
            originals=work.folder("received"),
            derived=work.folder("normalised"),
            tags=work.folder("described"),
            folder=work.fresh_folder("packaged"),
            institution=plant.institution,
            digests=plant.profile.digests,
            clock=plant.clock,
            advance=advance,
        )
        work.finish("packaged", done, durable=True)
    return done, findings


def _described(
    work: RecordWorkspace,
    normalised: Normalised,
    events: tuple[Event, ...],
    findings: tuple[Finding, ...],
    plant: Plant,
) -> Step[Described]:
    return describe(
        normalised,
        events=events,
        findings=findings,
        folder=work.fresh_folder("described"),
        institution=plant.institution,
        fonds_name=plant.fonds_name,
        digests=plant.profile.digests,
        clock=plant.clock,
    )


def _store(work: RecordWorkspace, packaged: Step[Packaged], mark: str, plant: Plant, advance: Advance) -> None:
    """Deposited in every store, then registered, both or to be done again."""
    deposited = _deposited(work, packaged.value, plant, advance)
    index, copies = deposited.value.index, deposited.value.copies
    plant.register.record(index, copies, packaged.events + deposited.events, stamp=mark)


def _deposited(work: RecordWorkspace, packaged: Packaged, plant: Plant, advance: Advance) -> Step[Deposited]:
    def check(index: PackageIndex, store: Store) -> FixityReport:
        return audit(index, store=store, clock=plant.clock, advance=advance, index_expected=False)

    for store in plant.stores:
        refuse_emptied(store, plant.register)
    return deposit(
        packaged,
        folder=work.folder("packaged"),
        stores=plant.stores,
        check=check,
        clock=plant.clock,
        advance=advance,
    )


def _again(
    known: PackageIndex, received: Step[Received], planned: PlannedRecord, mark: str, batch: str, plant: Plant
) -> Outcome:
    """A record that is stored already was delivered again: the same, or something else under its code.

    The same bytes with a digest that contradicts them are held: either the list is wrong, or what was stored had
    been damaged before it came. Where a file could not be received, nobody can tell whether the rest differs.
    """
    findings = planned.findings + received.findings
    same = known.fingerprint == received.value.fingerprint
    whole = len(received.value.files) == len(planned.files)
    if (same or not whole) and grave(findings, plant.profile):
        return _held(planned, findings, batch, plant)
    if same:
        plant.register.record(known, (), (), stamp=mark)
        plant.workspace.discard(known.package_id)
        return outcome(planned, State.UNCHANGED, findings)
    clash = finding(
        "already_stored_differs",
        planned.description.archival_code,
        record=known.package_id,
        row=planned.description.row,
        stored=known.packaged_at,
    )
    return _held(planned, (*findings, clash), batch, plant)


def _held(planned: PlannedRecord, findings: tuple[Finding, ...], batch: str, plant: Plant) -> Outcome:
    """Held, and the workspace freed: what is mended is received anew."""
    ended = held(planned, findings, batch=batch, profile=plant.profile, register=plant.register, clock=plant.clock)
    plant.workspace.discard(planned.description.package_id)
    return ended
