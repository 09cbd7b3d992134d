from pipeline.domain.outcomes import ENDS, IngestReport, State


def test_a_record_is_under_work_or_has_ended() -> None:
    assert {*ENDS, State.UNDER_WORK, State.CHECKED} == set(State)
    assert State.UNDER_WORK not in ENDS


def test_a_state_that_nothing_came_to_counts_none() -> None:
    report = IngestReport(run=1, batch="d", counts={State.STORED: 2}, findings=())
    assert (report.count(State.STORED), report.count(State.HELD)) == (2, 0)
