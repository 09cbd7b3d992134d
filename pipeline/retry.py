"""Trying again where the error says that it can help: a few times, each after a longer pause."""

import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import PipelineError

T = TypeVar("T")

ATTEMPTS = 5
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


def retried(call: Callable[[], T], *, sleep: Callable[[float], None] = time.sleep, attempts: int = ATTEMPTS) -> T:
    """What `call` returns, tried up to `attempts` times with pauses of 1, 2, 4 … at most 30 seconds.

    Only an error that calls itself retryable is tried again; the last one is raised.
    """
    for attempt in range(1, attempts):
        try:
            return call()
        except PipelineError as error:
            if not error.retryable:
                raise
        sleep(pause(attempt))
    return call()


def pause(attempt: int) -> float:
    """Seconds to wait after the attempt of that number, from 1 on."""
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)
