from pipeline.domain.outcomes import IngestReport, Outcome, State


def test_records_are_counted_by_their_end() -> None:
    ends = (State.STORED, State.HELD, State.STORED)
    outcomes = tuple(
        Outcome(package_id=f"K-{n}", archival_code=f"K-{n}", title="", row=n, state=state)
        for n, state in enumerate(ends, 2)
    )
    report = IngestReport(batch="d", outcomes=outcomes, findings=())
    assert {state: report.count(state) for state in State if report.count(state)} == {State.STORED: 2, State.HELD: 1}
