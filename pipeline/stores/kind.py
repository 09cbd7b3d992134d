"""What every store has in common: its settings, its kind, and which keys and ranges it takes."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline.errors import HouseError, StorageError
from pipeline.ports import Store

CHUNK = 2**18
"""Bytes in a chunk that `read` gives, at most: it stays in the processor's cache until it is hashed. Measured: larger
ones are copied, or read and hashed, no faster."""

HOLDS = "{store} 中已有 {key} · {store} already holds {key}"
LACKS = "{store} 中没有 {key} · {store} does not hold {key}"

MAX_KEY_BYTES = 1024
"""Longest key in UTF-8 bytes; the limit of S3, held to by all so that a package fits every store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """A store as the settings name it. `place` and `medium` are words for reports.

    `endpoint` to `checksums` are for `s3://`. Empty credentials and region are looked for where AWS programs look
    (environment, `~/.aws`). `ca` is a file of certificates; `addressing` is `path`, `virtual` or `auto`; `checksums`
    says with which digest the server is told to check an upload: `md5` (understood everywhere) or `sha256`.
    ValueError where a value is none of these.
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
            raise ValueError(f"the URL of store {self.name} holds credentials: give them as keys of their own")
        if parts.query or parts.fragment:
            raise ValueError(f"the URL of store {self.name} holds ? or #: write them as %3F and %23")
        if self.addressing not in {"path", "virtual", "auto"}:
            raise ValueError(f"addressing of store {self.name} is path, virtual or auto, not {self.addressing!r}")
        if self.checksums not in {"md5", "sha256"}:
            raise ValueError(f"checksums of store {self.name} is md5 or sha256, not {self.checksums!r}")

    @property
    def address(self) -> SplitResult:
        """The URL in its parts, `path` and `netloc` with %XX decoded."""
        parts = urlsplit(self.url)
        return parts._replace(path=unquote(parts.path), netloc=unquote(parts.netloc))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKind:
    """A back end. `open` touches nothing yet; `prepare` makes what a new store needs (folder, bucket) and opens it."""

    scheme: str
    open: Callable[[StoreSettings], Store]
    prepare: Callable[[StoreSettings], Store]


def checked_key(key: str, *, store: str) -> tuple[str, ...]:
    """The parts of a key. Raises StorageError where a key is not one that every store could keep.

    A first part that starts with a dot is refused: those names are the stores' own.
    """
    wrong = ""
    parts = tuple(key.split("/"))
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in key):
        wrong = "holds control characters or half characters"
    elif any(ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef" for char in key):
        wrong = "holds code points that are no characters"  # Ceph 16 answers a listing of them with an error
    elif any(part in {"", ".", ".."} for part in parts):
        wrong = "is not a relative path without empty parts, . and .."
    elif unicodedata.normalize("NFC", key) != key:
        wrong = "is not in Unicode form NFC"
    elif parts[0].startswith("."):
        wrong = "starts with a dot"
    elif len(key.encode()) > MAX_KEY_BYTES:
        wrong = f"is longer than {MAX_KEY_BYTES} bytes"
    if wrong:
        raise StorageError(
            f"存储 {store} 不接受 {key!r} 这个名称 · {store} does not take the key {key!r}: it {wrong}",
            store=store,
            key=key,
        )
    return parts


def checked_range(start: int, length: int | None) -> None:
    """Raises HouseError where a range is none."""
    if start < 0 or (length is not None and length < 0):
        raise HouseError(f"not a range of bytes: start {start}, length {length}")
