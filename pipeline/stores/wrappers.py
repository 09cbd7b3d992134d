"""Stores round a store, each with one thing of its own: tried again where that can help, counted for the log."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from pathlib import Path
from typing import TypeVar

from pipeline.errors import StorageError
from pipeline.ports import Abilities, ObjectInfo, Store
from pipeline.retry import ATTEMPTS, pause, retried

T = TypeVar("T")
Sleep = Callable[[float], None]


class Wrapped:
    """Asks the store inside; whoever wraps it changes some of the answers."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        """See `Store.name`."""
        return self.inner.name

    @property
    def url(self) -> str:
        """See `Store.url`."""
        return self.inner.url

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`."""
        self.inner.put(key, source)

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        self.inner.put_bytes(key, data)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        return self.inner.read(key, start=start, length=length)

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        return self.inner.size(key)

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        return self.inner.stat(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        return self.inner.keys(prefix)

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        return self.inner.objects(prefix)

    def identity(self) -> str:
        """See `Store.identity`."""
        return self.inner.identity()

    def identify(self) -> str:
        """See `Store.identify`."""
        return self.inner.identify()

    def probe(self) -> Abilities:
        """See `Store.probe`."""
        return self.inner.probe()


class Retrying(Wrapped):
    """Asks up to `attempts` times, with pauses, where the error says that it can help. A reading or a listing that
    broke off goes on behind what was given. Puts are not tried again: whether the first one arrived, only a look at
    what lies there can say."""

    def __init__(self, inner: Store, *, sleep: Sleep = time.sleep, attempts: int = ATTEMPTS) -> None:
        super().__init__(inner)
        self._sleep, self._attempts = sleep, attempts

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        given = 0

        def rest() -> Iterator[bytes]:
            return self.inner.read(key, start=start + given, length=None if length is None else length - given)

        for chunk in self._going_on(rest):
            given += len(chunk)
            yield chunk

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        return self._retried(lambda: self.inner.size(key))

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        return self._retried(lambda: self.inner.stat(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        given = [""]
        for key in self._going_on(lambda: dropwhile(lambda each: each <= given[0], self.inner.keys(prefix))):
            given[0] = key
            yield key

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        given = [""]
        for info in self._going_on(lambda: dropwhile(lambda each: each.key <= given[0], self.inner.objects(prefix))):
            given[0] = info.key
            yield info

    def identity(self) -> str:
        """See `Store.identity`."""
        return self._retried(self.inner.identity)

    def _retried(self, call: Callable[[], T]) -> T:
        return retried(call, sleep=self._sleep, attempts=self._attempts)

    def _going_on(self, rest: Callable[[], Iterator[T]]) -> Iterator[T]:
        """What `rest` gives, asked anew for what is still to come where it breaks off; as many times in a row."""
        broken = 0
        while True:
            try:
                for item in rest():
                    yield item
                    broken = 0
            except StorageError as error:
                broken += 1
                if not error.retryable or broken >= self._attempts:
                    raise
                self._sleep(pause(broken))
            else:
                return


@dataclass(slots=True)
class Counts:
    """Requests made of a store, by kind, and bytes written and read."""

    puts: int = 0
    reads: int = 0
    looks: int = 0
    listings: int = 0
    bytes_written: int = 0
    bytes_read: int = 0


class Counting(Wrapped):
    """Counts what is asked of the store in `counts`. Threads may share it."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self.counts = Counts()
        self._lock = threading.Lock()

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`."""
        self.inner.put(key, source)
        self._add(puts=1, bytes_written=source.stat().st_size)

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        self.inner.put_bytes(key, data)
        self._add(puts=1, bytes_written=len(data))

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        given = 0
        try:
            for chunk in self.inner.read(key, start=start, length=length):
                given += len(chunk)
                yield chunk
        finally:
            self._add(reads=1, bytes_read=given)

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        self._add(looks=1)
        return self.inner.size(key)

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        self._add(looks=1)
        return self.inner.stat(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        self._add(listings=1)
        return self.inner.keys(prefix)

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        self._add(listings=1)
        return self.inner.objects(prefix)

    def _add(self, **more: int) -> None:
        with self._lock:
            for name, by in more.items():
                setattr(self.counts, name, getattr(self.counts, name) + by)
