from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.domain.outcomes import Outcome, State
from pipeline.errors import PipelineError, RegisterBusy, StorageFull, StorageUnavailable, ToolTimedOut
from pipeline.routes.breaker import Breaker
from pipeline.routes.ending import failed, outcome
from pipeline.routes.record import TakenIn
from pipeline.stages.survey import survey
from tests.makers.deliveries import delivery
from tests.makers.services import Works, opened_works

CODE = "K021-WS·2020·Y-0001"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    with opened_works(tmp_path_factory.mktemp("breaker") / "home") as made:
        yield made


@pytest.fixture
def item(tmp_path: Path, works: Works) -> TakenIn:
    folder = delivery(tmp_path / "d", [{"档号": CODE}], {f"files/{CODE}/001.txt": b"x"})
    (planned,) = survey(folder, profile=works.services.profile).records
    return TakenIn(planned=planned, batch="d", findings=())


class Hand:
    """A watch that is moved by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def ends_with(error: PipelineError, item: TakenIn, works: Works) -> Callable[[], Outcome]:
    register, clock = works.services.register, works.services.clock
    return lambda: failed(item.planned, error, batch="d", register=register, clock=clock)


def test_a_store_that_does_not_answer_is_left_alone_for_a_while(item: TakenIn, works: Works) -> None:
    hand, tried = Hand(), []

    def stores() -> Outcome:
        tried.append(hand.seconds)
        return outcome(item.planned, State.STORED, ())

    breaker = Breaker(60, hand)
    breaker.guard(item, ends_with(StorageUnavailable("nas is not mounted", store="nas"), item, works), works.services)
    ended = breaker.guard(item, stores, works.services)
    assert tried == []
    assert (ended.state, ended.retryable) == (State.FAILED, True)
    assert "nas is not mounted" in ended.error

    hand.seconds = 61
    assert breaker.guard(item, stores, works.services).state is State.STORED
    assert breaker.guard(item, stores, works.services).state is State.STORED
    assert tried == [61, 61]
    works.release(CODE)


@pytest.mark.parametrize(
    "error", [RegisterBusy("another run"), ToolTimedOut("x"), StorageFull("the disk is full")], ids=lambda e: type(e)
)
def test_what_says_nothing_of_the_next_record(item: TakenIn, works: Works, error: PipelineError) -> None:
    breaker = Breaker(60, Hand())
    breaker.guard(item, ends_with(error, item, works), works.services)
    stored = outcome(item.planned, State.STORED, ())
    assert breaker.guard(item, lambda: stored, works.services) is stored
    works.release(CODE)
