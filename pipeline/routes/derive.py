"""Copies that are made later (补做副本): packages that lack some go through the line once more, as their next version.

Which packages these are is in the ledger: what their newest version was stored with, and what came of it since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice

from pipeline import __version__
from pipeline.domain.ledger import Delivery, Ended, Run
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Description, PlannedRecord, SourceFile, elements
from pipeline.errors import ExitCode, UsageError
from pipeline.line.breaker import Breaker
from pipeline.line.driver import attempt
from pipeline.line.later import LATER
from pipeline.line.services import IngestServices
from pipeline.line.stage import Line
from pipeline.ports import Ledger, Progress, Register, Runner
from pipeline.routes.ingest import PAGE, exit_code, titles

MISSING, LOST = "derived_copy_missing", "copies_would_be_lost"
"""Codes of findings that say which copies a package lacks, or would lack."""
_HANDED_IN = Delivery(name="derive", folder="")
"""What stands in the ledger for a delivery: nothing was handed in, and no delivery of a folder is without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveReport:
    """What came of it: how each package ended, and those that were left alone because their record waits."""

    outcomes: tuple[Outcome, ...]
    waiting: tuple[str, ...]
    exit_code: int


def lacking(ledger: Ledger, register: Register) -> tuple[Outcome, ...]:
    """The packages that lack copies, by package identifier: for each the end that said so last.

    What was found all there by a later run lacks none. A ledger that knows no run (a register made anew from the stores
    alone) says nothing.
    """
    found: dict[str, Outcome] = {}
    for run in ledger.runs():
        for ended in _said_by(run, ledger):
            codes = {each.code for each in ended.outcome.findings}
            if MISSING in codes:
                found[ended.outcome.package_id] = ended.outcome
            elif LOST not in codes:
                found.pop(ended.outcome.package_id, None)
    return tuple(found[package_id] for package_id in sorted(found) if register.versions(package_id))


def _said_by(run: Run, ledger: Ledger) -> Iterator[Ended]:
    """Ends that say something of copies: an unchanged record of a delivery was not looked at for them."""
    yield from ledger.outcomes(run.id, state=State.STORED)
    if run.delivery == _HANDED_IN.id:
        yield from ledger.outcomes(run.id, state=State.UNCHANGED)


def derive(
    packages: Sequence[str],
    *,
    services: IngestServices,
    runner: Runner,
    progress: Progress,
    line: Line = LATER,
) -> DeriveReport:
    """Makes the copies that these packages lack and stores each that gets one as its next version.

    May be run again at any time: what was cut off goes on. The work has a workspace of its own, so that the record's
    delivery may be taken in again meanwhile. A record that waits in some delivery is left alone: a new version would
    take it out of what waits. Raises UsageError where the profile makes no copies or a package is not
    registered, Busy where another process is at it.
    """
    if not services.profile.normalise:
        raise UsageError(message("profile_without_copies", profile=services.profile.name))
    services = replace(services, workspace=services.workspace.of("derive"))
    with services.workspace.alone("derive"):
        waiting = {held.package_id for held in services.register.held()}
        wanted = dict.fromkeys(packages)
        ready = [package_id for package_id in wanted if package_id not in waiting]
        run = _begin(ready, services)
        _through(run, services, runner, progress, line)
        outcomes = tuple(ended.outcome for ended in services.ledger.outcomes(run.id))
        left = tuple(package_id for package_id in wanted if package_id in waiting)
        code = _exit_code(outcomes, left, services)
        services.ledger.end_run(run.id, at=services.clock.now().isoformat(), exit_code=code)
    return DeriveReport(outcomes=outcomes, waiting=left, exit_code=code)


def planned_of(index: PackageIndex) -> PlannedRecord:
    """A package as a planned record, as far as its index tells; the rest is recalled from the package. Its files are
    where they were and as old as the package, so that work begun for one version is not taken for that of another."""
    at = int(datetime.fromisoformat(index.packaged_at).astimezone(UTC).timestamp()) * 10**9
    return PlannedRecord(
        description=Description(
            archival_code=index.archival_code,
            package_id=index.package_id,
            fonds=index.fonds,
            category=index.category,
            elements=elements(title=index.title, date=index.date, retention=index.retention),
        ),
        files=tuple(
            SourceFile(
                where=member.original_name_hex,
                original=OriginalName(raw_hex=member.original_name_hex),
                size=member.size,
                mtime_ns=at,
                ctime_ns=at,
                inode=0,
            )
            for member in index.members
            if member.original_name_hex
        ),
    )


def _begin(packages: Iterable[str], services: IngestServices) -> Run:
    """A run with its plan, written down."""
    handed_in = Delivery(
        name=_HANDED_IN.name, folder=_HANDED_IN.folder, profile=services.profile.name, rules=services.rules
    )
    run = services.ledger.begin_run(handed_in, at=services.clock.now().isoformat(), program=__version__)
    services.ledger.add_planned(run.id, (planned_of(_index(each, services)) for each in packages))
    services.ledger.end_survey(run.id, catalogue="", findings=(), ignored=())
    return run


def _index(package_id: str, services: IngestServices) -> PackageIndex:
    index = services.register.index(package_id)
    if index is None:
        raise UsageError(message("no_such_package", typed=package_id))
    return index


def _through(run: Run, services: IngestServices, runner: Runner, progress: Progress, line: Line) -> None:
    """Every package of the plan, to its end."""
    (leg,) = line.legs()
    surveyed = services.ledger.surveyed(run.id)
    with progress.phase(titles(leg), surveyed.bytes if surveyed else 0, "bytes") as advance:
        work = partial(
            attempt,
            delivery=services.workspace.root,
            services=services,
            advance=advance,
            breaker=Breaker(),
            line=line,
        )
        ended = iter(runner.map(work, _orders(run, leg.phases[0].name, services)))
        while page := list(islice(ended, PAGE)):
            services.ledger.add_outcomes(run.id, page)


def _orders(run: Run, phase: str, services: IngestServices) -> Iterator[WorkOrder]:
    for planned in services.ledger.planned(run.id):
        about = planned.record.description
        yield WorkOrder(
            run=run.id,
            delivery=_HANDED_IN,
            position=planned.position,
            package_id=about.package_id,
            archival_code=about.archival_code,
            phase=phase,
        )


def _exit_code(outcomes: Iterable[Outcome], waiting: Sequence[str], services: IngestServices) -> ExitCode:
    """As for an ingest; where nothing worse happened, a program that failed again on a copy, a version that would have
    lost some, a record that waits."""
    ends = tuple(outcomes)
    counts = {state: sum(end.state is state for end in ends) for state in State}
    failures = {ExitCode(end.exit_code) for end in ends if end.state is State.FAILED}
    if (code := exit_code(failures, counts, (), services.profile)) is not ExitCode.DONE:
        return code
    codes = {found.code for end in ends for found in end.findings}
    if MISSING in codes:
        return ExitCode.TOOL
    if LOST in codes:
        return ExitCode.MATERIAL_REJECTED
    return ExitCode.HELD if waiting else ExitCode.DONE
