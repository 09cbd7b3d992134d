"""What is asked of a store: a place for objects that keeps its word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from pipeline.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a store really does, as probed: True, False, or None for "could not tell"."""

    versioning: bool | None
    object_lock: bool | None
    checksums: bool | None
    conditional_writes: bool | None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """An object as a store lists it. `modified` is when the store got it, aware, in UTC, by the store's own clock;
    `version` the store's name for these bytes, where it keeps versions; `removed` for a version that says only that
    the object was removed."""

    key: str
    size: int
    modified: datetime
    version: str = ""
    removed: bool = False


class Store(Protocol):
    """A place for objects (长期保存存储). Keys are relative paths with `/`, Unicode NFC.

    Every method raises a `StorageError` and nothing else of its own; `StorageUnavailable` may be tried again.
    """

    @property
    def name(self) -> str:
        """Short name from the settings, used in reports."""
        ...

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        ...

    def put(self, key: str, source: Path) -> None:
        """Keeps the file's bytes under `key`, durable when this returns. The source is not changed or moved (a
        store on the same disk may share its bytes, so the source must not be written to afterwards).
        Raises ObjectExists where the key is taken; nothing half-written is ever seen under `key`."""
        ...

    def put_bytes(self, key: str, data: bytes) -> None:
        """As `put`, for small things."""
        ...

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, in chunks of at most a few MiB. ObjectMissing where there is none.
        Reads what the medium holds, not what was just written, as far as the system lets it."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes of the object, or None where there is none."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys below a prefix, sorted, none half-written."""
        ...

    def stat(self, key: str) -> ObjectInfo | None:
        """What is known of the object without reading it, or None where there is none."""
        ...

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """As `keys`, with all that is known of each. Costs more than `keys` where a size must be asked for."""
        ...

    def identity(self) -> str:
        """Which store this is, wherever it was moved to: the id in its identity object; empty where it has none.
        Nothing is written."""
        ...

    def identify(self) -> str:
        """As `identity`, after giving the store one where it has none."""
        ...

    def probe(self) -> Abilities:
        """Tries what the store can do, with objects of its own that it removes again as far as it can."""
        ...


@runtime_checkable
class Placed(Protocol):
    """A store that can name its place, as far as this machine can tell."""

    @property
    def place(self) -> str:
        """Ends with a slash: two stores of one place are one, and one whose place begins with another's lies in it."""
        ...


@runtime_checkable
class Sharing(Protocol):
    """A store in which an object's bytes may have other names, too (hard links)."""

    def shared(self, key: str) -> str:
        """Names the very bytes: two objects for which it is the same are one, wherever they lie. Empty where the bytes
        have no other name, or there is no such object."""
        ...


@runtime_checkable
class Removing(Protocol):
    """A store that can let go of objects: a capability of its own, which no stage or route has."""

    def remove(self, key: str, *, version: str = "") -> None:
        """The object is gone when this returns. Of a store that keeps versions only the one that is named; where none
        is, the object is hidden and its versions stay. ObjectMissing where there is none."""
        ...


@runtime_checkable
class Versioned(Protocol):
    """A store that may keep what was under a key before."""

    def versions(self, key: str) -> Iterator[ObjectInfo]:
        """All that is kept under the key, newest first; what is there now alone, where versioning is off."""
        ...
