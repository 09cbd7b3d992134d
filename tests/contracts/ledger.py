"""What every ledger promises. A test class inherits this and gives `ledger`."""

from collections.abc import Iterator
from threading import Thread

import pytest

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.findings import finding
from pipeline.domain.ledger import Decision, Delivery, Ended, Planned, Question, Surveyed
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName
from pipeline.domain.outcomes import Outcome, State
from pipeline.domain.records import Description, PlannedRecord, SourceFile, elements
from pipeline.errors import RegisterError, UsageError
from pipeline.ports import Ledger

AT = "2026-01-01T08:00:00+00:00"
LATER = "2026-01-02T08:00:00+00:00"
DELIVERY = Delivery(name="2024-文书", folder="/delivered/2024-文书", profile="county", rules="r" * 64)


def a_plan(number: int, *, package_id: str = "", files: int = 2) -> PlannedRecord:
    """A planned record with names that are no UTF-8, digests, and a finding with a reason in it."""
    code = package_id or f"K021-WS·2024·Y-{number:04d}"
    names = [f"{page:03d}-".encode() + b"\xb5\xf6.tif" for page in range(files)]
    return PlannedRecord(
        description=Description(
            archival_code=code,
            package_id=code,
            fonds="K021",
            category="WS",
            elements=elements(title="𠮷家村“会议”记录\n第二行", page_count=str(files)),
            row=number + 2,
            extra=(("备注", "无"),),
        ),
        files=tuple(
            SourceFile(
                where=name.hex(),
                original=OriginalName.of(name),
                size=2**33,
                mtime_ns=1_700_000_000_123_456_789,
                ctime_ns=1,
                inode=2**63,
                expected=(Digest(algorithm=Algorithm.SHA256, value="a" * 64),),
            )
            for name in names
        ),
        findings=(finding("page_gap", "002.tif", record=code, row=7, reason=message("tool_said", words="坏")),),
    )


def an_end(number: int, state: State = State.STORED) -> Ended:
    """How the record at that position ended."""
    planned = a_plan(number)
    failed = state is State.FAILED
    return Ended(
        position=number,
        outcome=Outcome(
            package_id=planned.description.package_id,
            archival_code=planned.description.archival_code,
            title=planned.description.title,
            row=planned.description.row,
            state=state,
            findings=planned.findings,
            files=2,
            bytes=2**34,
            exit_code=6 if failed else 0,
            error=message("workspace_full", folder="/工作区", needed=2**31, free=2**30) if failed else None,
            retryable=failed,
        ),
    )


def a_question(code: str = "page_gap", *, package_id: str = "A-1", subject: str = "002.tif") -> Question:
    """Something only a person can decide."""
    return Question(
        delivery=DELIVERY.id,
        package_id=package_id,
        finding=finding(code, subject, record=package_id, row=7, missing=3),
        options=("take_as_is", "give_back"),
        asked_at=AT,
    )


class LedgerContract:
    """One test per promise."""

    def test_empty(self, ledger: Ledger) -> None:
        assert not [*ledger.deliveries(), *ledger.runs(), *ledger.runs("d"), *ledger.planned(1), *ledger.outcomes(1)]
        assert not [*ledger.outcomes_of("A"), *ledger.questions(), *ledger.decisions("q")]
        assert ledger.surveyed(1) is None
        assert ledger.counts(1) == dict.fromkeys(State, 0)

    def test_a_delivery_that_comes_again_is_the_same(self, ledger: Ledger) -> None:
        first = ledger.begin_run(DELIVERY, at=AT, program="0.2.0")
        ledger.end_run(first.id, at=LATER, exit_code=8)
        other = ledger.begin_run(Delivery(name="2024-文书", folder="/other"), at=LATER, program="0.2.0")
        again = ledger.begin_run(
            Delivery(name=DELIVERY.name, folder=DELIVERY.folder, profile="city", rules="s"), at=LATER, program="0.3.0"
        )
        assert first.id < other.id < again.id
        assert [(d.folder, d.first_seen, d.profile, d.rules) for d in ledger.deliveries()] == [
            (DELIVERY.folder, AT, "city", "s"),
            ("/other", LATER, "", ""),
        ]
        assert [(r.id, r.started_at, r.ended_at, r.exit_code, r.program) for r in ledger.runs(DELIVERY.id)] == [
            (first.id, AT, LATER, 8, "0.2.0"),
            (again.id, LATER, "", None, "0.3.0"),
        ]
        assert [r.id for r in ledger.runs()] == [first.id, other.id, again.id]

    def test_a_plan_comes_back_as_it_was(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        plans = [a_plan(number) for number in range(7)]
        ledger.add_planned(run, iter(plans[:3]))
        ledger.add_planned(run, iter(plans[3:]))
        assert ledger.surveyed(run) is None, "the plan is not whole yet"
        findings, ignored = (finding("files_without_row", "x", reason=message("a", b="c")),), (".DS_Store",)
        ended = ledger.end_survey(run, catalogue="目录.xlsx", findings=findings, ignored=ignored)
        assert ended == ledger.surveyed(run)
        assert ended == Surveyed(
            catalogue="目录.xlsx", records=7, files=14, bytes=14 * 2**33, findings=findings, ignored=ignored
        )
        planned = [Planned(position=number, record=plan) for number, plan in enumerate(plans)]
        assert list(ledger.planned(run)) == planned
        assert list(ledger.planned(run, after=4)) == planned[5:]
        assert [ledger.planned_at(run, number) for number in range(7)] == plans
        assert ledger.planned_at(run, 7) is None
        assert ledger.planned_at(run + 1, 0) is None

    def test_two_rows_of_one_code_are_both_planned(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        ledger.add_planned(run, [a_plan(0, package_id="A"), a_plan(1, package_id="B"), a_plan(2, package_id="A")])
        assert [p.record.description.package_id for p in ledger.planned(run)] == ["A", "B", "A"]

    def test_a_whole_plan_takes_the_place_of_the_delivery_s_earlier_ones(self, ledger: Ledger) -> None:
        elsewhere = ledger.begin_run(Delivery(name="other", folder="/other"), at=AT, program="0.2.0").id
        first = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        for run in (elsewhere, first):
            ledger.add_planned(run, [a_plan(0), a_plan(1)])
            ledger.end_survey(run, catalogue="", findings=(), ignored=())
            ledger.add_outcomes(run, [an_end(0)])
        second = ledger.begin_run(DELIVERY, at=LATER, program="0.2.0").id
        ledger.add_planned(second, [a_plan(5)])
        assert len(list(ledger.planned(first))) == 2, "the new plan is not whole yet"
        ledger.end_survey(second, catalogue="", findings=(), ignored=())
        assert list(ledger.planned(first)) == []
        assert list(ledger.outcomes(first)) == [an_end(0)], "what was done is never lost"
        assert len(list(ledger.planned(elsewhere))) == 2
        assert [p.record for p in ledger.planned(second)] == [a_plan(5)]

    def test_an_empty_delivery(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        ledger.add_planned(run, [])
        ledger.end_survey(run, catalogue="", findings=(), ignored=())
        ledger.add_outcomes(run, [])
        assert ledger.surveyed(run) == Surveyed(catalogue="", records=0, files=0, bytes=0)
        assert list(ledger.planned(run)) == []

    def test_a_survey_that_breaks_off_leaves_no_whole_plan(self, ledger: Ledger) -> None:
        def records() -> Iterator[PlannedRecord]:
            yield a_plan(0)
            raise OSError("the disk was pulled out")

        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        with pytest.raises(OSError, match="pulled"):
            ledger.add_planned(run, records())
        assert ledger.surveyed(run) is None

    def test_outcomes(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        states = (*State, State.HELD)
        ends = [an_end(number, state) for number, state in enumerate(states)]
        ledger.add_outcomes(run, [ends[3]])
        ledger.add_outcomes(run, [*ends[:3], *ends[4:]])
        assert list(ledger.outcomes(run)) == ends
        held = [end for end, state in zip(ends, states, strict=True) if state is State.HELD]
        assert list(ledger.outcomes(run, state=State.HELD)) == held
        assert len(held) == 2
        assert ledger.counts(run) == {**dict.fromkeys(State, 1), State.HELD: 2}
        ledger.add_outcomes(run, [an_end(0, State.FAILED)])
        assert list(ledger.outcomes(run)) == [an_end(0, State.FAILED), *ends[1:]]

    def test_what_became_of_a_record_over_the_years(self, ledger: Ledger) -> None:
        runs = []
        for at, state in ((AT, State.HELD), (LATER, State.STORED), (LATER, State.UNCHANGED)):
            run = ledger.begin_run(DELIVERY, at=at, program="0.2.0")
            ledger.add_outcomes(run.id, [an_end(0, state), an_end(1)])
            ledger.end_run(run.id, at=at, exit_code=0)
            runs.append(run.id)
        told = list(ledger.outcomes_of(a_plan(0).description.package_id))
        assert [(run.id, run.exit_code, end.state) for run, end in told] == [
            (runs[0], 0, State.HELD),
            (runs[1], 0, State.STORED),
            (runs[2], 0, State.UNCHANGED),
        ]
        assert told[0][1].findings == a_plan(0).findings

    def test_nothing_is_noted_of_a_run_that_is_not_there(self, ledger: Ledger) -> None:
        with pytest.raises(RegisterError):
            ledger.add_planned(9, [a_plan(0)])
        with pytest.raises(RegisterError):
            ledger.end_survey(9, catalogue="", findings=(), ignored=())
        with pytest.raises(RegisterError):
            ledger.add_outcomes(9, [an_end(0)])
        with pytest.raises(RegisterError):
            ledger.end_run(9, at=AT, exit_code=0)

    def test_questions_and_decisions(self, ledger: Ledger) -> None:
        first, second = a_question(), a_question(subject="003.tif")
        elsewhere = Question(
            delivery="other", package_id="A-1", finding=first.finding, options=("yes",), asked_at=LATER
        )
        ledger.ask([first, second])
        ledger.ask([elsewhere, first])
        assert list(ledger.questions()) == [first, second, elsewhere]
        assert list(ledger.questions(delivery=DELIVERY.id)) == [first, second]
        decided = Decision(question=first.id, answer="give_back", by="王科长", at=LATER, reason="缺页")
        ledger.decide(decided)
        ledger.ask([first])
        assert list(ledger.questions(open_only=True)) == [second, elsewhere]
        assert list(ledger.questions(delivery=DELIVERY.id, open_only=True)) == [second]
        changed = Decision(question=first.id, answer="take_as_is", by="王科长", at=LATER)
        ledger.decide(changed)
        assert list(ledger.decisions(first.id)) == [decided, changed], "both are kept, the last one counts"
        assert list(ledger.decisions(second.id)) == []

    def test_what_may_not_be_answered(self, ledger: Ledger) -> None:
        ledger.ask([a_question()])
        with pytest.raises(UsageError):
            ledger.decide(Decision(question=a_question().id, answer="burn_it", by="x", at=AT))
        with pytest.raises(RegisterError):
            ledger.decide(Decision(question="0" * 16, answer="give_back", by="x", at=AT))
        assert list(ledger.decisions(a_question().id)) == []

    def test_reading_while_noting(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id
        ledger.add_planned(run, (a_plan(number) for number in range(5)))
        for planned in ledger.planned(run):
            ledger.add_outcomes(run, [an_end(planned.position)])
        assert ledger.counts(run)[State.STORED] == 5

    def test_threads_may_share_it(self, ledger: Ledger) -> None:
        run = ledger.begin_run(DELIVERY, at=AT, program="0.2.0").id

        def work(thread: int) -> None:
            for number in range(10):
                ledger.add_outcomes(run, [an_end(thread * 10 + number)])
                ledger.ask([a_question(package_id=f"P-{number}")])

        threads = [Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [e.position for e in ledger.outcomes(run)] == list(range(40))
        assert len(list(ledger.questions())) == 10, "asked by all four, each is one question"
