"""What is asked of the ledger: what came, what was to be done with it, and what came of it."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Decision, Delivery, Ended, Planned, Question, Run, Surveyed
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord


class Ledger(Protocol):
    """工作台账: deliveries, runs, plans, outcomes, questions and decisions; kept with the register, by the same object.

    No store can give it back. Of a run or question that is not there, whoever adds gets a RegisterError, and whoever
    reads gets nothing.
    """

    def begin_run(self, delivery: Delivery, *, at: str, program: str) -> Run:
        """Notes the delivery, now or again (`first_seen` stays the first, and who handed it in where nobody says so
        now), and a new run of it."""
        ...

    def end_run(self, run: int, *, at: str, exit_code: int) -> None:
        """The run has ended by itself."""
        ...

    def deliveries(self) -> Iterator[Delivery]:
        """All deliveries ever handed in, in order of first seen."""
        ...

    def delivery(self, identifier: str) -> Delivery | None:
        """One delivery; None where there is none of that identifier."""
        ...

    def runs(self, delivery: str = "") -> Iterator[Run]:
        """Runs of a delivery, by its identifier, or of all; oldest first."""
        ...

    def add_planned(self, run: int, records: Iterable[PlannedRecord]) -> None:
        """Adds to the run's plan as they come, in transactions of some hundred, so that a delivery need never be in
        memory whole and nobody waits for the survey. Positions go on where the last call stopped."""
        ...

    def end_survey(
        self, run: int, *, catalogue: str, findings: tuple[Finding, ...], ignored: tuple[str, ...]
    ) -> Surveyed:
        """The plan is whole. The plans of the delivery's earlier runs are let go; their outcomes stay."""
        ...

    def surveyed(self, run: int) -> Surveyed | None:
        """What the survey found; None while the plan is not whole."""
        ...

    def planned(self, run: int, *, after: int = -1) -> Iterator[Planned]:
        """The run's plan in the catalogue's order, from behind a position; read page by page, so that records may be
        worked on and noted meanwhile."""
        ...

    def planned_at(self, run: int, position: int) -> PlannedRecord | None:
        """One record of the run's plan; None where the run has none at that position."""
        ...

    def add_outcomes(self, run: int, ended: Iterable[Ended]) -> None:
        """How records ended, in one transaction. Of the same position again: takes its place."""
        ...

    def outcomes(self, run: int, *, state: State | None = None) -> Iterator[Ended]:
        """Ends in the catalogue's order, of all records or of those that ended so."""
        ...

    def counts(self, run: int) -> dict[State, int]:
        """How many records ended so, for every state."""
        ...

    def outcomes_of(self, package_id: str) -> Iterator[tuple[Run, Outcome]]:
        """Every end that the record ever came to, with its findings, oldest run first."""
        ...

    def ask(self, questions: Iterable[Question]) -> None:
        """Puts questions; those asked before stay as they are, and so do their answers."""
        ...

    def questions(self, *, delivery: str = "", open_only: bool = False) -> Iterator[Question]:
        """Questions of a delivery or of all, in the order asked; `open_only` leaves out the decided ones."""
        ...

    def decide(self, decision: Decision) -> None:
        """Notes a decision. RegisterError where there is no such question, UsageError where its answer is none of the
        question's options."""
        ...

    def decisions(self, question: str) -> Iterator[Decision]:
        """What was decided of a question; the last one counts."""
        ...
