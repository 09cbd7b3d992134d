import pytest

from pipeline.domain.ledger import Ended
from pipeline.domain.messages import told_by_program
from pipeline.domain.outcomes import Outcome, State
from pipeline.errors import Busy, PipelineError, StorageFull, StorageUnavailable, ToolTimedOut
from pipeline.line.breaker import Breaker


class Hand:
    """A watch that is moved by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def ended(error: PipelineError | None = None) -> Ended:
    return Ended(
        position=0,
        outcome=Outcome(
            package_id="K021-WS·2020·Y-0001",
            archival_code="K021-WS·2020·Y-0001",
            title="",
            row=2,
            state=State.FAILED if error else State.STORED,
            exit_code=int(error.exit_code) if error else 0,
            error=str(error or ""),
            retryable=bool(error and error.retryable),
        ),
    )


def test_a_store_that_does_not_answer_is_left_alone_for_a_while() -> None:
    hand = Hand()
    breaker = Breaker(60, hand)
    assert breaker.error() is None

    breaker.saw(ended(StorageUnavailable(told_by_program("nas is not mounted"), store="nas")))
    error = breaker.error()
    assert error is not None and error.retryable and "nas is not mounted" in str(error)

    hand.seconds = 61
    assert breaker.error() is None
    breaker.saw(ended())
    assert breaker.error() is None


@pytest.mark.parametrize(
    "error",
    [Busy(told_by_program("another run")), ToolTimedOut(told_by_program("x")), StorageFull(told_by_program("full"))],
    ids=lambda e: type(e),
)
def test_what_says_nothing_of_the_next_record(error: PipelineError) -> None:
    breaker = Breaker(60, Hand())
    breaker.saw(ended(error))
    assert breaker.error() is None
