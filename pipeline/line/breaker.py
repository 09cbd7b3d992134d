"""When a store does not answer, the records behind are not each made to wait for it."""

import time
from collections.abc import Callable

from pipeline.domain.ledger import Ended
from pipeline.domain.messages import Message
from pipeline.errors import ExitCode, StorageUnavailable

PAUSE_SECONDS = 60.0
"""How long a store that did not answer is left alone."""


class Breaker:
    """Ends records at once for a while after one has met a store that does not answer. Their work is kept."""

    def __init__(self, pause: float = PAUSE_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._pause, self._now = pause, now
        self._closed_until = float("-inf")
        self._reason: Message | None = None

    def error(self) -> StorageUnavailable | None:
        """Why nothing is tried now; None where the stores may be tried."""
        closed = self._now() < self._closed_until
        return StorageUnavailable(self._reason) if closed and self._reason is not None else None

    def saw(self, ended: Ended) -> None:
        """How a record ended that was tried."""
        outcome = ended.outcome
        if outcome.retryable and outcome.exit_code == ExitCode.STORAGE:
            self._closed_until = self._now() + self._pause
            self._reason = outcome.error
