"""A runner that makes a Prefect task of every record or copy, so that each is seen, timed and tried again.

A task is given what it works on as a value that can be sent (a work order, not a record's files or facts), in Prefect's
quotes: Prefect does not look into it, and nothing of it but its name reaches Prefect's database.
"""

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task
from prefect.utilities.annotations import quote

from pipeline.domain.ledger import Ended
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import State as End
from pipeline.domain.personal import mask
from pipeline.line.table import LINE
from pipeline.routes.audit import CopyToRead
from pipeline.texts import all_texts

Item = TypeVar("Item")
Result = TypeVar("Result")

PAUSES = (90.0, 300.0, 900.0)
"""Seconds before each further try: longer than the route leaves a store alone that did not answer."""


class RecordFailed(Exception):
    """Tells Prefect that a tool or a store failed on this record: the task is shown as failed, or tried again."""

    def __init__(self, ended: Ended) -> None:
        said = ended.outcome.error
        super().__init__("" if said is None else all_texts().say(said, "en"))
        self.ended = ended


class _Patience:
    """Whether a failed record is tried again.

    Once a record was given up, no other is waited for until one succeeds: a store that stays away must not cost
    every record of a county the minutes of `pauses`.
    """

    def __init__(self, pauses: tuple[float, ...]) -> None:
        self._pauses = pauses
        self._hopeless = False

    def succeeded(self) -> None:
        """Some record came through."""
        self._hopeless = False

    def again(self, fault: object, attempt: int) -> bool:
        """Whether the attempt of that number, from 1, which ended so, is followed by another."""
        if not isinstance(fault, RecordFailed) or not fault.ended.outcome.retryable:
            return False
        self._hopeless = self._hopeless or attempt > len(self._pauses)
        return not self._hopeless


class PrefectRunner:
    """So many records at once, each a task in a thread; see `ports.Runner`. Used in the thread of a flow.

    A record is tried again, after each of `pauses` (seconds), where its error says that this can help.
    """

    def __init__(self, width: int, *, pauses: tuple[float, ...] | None = None) -> None:
        self._width = max(1, width)
        self._pauses = PAUSES if pauses is None else pauses

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results as they come. At most twice the width is waiting, so that a million records cost no memory."""
        done: SimpleQueue[PrefectFuture[Result]] = SimpleQueue()
        waiting = 0
        with ThreadPoolTaskRunner[Result](max_workers=self._width) as pool:
            task = self._task(work)
            for item in items:
                pool.submit(task, {"item": quote(item), "label": label(item)}).add_done_callback(done.put)
                waiting += 1
                if waiting >= 2 * self._width:
                    yield _result(done.get())
                    waiting -= 1
            for _ in range(waiting):
                yield _result(done.get())

    def _task(self, work: Callable[[Item], Result]) -> Task[[Item, str], Result]:
        patience = _Patience(self._pauses)

        def one(item: Item, label: str) -> Result:
            result = work(item)
            if isinstance(result, Ended) and result.outcome.state is End.FAILED:
                raise RecordFailed(result)
            patience.succeeded()
            return result

        def again(_task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
            return patience.again(state.data, run.run_count)

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


def _result(future: PrefectFuture[Result]) -> Result:
    """What the task returned, or how its record failed; raises what was our own fault."""
    result: object = future.result(raise_on_failure=False)
    if isinstance(result, RecordFailed):
        result = result.ended
    elif isinstance(result, BaseException):
        raise result
    return cast("Result", result)


def label(item: object) -> str:
    """What the task of an item is called: archival code first, then what is done."""
    match item:
        case WorkOrder(archival_code=code, phase=phase):
            name = f"{code} {LINE.leg(phase).name}"
        case CopyToRead(index=index, store=store):
            name = f"{index.archival_code} read in {store}"
        case _:
            name = type(item).__name__
    return mask(name)
