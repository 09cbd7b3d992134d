"""The main road: a delivery surveyed, its plan written down, each record taken through the line, and how all ended.

What is known of the delivery is in the ledger, page by page: a run holds neither all records nor all findings.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from pipeline import __version__
from pipeline.checks.run import run as run_plan
from pipeline.checks.views import DeliveryView
from pipeline.delivery.depositor import depositor_of
from pipeline.delivery.listing import display
from pipeline.domain.findings import Finding, Severity
from pipeline.domain.ledger import Delivery, Ended, Question, Run, Surveyed
from pipeline.domain.messages import message
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import IngestReport, State
from pipeline.domain.personal import mask
from pipeline.domain.records import DeliveryPlan, PlannedRecord
from pipeline.errors import ExitCode, StorageFull, UsageError
from pipeline.line.breaker import Breaker
from pipeline.line.driver import attempt
from pipeline.line.services import IngestServices
from pipeline.line.stage import Leg, Line
from pipeline.line.table import LINE
from pipeline.ports import HeldRecord, Progress, Runner
from pipeline.profiles import Profile
from pipeline.routes.looked import Tally
from pipeline.routes.moved import moved_from
from pipeline.routes.room import Room
from pipeline.texts import Language, Texts

LOG = logging.getLogger(__name__)
PAGE = 100
"""Outcomes noted at a time."""

Announce = Callable[[Delivery, Surveyed, Iterable[Finding]], None]


def ingest(
    folder: Path,
    *,
    services: IngestServices,
    runner: Runner,
    progress: Progress,
    announce: Announce,
    line: Line = LINE,
    depositor: str = "",
    contact: str = "",
) -> IngestReport:
    """Takes in the delivery and deposits what is good.

    `depositor` (移交单位) and `contact` (责任人) are who handed it in; where nobody says so, what a bag says, or what
    was said of the delivery before. `announce` is called once, when the whole delivery has been read and before
    anything is derived, with all that is wrong with it. May be run again at any time: what is done stays, what was
    mended or cut off goes on.
    Raises Busy where another process takes in the same folder, UsageError where the archive home lies in it,
    StorageFull before anything is copied, when what the survey found has been told.
    """
    home = services.workspace.root
    if home.resolve().is_relative_to(folder.resolve()):
        raise UsageError(message("home_inside_delivery", home=home))
    with services.workspace.delivery(folder):
        return _Ingest(folder, services, runner, progress, announce, line).run(depositor, contact)


class _Ingest:
    """One run over one delivery; what its steps share."""

    def __init__(
        self,
        folder: Path,
        services: IngestServices,
        runner: Runner,
        progress: Progress,
        announce: Announce,
        line: Line,
    ) -> None:
        self._folder, self._services, self._runner, self._progress = folder, services, runner, progress
        self._announce, self._line = announce, line
        self._ledger, self._clock = services.ledger, services.clock

    def run(self, depositor: str, contact: str) -> IngestReport:
        """All legs of the line, and the report."""
        plan = self._line.plan(self._folder, self._services.profile)
        in_bag = depositor_of(self._folder) if plan.is_bag else ("", "")
        delivery = Delivery(
            name=plan.batch,
            folder="/" + display(bytes(self._folder.resolve())[1:]),
            profile=self._services.profile.name,
            rules=self._services.rules,
            depositor=mask(depositor) or in_bag[0],
            contact=mask(contact) or in_bag[1],
        )
        for each in run_plan(self._services.delivery_plan, DeliveryView.of(plan)):
            LOG.info("%s %s: %s", each.row.code, each.row.requirement_en, each.result.verdict.value)
        run, delivery = self._begun(delivery, plan)
        room, tally = Room(self._services, one_by_one=self._line.only_looks), Tally()
        self._ledger.add_planned(run.id, tally.counted(room.counted(plan.records)))
        surveyed = tally.of(
            self._ledger.end_survey(run.id, catalogue=plan.catalogue, findings=plan.findings, ignored=plan.ignored),
            plan.tables,
        )
        self._hold_delivery(run, delivery, surveyed)
        del plan  # from here on it is in the ledger
        try:
            room.refuse_too_little()
        except StorageFull:
            self._announce(delivery, surveyed, self._planned_findings(run))
            raise
        for leg in self._line.legs():
            self._through(leg, run, delivery, surveyed)
        return self._report(run, delivery, surveyed)

    def _begun(self, delivery: Delivery, plan: DeliveryPlan) -> tuple[Run, Delivery]:
        """The run, and the delivery as the ledger knows it. Where it lay elsewhere before, it is the same."""
        earlier = moved_from(delivery, plan.records, self._ledger)
        for each in earlier[-1:]:
            depositor, contact = delivery.depositor or each.depositor, delivery.contact or each.contact
            delivery = replace(delivery, depositor=depositor, contact=contact)
        run = self._ledger.begin_run(delivery, at=self._now(), program=__version__)
        for each in earlier:
            self._services.register.moved(each.id, delivery)
        return run, self._ledger.delivery(delivery.id) or delivery

    def _hold_delivery(self, run: Run, delivery: Delivery, surveyed: Surveyed) -> None:
        """What belongs to no record and must be mended waits with the delivery. Rows that are gone wait no more, unless
        there is no row at all: then the catalogue could not be read, and nobody knows what is gone."""
        register, severity = self._services.register, self._services.profile.severity
        if surveyed.records:
            register.release_gone(run.id)
        grave = tuple(f for f in surveyed.findings if severity(f.code) in {Severity.ERROR, Severity.QUESTION})
        if not grave:
            register.release("", delivery=delivery.name, folder=delivery.folder)
            return
        register.hold(
            HeldRecord(
                package_id="",
                archival_code="",
                title="",
                delivery=delivery.name,
                folder=delivery.folder,
                since=self._now(),
                findings=grave,
            )
        )

    def _through(self, leg: Leg, run: Run, delivery: Delivery, surveyed: Surveyed) -> None:
        """Every record that has come so far, through the leg; behind the first the depositor is told."""
        is_first = leg == self._line.legs()[0]
        orders = self._first_orders(run, delivery, leg) if is_first else self._next_orders(run, delivery, leg)
        records = surveyed.records if is_first else self._ledger.counts(run.id)[State.UNDER_WORK]
        total, unit = (surveyed.bytes, "bytes") if is_first else (records, "records")
        with self._progress.phase(titles(leg), total, unit) as advance:
            work = partial(
                attempt,
                delivery=self._folder,
                services=self._services,
                advance=advance if is_first else _unwatched,
                breaker=Breaker(),
                line=self._line,
            )
            ended = iter(self._runner.map(work, orders))
            while page := list(islice(ended, PAGE)):
                self._note(run, delivery, page)
                if not is_first:
                    advance(len(page))
        if is_first:
            self._announce(delivery, surveyed, self._findings(run))

    def _first_orders(self, run: Run, delivery: Delivery, leg: Leg) -> Iterator[WorkOrder]:
        for planned in self._ledger.planned(run.id):
            yield _order(run, delivery, leg, planned.position, planned.record)

    def _next_orders(self, run: Run, delivery: Delivery, leg: Leg) -> Iterator[WorkOrder]:
        for ended in self._ledger.outcomes(run.id, state=State.UNDER_WORK):
            yield WorkOrder(
                run=run.id,
                delivery=delivery,
                position=ended.position,
                package_id=ended.outcome.package_id,
                archival_code=ended.outcome.archival_code,
                phase=leg.phases[0].name,
                findings=ended.outcome.findings,
            )

    def _note(self, run: Run, delivery: Delivery, page: list[Ended]) -> None:
        """Outcomes, and what only a person can answer."""
        self._ledger.add_outcomes(run.id, page)
        severity = self._services.profile.severity
        questions = [
            Question(
                delivery=delivery.id, package_id=each.outcome.package_id, finding=f, options=(), asked_at=self._now()
            )
            for each in page
            if each.outcome.state is State.WAITING
            for f in each.outcome.findings
            if severity(f.code) is Severity.QUESTION
        ]
        if questions:
            self._ledger.ask(questions)

    def _planned_findings(self, run: Run) -> Iterator[Finding]:
        return (f for planned in self._ledger.planned(run.id) for f in planned.record.findings)

    def _findings(self, run: Run) -> Iterator[Finding]:
        return (f for ended in self._ledger.outcomes(run.id) for f in ended.outcome.findings)

    def _report(self, run: Run, delivery: Delivery, surveyed: Surveyed) -> IngestReport:
        counts = self._ledger.counts(run.id)
        failures = {ExitCode(e.outcome.exit_code) for e in self._ledger.outcomes(run.id, state=State.FAILED)}
        code = exit_code(failures, counts, surveyed.findings, self._services.profile)
        self._ledger.end_run(run.id, at=self._now(), exit_code=code)
        return IngestReport(
            run=run.id,
            batch=delivery.name,
            counts=counts,
            findings=surveyed.findings,
            ignored=surveyed.ignored,
            exit_code=code,
        )

    def _now(self) -> str:
        return self._clock.now().isoformat()


def _order(run: Run, delivery: Delivery, leg: Leg, position: int, record: PlannedRecord) -> WorkOrder:
    return WorkOrder(
        run=run.id,
        delivery=delivery,
        position=position,
        package_id=record.description.package_id,
        archival_code=record.description.archival_code,
        phase=leg.phases[0].name,
        findings=record.findings,
    )


def _unwatched(_: int) -> None:
    """Of what is deposited, records are counted and not bytes."""


def titles(leg: Leg) -> str:
    """The leg's stages as people call them, in both languages."""
    texts = Texts.load()
    joined: tuple[tuple[Language, str], ...] = (("zh", "、"), ("en", ", "))
    return " · ".join(comma.join(texts.say(stage.title, lang) for stage in leg.stages) for lang, comma in joined)


def exit_code(
    failures: set[ExitCode], counts: dict[State, int], findings: tuple[Finding, ...], profile: Profile
) -> ExitCode:
    """The gravest end decides: a fault of our own, which nothing may hide, a failed store or tool, another run at work,
    rejected material, a waiting question, done."""
    for gravest in (ExitCode.HOUSE, ExitCode.STORAGE):
        if gravest in failures:
            return gravest
    if broken := failures - {ExitCode.BUSY}:
        return min(broken)
    if failures:
        return ExitCode.BUSY
    if counts[State.HELD] or any(profile.severity(f.code) is Severity.ERROR for f in findings):
        return ExitCode.MATERIAL_REJECTED
    return ExitCode.HELD if counts[State.WAITING] else ExitCode.DONE
