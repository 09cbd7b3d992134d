"""The runner on a real Prefect server, with work that fails as tools and stores do."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import TaskRun
from prefect.runtime import flow_run

from flows.runner import PrefectRunner
from pipeline.domain.ledger import Delivery, Ended
from pipeline.domain.messages import Message, message, told_by_program
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import Outcome, State
from pipeline.errors import HouseError

pytestmark = pytest.mark.usefixtures("prefect")

AWAY = told_by_program("store main does not answer")
FULL = told_by_program("no room in store main")


def order_of(number: int) -> WorkOrder:
    code = f"K021-ZP·2020·D30-{number:03d}"
    return WorkOrder(
        run=1,
        delivery=Delivery(name="d", folder="/d"),
        position=number,
        package_id=code,
        archival_code=code,
        phase="take in",
    )


def ended(order: WorkOrder, *, error: Message | None = None, retryable: bool = False) -> Ended:
    outcome = Outcome(
        package_id=order.package_id,
        archival_code=order.archival_code,
        title="照片",
        row=order.position,
        state=State.STORED if error is None else State.FAILED,
        error=error,
        exit_code=0 if error is None else 6,
        retryable=retryable,
    )
    return Ended(position=order.position, outcome=outcome)


def run(
    runner: PrefectRunner, work: Callable[[WorkOrder], Ended], orders: Iterable[WorkOrder]
) -> tuple[list[Outcome], list[TaskRun]]:
    """The outcomes as they came, and the task runs that the server knows."""

    @flow(persist_result=False)
    def line() -> tuple[UUID, list[Outcome]]:
        return UUID(str(flow_run.get_id())), [end.outcome for end in runner.map(work, orders)]

    number, outcomes = line()
    return outcomes, task_runs(number, len(outcomes))


def task_runs(flow_run_id: UUID, count: int) -> list[TaskRun]:
    """The server learns of task runs from events, a moment later."""
    deadline = time.monotonic() + 120
    with get_client(sync_client=True) as client:
        while True:
            runs = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run_id])))
            if len(runs) == count and all(r.state and r.state.is_final() for r in runs):
                return runs
            assert time.monotonic() < deadline, runs
            time.sleep(0.2)


def test_one_task_for_each_record_named_by_its_code() -> None:
    records = [order_of(n) for n in range(1, 8)]

    outcomes, runs = run(PrefectRunner(2), ended, records)

    assert {o.row for o in outcomes} == set(range(1, 8))
    assert {r.name for r in runs} == {f"K021-ZP·2020·D30-{n:03d} take in" for n in range(1, 8)}
    assert {r.state.type.value for r in runs if r.state} == {"COMPLETED"}
    assert all(set(r.task_inputs) == {"item", "label"} for r in runs)


def test_as_many_at_once_as_there_are_lanes_and_results_as_they_come() -> None:
    lock, now, most = threading.Lock(), 0, 0
    slow_may_end = threading.Event()

    def work(order: WorkOrder) -> Ended:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if order.position == 1:
            assert slow_may_end.wait(60)
        else:
            time.sleep(0.05)
        if order.position == 6:
            slow_may_end.set()
        with lock:
            now -= 1
        return ended(order)

    outcomes, _ = run(PrefectRunner(2), work, [order_of(n) for n in range(1, 9)])

    assert most == 2
    assert outcomes[0].row == 2
    assert outcomes[1].row != 1
    assert {o.row for o in outcomes} == set(range(1, 9))


def test_a_store_that_comes_back_is_tried_again() -> None:
    tries: Counter[int] = Counter()

    def work(order: WorkOrder) -> Ended:
        row = order.position
        tries[row] += 1
        return ended(order, error=AWAY if row == 2 and tries[row] < 3 else None, retryable=True)

    outcomes, runs = run(PrefectRunner(2, pauses=(0.1, 0.2, 0.4)), work, [order_of(n) for n in (1, 2, 3)])

    assert tries == {1: 1, 2: 3, 3: 1}
    assert {o.state for o in outcomes} == {State.STORED}
    assert {r.name.split()[0][-3:]: r.run_count for r in runs} == {"001": 1, "002": 3, "003": 1}


def test_what_trying_again_cannot_mend_is_tried_once() -> None:
    tries: Counter[int] = Counter()

    def work(order: WorkOrder) -> Ended:
        tries[order.position] += 1
        return ended(order, error=FULL)

    outcomes, runs = run(PrefectRunner(2, pauses=(0.1, 0.2)), work, [order_of(1), order_of(2)])

    assert tries == {1: 1, 2: 1}
    assert [o.error for o in outcomes] == [FULL] * 2
    assert {r.state.type.value for r in runs if r.state} == {"FAILED"}
    assert all("no room in store main" in (r.state.message or "") for r in runs if r.state)


def test_given_up_once_the_rest_is_not_waited_for_until_one_succeeds() -> None:
    tries: Counter[int] = Counter()

    def work(order: WorkOrder) -> Ended:
        row = order.position
        tries[row] += 1
        return ended(order, error=AWAY if row in {1, 2, 3, 5} else None, retryable=True)

    outcomes, _ = run(PrefectRunner(1, pauses=(0.1, 0.1)), work, [order_of(n) for n in range(1, 7)])

    assert [o.row for o in outcomes] == [1, 2, 3, 4, 5, 6]
    assert tries[1] == 3
    assert tries[3] == 1, "the store was known to be away"
    assert tries[5] == 3, "the store had answered again for record 4"


def test_our_own_fault_is_raised() -> None:
    def work(order: WorkOrder) -> Ended:
        raise ZeroDivisionError(f"a bug on {order.archival_code}")

    with pytest.raises(ZeroDivisionError, match="a bug on K021"):
        run(PrefectRunner(2, pauses=(0.1,)), work, [order_of(1)])


def test_a_house_error_is_raised_too() -> None:
    def work(order: WorkOrder) -> Ended:
        raise HouseError("two threads in one worker")

    with pytest.raises(HouseError, match="two threads"):
        run(PrefectRunner(2, pauses=(0.1,)), work, [order_of(1), order_of(2), order_of(3)])


def test_no_personal_number_reaches_the_server() -> None:
    number = "11010519491231002X"

    def work(order: WorkOrder) -> Ended:
        return ended(order, error=message("file_unreadable", path=f"{number}.jpg", reason=told_by_program("EIO")))

    outcomes, runs = run(PrefectRunner(1, pauses=()), work, [order_of(1)])

    assert number in str(outcomes[0].error)
    assert any("***" in r.model_dump_json() for r in runs), "the server was told of the file"
    assert all(number not in r.model_dump_json() for r in runs)
