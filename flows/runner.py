"""A runner that makes a Prefect task of every record or copy, so that each is seen, timed and tried again.

Prefect is given a number and a name, never the value: what is worked on stays in this process, and nothing of it
reaches Prefect's database.
"""

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Any, Generic, TypeVar
from uuid import UUID

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from pipeline.domain.outcomes import Outcome
from pipeline.domain.outcomes import State as End
from pipeline.domain.personal import mask
from pipeline.domain.records import PlannedRecord
from pipeline.errors import HouseError
from pipeline.routes.audit import CopyToRead
from pipeline.routes.record import TakenIn

Item = TypeVar("Item")
Result = TypeVar("Result")

PAUSES = (90.0, 300.0, 900.0)
"""Seconds before each further try: longer than the route leaves a store alone that did not answer."""


class RecordFailed(Exception):
    """Tells Prefect that a tool or a store failed on this record: the task is shown as failed, or tried again."""

    def __init__(self, outcome: Outcome, attempt: int) -> None:
        super().__init__(mask(outcome.error))
        self.outcome, self.attempt = outcome, attempt


class _Exchange(Generic[Item, Result]):
    """What lies in this process: the items under work, by number, and their results.

    Once a record was given up, no other is waited for until one succeeds: a store that stays away must not cost
    every record of a county the minutes of `pauses`.
    """

    def __init__(self, work: Callable[[Item], Result], pauses: tuple[float, ...]) -> None:
        self._work = work
        self._pauses = pauses
        self._hopeless = False
        self._items: dict[int, Item] = {}
        self._attempts: dict[int, int] = {}
        self._results: dict[int, Result] = {}

    def lay(self, number: int, item: Item) -> None:
        """An item to be worked."""
        self._items[number], self._attempts[number] = item, 0

    def attempt(self, number: int) -> None:
        """Works one item. RecordFailed where its outcome is a failed tool or store."""
        self._results.pop(number, None)
        self._attempts[number] += 1
        result = self._results[number] = self._work(self._items[number])
        if isinstance(result, Outcome) and result.state is End.FAILED:
            raise RecordFailed(result, self._attempts[number])
        self._hopeless = False

    def again(self, fault: object) -> bool:
        """Whether an attempt that ended so is followed by another."""
        if not isinstance(fault, RecordFailed) or not fault.outcome.retryable:
            return False
        self._hopeless = self._hopeless or fault.attempt > len(self._pauses)
        return not self._hopeless

    def take(self, number: int, future: PrefectFuture[None]) -> Result:
        """The result of a finished task, failed or not; raises what was our own fault."""
        del self._items[number], self._attempts[number]
        future.wait()
        if number not in self._results:
            future.result()
            raise HouseError("a task ended without a result")
        return self._results.pop(number)


class PrefectRunner:
    """So many records at once, each a task in a thread; see `ports.Runner`. Used in the thread of a flow.

    A record is tried again, after each of `pauses` (seconds), where its error says that this can help.
    """

    def __init__(self, width: int, *, pauses: tuple[float, ...] | None = None) -> None:
        self._width = max(1, width)
        self._pauses = PAUSES if pauses is None else pauses

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results as they come. At most twice the width is waiting, so that a million records cost no memory."""
        exchange = _Exchange(work, self._pauses)
        done: SimpleQueue[PrefectFuture[None]] = SimpleQueue()
        numbers: dict[UUID, int] = {}

        def take() -> Result:
            future = done.get()
            return exchange.take(numbers.pop(future.task_run_id), future)

        with ThreadPoolTaskRunner[None](max_workers=self._width) as pool:
            task = self._task(exchange)
            for number, item in enumerate(items):
                exchange.lay(number, item)
                future = pool.submit(task, {"number": number, "label": label(item)})
                numbers[future.task_run_id] = number
                future.add_done_callback(done.put)
                if len(numbers) >= 2 * self._width:
                    yield take()
            while numbers:
                yield take()

    def _task(self, exchange: _Exchange[Any, Any]) -> Task[[int, str], None]:
        def one(number: int, label: str) -> None:
            exchange.attempt(number)

        def again(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
            return exchange.again(state.data)

        return Task(
            fn=one,
            name="record",
            task_run_name="{label}",
            # One more than there are pauses: `again` ends it, and a store that is away leaves no stack trace.
            retries=len(self._pauses) + 1,
            retry_delay_seconds=list(self._pauses) or 0,
            retry_condition_fn=again,
            cache_policy=NO_CACHE,
            persist_result=False,
        )


def label(item: object) -> str:
    """What the task of an item is called: archival code first, then what is done."""
    match item:
        case PlannedRecord(description=description):
            name = f"{description.archival_code} take in"
        case TakenIn(planned=planned):
            name = f"{planned.description.archival_code} finish"
        case CopyToRead(index=index, store=store):
            name = f"{index.archival_code} read in {store}"
        case _:
            name = type(item).__name__
    return mask(name)
