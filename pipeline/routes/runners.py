"""Runners: who works the records at one machine. Flows bring their own."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class ThreadRunner:
    """So many records at once, each in a thread; the heavy work is in workers, programs and the kernel."""

    def __init__(self, width: int) -> None:
        self._width = max(1, width)

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results as they come. At most twice the width is waiting, so that a million records cost no memory.

        Interrupted from the keyboard, it does not wait for what is being worked: that may take hours.
        """
        pool = ThreadPoolExecutor(self._width, thread_name_prefix="lantai")
        patient = True
        try:
            running: set[Future[Result]] = set()
            for item in items:
                running.add(pool.submit(work, item))
                if len(running) >= 2 * self._width:
                    yield from self._ready(running)
            while running:
                yield from self._ready(running)
        except KeyboardInterrupt:
            patient = False
            raise
        finally:
            pool.shutdown(wait=patient, cancel_futures=True)

    @staticmethod
    def _ready(running: set[Future[Result]]) -> Iterator[Result]:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        running -= done
        for future in done:
            yield future.result()
