"""What every store has in common: its settings, its kind, and which keys and ranges it takes."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline.domain.messages import Invalid, Message, message, told_by_system
from pipeline.errors import HouseError, ObjectExists, ObjectMissing, StorageError

if TYPE_CHECKING:  # settings are read by every command, and most ask nothing of a store
    from pipeline.ports import Store

CHUNK = 2**18
"""Bytes in a chunk that `read` gives, at most: it stays in the processor's cache until it is hashed. Measured: larger
ones are copied, or read and hashed, no faster."""

MAX_KEY_BYTES = 1024
"""Longest key in UTF-8 bytes; the limit of S3, held to by all so that a package fits every store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """A store as the settings name it. `place` and `medium` are words for reports.

    `endpoint` to `checksums` are for `s3://`. Empty credentials and region are looked for where AWS programs look
    (environment, `~/.aws`). `ca` is a file of certificates; `addressing` is `path`, `virtual` or `auto`; `checksums`
    says with which digest the server is told to check an upload: `md5` (understood everywhere) or `sha256`.
    Invalid where a value is none of these.
    """

    name: str
    url: str
    place: str = ""
    medium: str = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    ca: str = ""
    addressing: str = "path"
    checksums: str = "md5"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.username is not None or parts.password is not None:
            raise Invalid(message("store_url_credentials", store=self.name))
        if parts.query or parts.fragment:
            raise Invalid(message("store_url_query", store=self.name))
        if self.addressing not in {"path", "virtual", "auto"}:
            raise Invalid(message("store_addressing", store=self.name, value=self.addressing))
        if self.checksums not in {"md5", "sha256"}:
            raise Invalid(message("store_checksums", store=self.name, value=self.checksums))

    @property
    def address(self) -> SplitResult:
        """The URL in its parts, `path` and `netloc` with %XX decoded."""
        parts = urlsplit(self.url)
        return parts._replace(path=unquote(parts.path), netloc=unquote(parts.netloc))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKind:
    """A back end. `open` touches nothing yet; `prepare` makes what a new store needs (folder, bucket) and opens it:
    `when_asked` only, where that is made with somebody else."""

    scheme: str
    open: Callable[[StoreSettings], "Store"]
    prepare: Callable[[StoreSettings], "Store"]
    when_asked: bool = False


def exists(store: str, key: str) -> ObjectExists:
    """The key is taken."""
    return ObjectExists(message("store_holds", store=store, key=key), store=store, key=key)


def missing(store: str, key: str) -> ObjectMissing:
    """There is nothing under the key."""
    return ObjectMissing(message("store_lacks", store=store, key=key), store=store, key=key)


def unreadable_source(source: Path, error: OSError, *, store: str, key: str) -> StorageError:
    """The file to be stored cannot be read."""
    said = message("source_unreadable", path=source, reason=told_by_system(error))
    return StorageError(said, store=store, key=key)


def checked_key(key: str, *, store: str) -> tuple[str, ...]:
    """The parts of a key. Raises StorageError where a key is not one that every store could keep.

    A first part that starts with a dot is refused: those names are the stores' own.
    """
    wrong: Message | None = None
    parts = tuple(key.split("/"))
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in key):
        wrong = message("key_control_characters")
    elif any(ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef" for char in key):
        wrong = message("key_no_characters")  # Ceph 16 answers a listing of them with an error
    elif any(part in {"", ".", ".."} for part in parts):
        wrong = message("key_not_relative")
    elif unicodedata.normalize("NFC", key) != key:
        wrong = message("key_not_nfc")
    elif parts[0].startswith("."):
        wrong = message("key_dot")
    elif len(key.encode()) > MAX_KEY_BYTES:
        wrong = message("key_too_long", most=MAX_KEY_BYTES)
    if wrong is not None:
        raise StorageError(message("key_refused", store=store, key=f"{key!r}", reason=wrong), store=store, key=key)
    return parts


def checked_range(start: int, length: int | None) -> None:
    """Raises HouseError where a range is none."""
    if start < 0 or (length is not None and length < 0):
        raise HouseError(f"not a range of bytes: start {start}, length {length}")
