"""Stores that betray in one way each: they hold what they were given and give something else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipeline.domain.messages import told_by_program
from pipeline.errors import StorageError, StorageUnavailable
from pipeline.ports import Store


@dataclass
class Spy:
    """A store that reads through another, noting every request as (key, start, length)."""

    inner: Store
    requests: list[tuple[str, int, int | None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """See `Store.name`."""
        return self.inner.name

    @property
    def url(self) -> str:
        """See `Store.url`."""
        return self.inner.url

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        return self.inner.size(key)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        self.requests.append((key, start, length))
        return self._give(key, start, length)

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        yield from self.inner.read(key, start=start, length=length)


@dataclass
class SmallChunks(Spy):
    """Gives its bytes in chunks of an odd size."""

    chunk: int = 7

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        for data in self.inner.read(key, start=start, length=length):
            for at in range(0, len(data), self.chunk):
                yield data[at : at + self.chunk]


@dataclass
class FlipsOnce(Spy):
    """The first reading over byte `offset` gives another byte there; later ones are right."""

    offset: int = 0
    done: bool = False

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        at = start
        for data in self.inner.read(key, start=start, length=length):
            if not self.done and at <= self.offset < at + len(data):
                self.done = True
                data = bytearray(data)
                data[self.offset - at] ^= 1
                data = bytes(data)
            at += len(data)
            yield data


@dataclass
class BadSector(Spy):
    """Every reading that meets byte `offset` breaks off there with an error; `times` says how often."""

    offset: int = 0
    times: int = 1 << 30
    error: Callable[[str], StorageError] = StorageError

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        at = start
        for data in self.inner.read(key, start=start, length=length):
            if self.times and at <= self.offset < at + len(data):
                self.times -= 1
                if data[: self.offset - at]:
                    yield data[: self.offset - at]
                raise self.error(f"{key}: byte {self.offset} cannot be read")
            at += len(data)
            yield data


@dataclass
class EndsEarly(Spy):
    """Every reading stops without an error after `most` bytes."""

    most: int = 1000

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        left = self.most
        for data in self.inner.read(key, start=start, length=length):
            yield data[:left]
            left -= len(data)
            if left <= 0:
                return


@dataclass
class GoesAway(Spy):
    """Answers so many requests and then no more."""

    answers: int = 0

    def _give(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        self.answers -= 1
        if self.answers < 0:
            raise StorageUnavailable(told_by_program(f"{self.name} does not answer"))
        yield from self.inner.read(key, start=start, length=length)
