"""When a store does not answer, the records behind are not each made to wait for it."""

import time
from collections.abc import Callable

from pipeline.domain.outcomes import Outcome
from pipeline.errors import StorageUnavailable
from pipeline.routes.ending import failed
from pipeline.routes.ingest_services import IngestServices
from pipeline.routes.record import TakenIn

PAUSE_SECONDS = 60.0
"""How long a store that did not answer is left alone."""


class Breaker:
    """Ends records at once for a while after one has met a store that does not answer. Their work is kept."""

    def __init__(self, pause: float = PAUSE_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._pause, self._now = pause, now
        self._closed_until = float("-inf")
        self._reason = ""

    def guard(self, item: TakenIn, work: Callable[[], Outcome], services: IngestServices) -> Outcome:
        """The outcome of `work`, or the reason why it was not tried."""
        if self._now() < self._closed_until:
            error = StorageUnavailable(self._reason)
            return failed(item.planned, error, batch=item.batch, register=services.register, clock=services.clock)
        outcome = work()
        if outcome.retryable and any(f.code == "storage_failed" for f in outcome.findings):
            self._closed_until = self._now() + self._pause
            self._reason = outcome.error
        return outcome
