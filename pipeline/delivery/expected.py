"""The depositor's digests: found by path, also where the list was made on a system that writes names otherwise."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from pipeline.codecs.checksum_list import parse_checksum_list
from pipeline.delivery.listing import is_below
from pipeline.domain.digests import Digest
from pipeline.domain.findings import Finding, finding


class ExpectedDigests:
    """Digests by path below the delivery, and which of the paths were met."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.findings: list[Finding] = []
        self._by_path: dict[bytes, tuple[Digest, ...]] = {}
        self._unmet: set[bytes] = set()
        self._loose: dict[str, bytes | None] | None = None
        self._moved = (b"", b"")

    def __bool__(self) -> bool:
        return bool(self._by_path)

    def read(self, file: Path, *, prefix: bytes = b"", percent_encoded: bool = False) -> None:
        """Takes in a list; its paths are relative to `prefix`. OSError where it cannot be read; one that is longer than
        `max_bytes` is a finding."""
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as stream:
            data = stream.read(self._max_bytes + 1)
            size = os.fstat(opened).st_size
        if len(data) > self._max_bytes:
            self.findings.append(finding("file_too_large", file.name, size=size, limit=self._max_bytes))
            return
        parsed = parse_checksum_list(data, name=file.name, percent_encoded=percent_encoded)
        self.findings += parsed.findings
        for line in parsed.lines:
            path = prefix + line.path
            self._by_path[path] = (*self._by_path.get(path, ()), line.digest)
            self._unmet.add(path)
        self._loose = None

    def also_from(self, folder: bytes, base: bytes) -> None:
        """A list that lies in `base` may have been made inside `folder`, its paths beginning there."""
        self._moved = (folder + b"/", base + b"/" if base else b"")

    def see(self, path: bytes) -> None:
        """The delivery holds something at `path`."""
        if self._unmet and (key := self._key(path)) is not None:
            self._unmet.discard(key)

    def of(self, path: bytes) -> tuple[Digest, ...]:
        """What the depositor says of a file; empty where nothing is said."""
        key = self._key(path) if self._by_path else None
        return self._by_path[key] if key is not None else ()

    def unmet(self, passed_over: Iterable[bytes] = ()) -> list[bytes]:
        """Paths that the lists name and the delivery lacks, sorted; not those in folders that were passed over."""
        folders = frozenset(passed_over)
        return sorted(path for path in self._unmet if not (folders and is_below(path, folders)))

    def _key(self, path: bytes) -> bytes | None:
        key = self._listed(path)
        inside, base = self._moved
        if key is None and inside and path.startswith(inside):
            key = self._listed(base + path.removeprefix(inside))
        return key

    def _listed(self, path: bytes) -> bytes | None:
        if path in self._by_path:
            return path
        if path.isascii():
            return None
        if self._loose is None:
            self._loose = _by_loose_name(self._by_path)
        return self._loose.get(_loose_name(path))


def _by_loose_name(paths: dict[bytes, tuple[Digest, ...]]) -> dict[str, bytes | None]:
    """None where two paths differ only in what the loose name does not tell apart."""
    loose: dict[str, bytes | None] = {}
    for path in paths:
        name = _loose_name(path)
        loose[name] = None if name in loose else path
    return loose


def _loose_name(path: bytes) -> str:
    """Text in composed form, from UTF-8 or else GB18030: NFD comes from macOS, GB18030 from Windows."""
    return unicodedata.normalize("NFC", decoded(path))


def decoded(path: bytes) -> str:
    """A name as text, reversible to one of the two encodings; bytes that fit neither stand as surrogates."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return path.decode(encoding)
        except UnicodeDecodeError:
            continue
    return path.decode("utf-8", "surrogateescape")
