"""A store in memory, `memory://name`: for tests and trials. It lasts as long as the process; same name, same store."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.messages import message
from pipeline.errors import ProfileError
from pipeline.ports import Abilities, ObjectInfo
from pipeline.stores.identity import IDENTITY_KEY, identity_of, new_identity
from pipeline.stores.kind import (
    CHUNK,
    StoreKind,
    StoreSettings,
    checked_key,
    checked_range,
    exists,
    missing,
    unreadable_source,
)

_SHELVES: dict[str, dict[str, bytes]] = {}
_TIMES: dict[str, dict[str, datetime]] = {}
_LOCK = threading.Lock()


class MemoryStore:
    """Objects by key in a dictionary that all stores of the same URL share."""

    def __init__(self, settings: StoreSettings) -> None:
        if not settings.address.netloc or settings.address.path not in {"", "/"}:
            raise ProfileError(message("store_url_wrong", store=settings.name, url=settings.url, form="memory://NAME"))
        self._name, self._url = settings.name, settings.url
        with _LOCK:
            self._objects = _SHELVES.setdefault(settings.address.netloc, {})
            self._times = _TIMES.setdefault(settings.address.netloc, {})

    @property
    def name(self) -> str:
        """Short name from the settings."""
        return self._name

    @property
    def url(self) -> str:
        """`memory://name`."""
        return self._url

    @property
    def place(self) -> str:
        """See `Placed.place`."""
        return f"{self._url.rstrip('/')}/"

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`."""
        checked_key(key, store=self._name)
        try:
            data = source.read_bytes()
        except OSError as error:
            raise unreadable_source(source, error, store=self._name, key=key) from error
        self.put_bytes(key, data)

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        checked_key(key, store=self._name)
        with _LOCK:
            if key in self._objects:
                raise exists(self._name, key)
            self._objects[key] = bytes(data)
            self._times[key] = datetime.now(UTC)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`."""
        checked_range(start, length)
        checked_key(key, store=self._name)
        data = self._objects.get(key)
        if data is None:
            raise missing(self._name, key)
        end = len(data) if length is None else min(len(data), start + length)
        for offset in range(start, end, CHUNK):
            yield data[offset : min(end, offset + CHUNK)]

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        checked_key(key, store=self._name)
        data = self._objects.get(key)
        return None if data is None else len(data)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`."""
        with _LOCK:
            found = sorted(key for key in self._objects if key.startswith(prefix) and key != IDENTITY_KEY)
        yield from found

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        checked_key(key, store=self._name)
        with _LOCK:
            return self._info(key) if key in self._objects else None

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        with _LOCK:
            found = [self._info(key) for key in sorted(self._objects) if key.startswith(prefix) and key != IDENTITY_KEY]
        yield from found

    def identity(self) -> str:
        """See `Store.identity`."""
        data = self._objects.get(IDENTITY_KEY)
        return "" if data is None else identity_of(data, store=self._name)

    def identify(self) -> str:
        """See `Store.identify`."""
        with _LOCK:
            self._objects.setdefault(IDENTITY_KEY, new_identity())
        return self.identity()

    def remove(self, key: str, *, version: str = "") -> None:
        """See `Removing.remove`; no versions are kept."""
        checked_key(key, store=self._name)
        with _LOCK:
            if version or self._objects.pop(key, None) is None:
                raise missing(self._name, key)
            self._times.pop(key, None)

    def _info(self, key: str) -> ObjectInfo:
        return ObjectInfo(key=key, size=len(self._objects[key]), modified=self._times[key])

    def probe(self) -> Abilities:
        """See `Store.probe`; nothing need be tried."""
        return Abilities(
            versioning=False,
            object_lock=False,
            checksums=False,
            conditional_writes=True,
            notes=(message("kept_in_memory"),),
        )


STORE = StoreKind(scheme="memory", open=MemoryStore, prepare=MemoryStore)
