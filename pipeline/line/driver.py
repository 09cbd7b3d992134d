"""The driver: takes one record through one leg of the line, as a work order says, and tells how far it came.

Every stage is treated alike: finished already? else a fresh folder, run it here or in a worker, keep its journal. So a
run that was killed goes on behind the last stage that was finished. What a stage is given is the table's to say.
"""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from pipeline.domain.identity import source_state
from pipeline.domain.ledger import Ended
from pipeline.domain.messages import message
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import State
from pipeline.domain.packages import Deposited
from pipeline.domain.records import PlannedRecord, Step
from pipeline.errors import HouseError
from pipeline.line.beginning import JOURNALS, Begun, begin, refuse_taken_over, surveyed
from pipeline.line.breaker import Breaker
from pipeline.line.ending import Ending, holds_back, is_read, located, state_of_held
from pipeline.line.job import Job
from pipeline.line.redelivery import is_untouched
from pipeline.line.services import IngestServices
from pipeline.line.stage import HERE, Call, Despite, Line, Stage
from pipeline.line.table import LINE
from pipeline.tools.toolbox import Toolbox

Advance = Callable[[int], None]


def work(order: WorkOrder, *, delivery: Path, services: IngestServices, advance: Advance, line: Line = LINE) -> Ended:
    """Takes the order's record from its phase as far as it can go without the others; how it ended, or that it is
    under work. `delivery` is the folder as this machine sees it. Raises RegisterError where nothing can be noted."""
    planned = planned_record(order, services)
    ending = Ending.of(order, planned, services, noted=line.notes)
    state = source_state(planned)
    is_first = line.leg(order.phase) == line.legs()[0]
    if is_first and _is_untouched(planned, services):
        return ending.unchanged(planned.findings)
    if is_first and not is_read(planned, services.profile):
        return ending.held(planned.findings)
    try:
        with services.workspace.record(order.package_id) as workspace:
            if is_first:
                begin(workspace, _begun(order, planned, state, services))
            else:
                refuse_taken_over(workspace, state, order.package_id)
            job = Job(
                order=order,
                planned=planned,
                source_state=services.register.source_state(order.package_id) if line.of_stored else state,
                stored=services.register.index(order.package_id) if is_first else None,
                delivery=delivery,
                services=services,
                work=workspace,
                advance=advance,
                findings=list(planned.findings if is_first else order.findings),
            )
            came = _through(job, line)
    except Exception as error:  # it costs this record, and the others go on: `failed` tells what it was
        return ending.failed(error)
    return ending.of_state(came, tuple(job.findings))


def attempt(
    order: WorkOrder, *, delivery: Path, services: IngestServices, advance: Advance, breaker: Breaker, line: Line
) -> Ended:
    """`work`, but for records that would only wait for a store which has just not answered."""
    error = breaker.error()
    if error is not None:
        planned = planned_record(order, services)
        return Ending.of(order, planned, services, noted=line.notes).failed(error)
    ended = work(order, delivery=delivery, services=services, advance=advance, line=line)
    breaker.saw(ended)
    return ended


def planned_record(order: WorkOrder, services: IngestServices) -> PlannedRecord:
    """What the order is about, out of the ledger. Raises HouseError where the run has no such plan."""
    planned = services.ledger.planned_at(order.run, order.position)
    if planned is None or planned.description.package_id != order.package_id:
        raise HouseError(message("no_such_order", run=order.run, position=order.position, record=order.package_id))
    return planned


def _is_untouched(planned: PlannedRecord, services: IngestServices) -> bool:
    """Whether the record is stored, and its files and row are as they were then: nothing need be read again."""
    state = services.register.source_state(planned.description.package_id)
    untouched = bool(state) and is_untouched(state, planned, services.profile.delivery)
    return untouched and not holds_back(planned.findings, services.profile)


def _begun(order: WorkOrder, planned: PlannedRecord, state: str, services: IngestServices) -> Begun:
    return Begun(
        source_state=state,
        rules=services.rules,
        batch=order.delivery.name,
        boot=services.boot,
        surveyed=surveyed(planned.findings),
        journals=JOURNALS,
    )


def _through(job: Job, line: Line) -> State:
    """How far the record came in this leg."""
    leg = line.leg(job.order.phase)
    for stage in line.stages[: line.stages.index(leg.stages[0])]:
        if stage.has_journal:
            _recall(job, stage)
    for phase in leg.phases:
        for stage in (each for each in leg.stages if each.phase == phase.name):
            if not _goes_through(job, stage):
                continue
            _do(job, stage)
            job.taken = (*stage.takes, stage.makes)
            if stage.ends is not None and (end := stage.ends(job)) is not None:
                return end
        if holds_back(job.findings, job.services.profile):
            return state_of_held(job.findings, job.services.profile)
    if leg != line.legs()[-1]:
        return State.UNDER_WORK
    _register(job, line)
    return State.STORED


def _goes_through(job: Job, stage: Stage) -> bool:
    """Whether the stage runs despite of what was found."""
    if stage.despite is Despite.ANYTHING:
        return True
    found = job.planned.findings if stage.despite is Despite.LATER_FINDINGS else job.findings
    return not holds_back(found, job.services.profile)


def _recall(job: Job, stage: Stage) -> None:
    """What a stage of an earlier leg has made."""
    done: Step[Any] | None = job.work.finished(stage.leaves, Step[stage.makes])  # type: ignore[name-defined]
    if done is None:
        raise HouseError(message("journal_missing", stage=stage.name, record=job.order.package_id))
    job.steps[stage.makes] = done


def _do(job: Job, stage: Stage) -> None:
    """The stage's step: what it has left, or what it does now."""
    done: Step[Any] | None = None
    if stage.has_journal:
        done = job.work.finished(stage.leaves, Step[stage.makes])  # type: ignore[name-defined]
    if done is None:
        if stage.has_folder:
            job.work.fresh_folder(stage.leaves)
        job.taken = stage.takes
        # A stage that reads the delivery may miss a file that was there: that says nothing of the workspace.
        with job.work.forgotten_if_damaged() if stage.takes else nullcontext():
            done = _run(stage, stage.call(job), job.services)
        if stage.has_journal:
            job.work.finish(stage.leaves, done, durable=stage.durable)
    job.steps[stage.makes] = done
    told = {(found.code, found.subject) for found in job.planned.findings}  # what the survey saw is not told again
    job.findings += [f for f in located(done.findings, job.planned) if (f.code, f.subject) not in told]


def _run(stage: Stage, call: Call, services: IngestServices) -> Step[Any]:
    if stage.where == HERE:
        return call()
    return services.workers.call(stage.where, with_toolbox, call)


def with_toolbox(toolbox: Toolbox, call: Call) -> Step[Any]:
    """The stage, in a worker."""
    return call(toolbox=toolbox)


def _register(job: Job, line: Line) -> None:
    """The last act: what all stores hold is registered, with what was done behind the packing."""
    late = [job.steps[stage.makes] for stage in line.stages if stage.behind_packing]
    deposited = job.steps[Deposited].value
    events = tuple(event for step in late for event in step.events)
    job.services.register.add_version(
        deposited.index, deposited.copies, events, source_state=job.source_state, description=job.record.description
    )
