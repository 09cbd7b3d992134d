"""The ledger in the register's tables: deliveries, runs, plans, outcomes, questions and decisions."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Table, bindparam, delete, func, insert, select, update

from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Decision, Delivery, Ended, Planned, Question, Run, Surveyed
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import PlannedRecord
from pipeline.register.blobs import from_json, pack, to_json, unpack
from pipeline.register.engine import reading, writing
from pipeline.register.rows import columns_of, row_of
from pipeline.register.rules import check_answer, no_such_question, no_such_run
from pipeline.register.tables import DECISIONS, DELIVERIES, OUTCOMES, PLANNED, QUESTIONS, RUNS, SURVEYS
from pipeline.register.upsert import insert_or_change, insert_or_keep

PAGE = 500
"""Rows written or read at a time: a plan's row may be large, and nobody waits long for the write lock."""

# Asked twice for each record: made once, since making a statement costs more than asking it.
_PLANNED_AT = select(PLANNED.c.record_zlib).where(
    PLANNED.c.run == bindparam("run"), PLANNED.c.position == bindparam("position")
)


class SqlLedger:
    """See `ports.Ledger`; every call but `add_planned` is one transaction. Threads may share it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name

    def begin_run(self, delivery: Delivery, *, at: str, program: str) -> Run:
        """See `ports.Ledger`."""
        said = {"depositor": delivery.depositor, "contact": delivery.contact}
        now = {"profile": delivery.profile, "rules": delivery.rules, "moved_to": ""}
        now |= {name: value for name, value in said.items() if value}
        row = {"id": delivery.id, "name": delivery.name, "folder": delivery.folder, "first_seen": at, **said, **now}
        begun = insert(RUNS).values(delivery=delivery.id, started_at=at, program=program, ended_at="")
        with writing(self.engine, self.name) as connection:
            insert_or_change(connection, DELIVERIES, [row], change=tuple(now))
            number = connection.execute(begun.returning(RUNS.c.id)).scalar_one()
        return Run(id=number, delivery=delivery.id, started_at=at, program=program)

    def end_run(self, run: int, *, at: str, exit_code: int) -> None:
        """See `ports.Ledger`."""
        with writing(self.engine, self.name) as connection:
            _run(connection, run)
            connection.execute(update(RUNS).where(RUNS.c.id == run).values(ended_at=at, exit_code=exit_code))

    def deliveries(self) -> Iterator[Delivery]:
        """See `ports.Ledger`."""
        for row in self._all(select(*columns_of(DELIVERIES)).order_by(DELIVERIES.c.first_seen, DELIVERIES.c.id)):
            yield Delivery(**row._mapping)

    def delivery(self, identifier: str) -> Delivery | None:
        """See `ports.Ledger`."""
        for row in self._all(select(*columns_of(DELIVERIES)).where(DELIVERIES.c.id == identifier)):
            return Delivery(**row._mapping)
        return None

    def runs(self, delivery: str = "") -> Iterator[Run]:
        """See `ports.Ledger`."""
        wanted = select(RUNS).order_by(RUNS.c.id)
        for row in self._all(wanted.where(RUNS.c.delivery == delivery) if delivery else wanted):
            yield Run(**row._mapping)

    def add_planned(self, run: int, records: Iterable[PlannedRecord]) -> None:
        """See `ports.Ledger`."""
        with reading(self.engine, self.name) as connection:
            _run(connection, run)
            last = connection.execute(select(func.max(PLANNED.c.position)).where(PLANNED.c.run == run)).scalar_one()
        numbered = enumerate(records, 0 if last is None else last + 1)
        while rows := [_planned_row(run, position, record) for position, record in islice(numbered, PAGE)]:
            with writing(self.engine, self.name) as connection:
                connection.execute(insert(PLANNED), rows)

    def end_survey(
        self, run: int, *, catalogue: str, findings: tuple[Finding, ...], ignored: tuple[str, ...]
    ) -> Surveyed:
        """See `ports.Ledger`."""
        sums_of = (func.coalesce(func.sum(PLANNED.c[name]), 0) for name in ("files", "bytes"))
        figures = (func.count(), *sums_of)
        with writing(self.engine, self.name) as connection:
            delivery = _run(connection, run)
            counted = connection.execute(select(*figures).where(PLANNED.c.run == run)).one()
            sums = dict(zip(("records", "files", "bytes"), map(int, counted), strict=True))
            texts = {"findings_json": to_json(findings), "ignored_json": to_json(ignored)}
            row = {"run": run, "catalogue": catalogue, **sums, **texts}
            insert_or_change(connection, SURVEYS, [row], change=("catalogue", *sums, *texts))
            earlier = select(RUNS.c.id).where((RUNS.c.delivery == delivery) & (RUNS.c.id < run))
            connection.execute(delete(PLANNED).where(PLANNED.c.run.in_(earlier)))
        records, files, size = sums.values()
        return Surveyed(
            catalogue=catalogue, records=records, files=files, bytes=size, findings=findings, ignored=ignored
        )

    def surveyed(self, run: int) -> Surveyed | None:
        """See `ports.Ledger`."""
        for row in self._all(select(SURVEYS).where(SURVEYS.c.run == run)):
            return Surveyed(
                catalogue=row.catalogue,
                records=row.records,
                files=row.files,
                bytes=row.bytes,
                findings=from_json(row.findings_json, tuple[Finding, ...]),
                ignored=from_json(row.ignored_json, tuple[str, ...]),
            )
        return None

    def planned_at(self, run: int, position: int) -> PlannedRecord | None:
        """See `ports.Ledger`."""
        with reading(self.engine, self.name) as connection:
            found = connection.execute(_PLANNED_AT, {"run": run, "position": position}).scalar_one_or_none()
        return None if found is None else unpack(found, PlannedRecord)

    def planned(self, run: int, *, after: int = -1) -> Iterator[Planned]:
        """See `ports.Ledger`."""
        wanted = select(PLANNED.c.position, PLANNED.c.record_zlib).where(PLANNED.c.run == run)
        for row in self._by_position(PLANNED, wanted, after):
            yield Planned(position=row.position, record=unpack(row.record_zlib, PlannedRecord))

    def add_outcomes(self, run: int, ended: Iterable[Ended]) -> None:
        """See `ports.Ledger`."""
        rows = [_outcome_row(run, each) for each in ended]
        with writing(self.engine, self.name) as connection:
            _run(connection, run)
            insert_or_change(connection, OUTCOMES, rows, change=("package_id", "state", "outcome_json"))

    def outcomes(self, run: int, *, state: State | None = None) -> Iterator[Ended]:
        """See `ports.Ledger`."""
        wanted = select(OUTCOMES.c.position, OUTCOMES.c.outcome_json).where(OUTCOMES.c.run == run)
        if state is not None:
            wanted = wanted.where(OUTCOMES.c.state == state.value)
        for row in self._by_position(OUTCOMES, wanted, -1):
            yield Ended(position=row.position, outcome=from_json(row.outcome_json, Outcome))

    def counts(self, run: int) -> dict[State, int]:
        """See `ports.Ledger`."""
        wanted = (
            select(OUTCOMES.c.state, func.count().label("records"))
            .where(OUTCOMES.c.run == run)
            .group_by(OUTCOMES.c.state)
        )
        found = {State(row.state): row.records for row in self._all(wanted)}
        return {state: found.get(state, 0) for state in State}

    def outcomes_of(self, package_id: str) -> Iterator[tuple[Run, Outcome]]:
        """See `ports.Ledger`."""
        wanted = select(RUNS, OUTCOMES.c.outcome_json).join(OUTCOMES, OUTCOMES.c.run == RUNS.c.id)
        wanted = wanted.where(OUTCOMES.c.package_id == package_id)
        for row in self._all(wanted.order_by(OUTCOMES.c.run, OUTCOMES.c.position)):
            values = dict(row._mapping)
            outcome = from_json(values.pop("outcome_json"), Outcome)
            yield Run(**values), outcome

    def ask(self, questions: Iterable[Question]) -> None:
        """See `ports.Ledger`."""
        rows = [
            {"id": q.id, "delivery": q.delivery, "package_id": q.package_id, "question_json": to_json(q)}
            for q in questions
        ]
        with writing(self.engine, self.name) as connection:
            insert_or_keep(connection, QUESTIONS, rows, unique=("id",))

    def questions(self, *, delivery: str = "", open_only: bool = False) -> Iterator[Question]:
        """See `ports.Ledger`."""
        wanted = select(QUESTIONS.c.question_json).order_by(QUESTIONS.c.number)
        if delivery:
            wanted = wanted.where(QUESTIONS.c.delivery == delivery)
        if open_only:
            wanted = wanted.where(QUESTIONS.c.id.not_in(select(DECISIONS.c.question)))
        for row in self._all(wanted):
            yield from_json(row.question_json, Question)

    def decide(self, decision: Decision) -> None:
        """See `ports.Ledger`."""
        asked = select(QUESTIONS.c.question_json).where(QUESTIONS.c.id == decision.question)
        with writing(self.engine, self.name) as connection:
            stored = connection.execute(asked).scalar_one_or_none()
            if stored is None:
                raise no_such_question(decision.question)
            check_answer(from_json(stored, Question), decision)
            connection.execute(insert(DECISIONS).values(row_of(DECISIONS, decision)))

    def decisions(self, question: str) -> Iterator[Decision]:
        """See `ports.Ledger`."""
        wanted = select(*columns_of(DECISIONS)).where(DECISIONS.c.question == question)
        for row in self._all(wanted.order_by(DECISIONS.c.number)):
            yield Decision(**row._mapping)

    def _all(self, wanted: Select[Any]) -> list[Row[Any]]:
        with reading(self.engine, self.name) as connection:
            return list(connection.execute(wanted).all())

    def _by_position(self, table: Table, wanted: Select[Any], after: int) -> Iterator[Row[Any]]:
        """Page by page, so that others write while the caller works on what it was given."""
        wanted = wanted.order_by(table.c.position).limit(PAGE)
        while page := self._all(wanted.where(table.c.position > after)):
            yield from page
            after = page[-1].position


def _run(connection: Connection, run: int) -> str:
    """The run's delivery. RegisterError where there is no such run."""
    delivery = connection.execute(select(RUNS.c.delivery).where(RUNS.c.id == run)).scalar_one_or_none()
    if delivery is None:
        raise no_such_run(run)
    return str(delivery)


def _planned_row(run: int, position: int, record: PlannedRecord) -> dict[str, object]:
    return {
        "run": run,
        "position": position,
        "package_id": record.description.package_id,
        "row": record.description.row,
        "files": len(record.files),
        "bytes": sum(file.size for file in record.files),
        "record_zlib": pack(record),
    }


def _outcome_row(run: int, ended: Ended) -> dict[str, object]:
    return {
        "run": run,
        "position": ended.position,
        "package_id": ended.outcome.package_id,
        "state": ended.outcome.state.value,
        "outcome_json": to_json(ended.outcome),
    }
