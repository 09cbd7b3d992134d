"""What is asked of a store: a place for objects that keeps its word."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a store really does, as probed: True, False, or None for "could not tell"."""

    versioning: bool | None
    object_lock: bool | None
    checksums: bool | None
    conditional_writes: bool | None
    notes: tuple[Message, ...] = ()


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

    def probe(self) -> Abilities:
        """Tries what the store can do, with objects of its own that it removes again as far as it can."""
        ...
