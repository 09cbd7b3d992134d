"""What the stages ask of the world around: time, progress, workers, a watch over hostile files."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """The time now: aware, UTC, whole seconds."""
        ...


class Watch(Protocol):
    """Told before anything is done to a hostile file, so that whoever guards the process knows what it died of."""

    def begin(self, subject: str, seconds: float) -> None:
        """Work on `subject` begins and may take so many seconds."""
        ...


class Progress(Protocol):
    """Long work tells how far it is."""

    def phase(self, label: str, total: int, unit: str) -> AbstractContextManager[Callable[[int], None]]:
        """A phase of `total` units ("files", "bytes", "records"); the callable advances it. Thread-safe."""
        ...


class Runner(Protocol):
    """Who works the records: workers at one machine, or tasks of a flow."""

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """Results as they come, not in order. `work` does not raise but for our own fault."""
        ...
