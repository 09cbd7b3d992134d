"""The ledger in memory: for tests, and for trying things out. Keeps the same rules as the one in tables."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from threading import RLock

from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Decision, Delivery, Ended, Planned, Question, Run, Surveyed
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord
from pipeline.register.rules import check_answer, no_such_question, no_such_run


class MemoryLedger:
    """See `ports.Ledger`. Threads may share it."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._deliveries: dict[str, Delivery] = {}
        self._runs: dict[int, Run] = {}
        self._planned: dict[int, list[PlannedRecord]] = {}
        self._surveyed: dict[int, Surveyed] = {}
        self._outcomes: dict[int, dict[int, Outcome]] = {}
        self._questions: dict[str, Question] = {}
        self._decisions: list[Decision] = []

    def begin_run(self, delivery: Delivery, *, at: str, program: str) -> Run:
        """See `ports.Ledger`."""
        with self._lock:
            first = self._deliveries.get(delivery.id, replace(delivery, first_seen=at))
            self._deliveries[delivery.id] = replace(
                delivery,
                first_seen=first.first_seen,
                depositor=delivery.depositor or first.depositor,
                contact=delivery.contact or first.contact,
            )
            run = Run(id=len(self._runs) + 1, delivery=delivery.id, started_at=at, program=program)
            self._runs[run.id] = run
            self._planned[run.id] = []
            return run

    def end_run(self, run: int, *, at: str, exit_code: int) -> None:
        """See `ports.Ledger`."""
        with self._lock:
            self._runs[run] = replace(self._run(run), ended_at=at, exit_code=exit_code)

    def deliveries(self) -> Iterator[Delivery]:
        """See `ports.Ledger`."""
        with self._lock:
            rows = sorted(self._deliveries.values(), key=lambda each: (each.first_seen, each.id))
        yield from rows

    def delivery(self, identifier: str) -> Delivery | None:
        """See `ports.Ledger`."""
        with self._lock:
            return self._deliveries.get(identifier)

    def runs(self, delivery: str = "") -> Iterator[Run]:
        """See `ports.Ledger`."""
        with self._lock:
            rows = [run for run in self._runs.values() if delivery in ("", run.delivery)]
        yield from rows

    def add_planned(self, run: int, records: Iterable[PlannedRecord]) -> None:
        """See `ports.Ledger`."""
        with self._lock:
            plan = self._planned[self._run(run).id]
        for record in records:
            plan.append(record)

    def end_survey(
        self, run: int, *, catalogue: str, findings: tuple[Finding, ...], ignored: tuple[str, ...]
    ) -> Surveyed:
        """See `ports.Ledger`."""
        with self._lock:
            delivery, plan = self._run(run).delivery, self._planned[run]
            self._surveyed[run] = Surveyed(
                catalogue=catalogue,
                records=len(plan),
                files=sum(len(record.files) for record in plan),
                bytes=sum(file.size for record in plan for file in record.files),
                findings=findings,
                ignored=ignored,
            )
            for earlier in self.runs(delivery):
                if earlier.id < run:
                    self._planned[earlier.id] = []
            return self._surveyed[run]

    def surveyed(self, run: int) -> Surveyed | None:
        """See `ports.Ledger`."""
        with self._lock:
            return self._surveyed.get(run)

    def planned(self, run: int, *, after: int = -1) -> Iterator[Planned]:
        """See `ports.Ledger`."""
        with self._lock:
            plan = list(enumerate(self._planned.get(run, ())))
        for position, record in plan[after + 1 :]:
            yield Planned(position=position, record=record)

    def planned_at(self, run: int, position: int) -> PlannedRecord | None:
        """See `ports.Ledger`."""
        with self._lock:
            plan = self._planned.get(run, ())
            return plan[position] if 0 <= position < len(plan) else None

    def add_outcomes(self, run: int, ended: Iterable[Ended]) -> None:
        """See `ports.Ledger`."""
        rows = {each.position: each.outcome for each in ended}
        with self._lock:
            self._outcomes.setdefault(self._run(run).id, {}).update(rows)

    def outcomes(self, run: int, *, state: State | None = None) -> Iterator[Ended]:
        """See `ports.Ledger`."""
        with self._lock:
            rows = sorted(self._outcomes.get(run, {}).items())
        for position, outcome in rows:
            if state in (None, outcome.state):
                yield Ended(position=position, outcome=outcome)

    def counts(self, run: int) -> dict[State, int]:
        """See `ports.Ledger`."""
        ends = [ended.outcome.state for ended in self.outcomes(run)]
        return {state: ends.count(state) for state in State}

    def outcomes_of(self, package_id: str) -> Iterator[tuple[Run, Outcome]]:
        """See `ports.Ledger`."""
        for run in self.runs():
            for ended in self.outcomes(run.id):
                if ended.outcome.package_id == package_id:
                    yield run, ended.outcome

    def ask(self, questions: Iterable[Question]) -> None:
        """See `ports.Ledger`."""
        with self._lock:
            for question in questions:
                self._questions.setdefault(question.id, question)

    def questions(self, *, delivery: str = "", open_only: bool = False) -> Iterator[Question]:
        """See `ports.Ledger`."""
        with self._lock:
            decided = {decision.question for decision in self._decisions}
            rows = [question for question in self._questions.values() if delivery in ("", question.delivery)]
        yield from (question for question in rows if not (open_only and question.id in decided))

    def decide(self, decision: Decision) -> None:
        """See `ports.Ledger`."""
        with self._lock:
            question = self._questions.get(decision.question)
            if question is None:
                raise no_such_question(decision.question)
            check_answer(question, decision)
            self._decisions.append(decision)

    def decisions(self, question: str) -> Iterator[Decision]:
        """See `ports.Ledger`."""
        with self._lock:
            rows = [decision for decision in self._decisions if decision.question == question]
        yield from rows

    def _run(self, run: int) -> Run:
        """RegisterError where there is no such run."""
        if run not in self._runs:
            raise no_such_run(run)
        return self._runs[run]
