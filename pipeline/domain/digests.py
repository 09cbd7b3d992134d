"""Digests (摘要) and the algorithms we know: the one place that names them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipeline.domain.messages import Invalid, message

CHUNK = 1 << 20
"""Bytes read at a time."""


class Algorithm(StrEnum):
    """Digest algorithms; values are BagIt's manifest suffixes (RFC 8493, 2.4). MD5 and SHA-1 are for old lists only."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"
    SM3 = "sm3"

    @property
    def hex_length(self) -> int:
        """Length of the digest in hexadecimal characters."""
        return _HEX_LENGTHS[self]

    @property
    def premis_name(self) -> str:
        """Name in PREMIS `messageDigestAlgorithm` and METS `CHECKSUMTYPE`."""
        return _PREMIS_NAMES[self]


_HEX_LENGTHS = {
    Algorithm.MD5: 32,
    Algorithm.SHA1: 40,
    Algorithm.SHA256: 64,
    Algorithm.SHA512: 128,
    Algorithm.SM3: 64,
}
_PREMIS_NAMES = {
    Algorithm.MD5: "MD5",
    Algorithm.SHA1: "SHA-1",
    Algorithm.SHA256: "SHA-256",
    Algorithm.SHA512: "SHA-512",
    Algorithm.SM3: "SM3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One digest in lower-case hexadecimal."""

    algorithm: Algorithm
    value: str

    def __post_init__(self) -> None:
        if len(self.value) != self.algorithm.hex_length or set(self.value) - set("0123456789abcdef"):
            raise Invalid(message("no_digest", algorithm=self.algorithm.value, value=self.value[:140]))


class _Hash(Protocol):
    def update(self, data: bytes | memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


class Hasher:
    """Several digests over one stream, each byte seen once.

    Raises ValueError where this Python lacks an algorithm (SM3 needs OpenSSL 1.1.1 or later).
    """

    def __init__(self, algorithms: Iterable[Algorithm] = (Algorithm.SHA256,)) -> None:
        self._hashes: dict[Algorithm, _Hash] = {
            a: hashlib.new(a.value, usedforsecurity=False) for a in sorted(set(algorithms))
        }
        self.size = 0

    def update(self, data: bytes | memoryview) -> None:
        """Takes the next bytes."""
        for each in self._hashes.values():
            each.update(data)
        self.size += len(data)

    def digests(self) -> tuple[Digest, ...]:
        """The digests so far, in the order of the algorithms' names."""
        return tuple(Digest(algorithm=a, value=h.hexdigest()) for a, h in self._hashes.items())

    def value(self, algorithm: Algorithm = Algorithm.SHA256) -> str:
        """One digest as lower-case hexadecimal; KeyError where it was not asked for."""
        return self._hashes[algorithm].hexdigest()

    def contradicted(self, expected: Iterable[Digest]) -> list[Digest]:
        """Those of the expected digests that the stream has not. One value for several algorithms comes from a list
        that does not name its own (64 characters are SHA-256 or SM3): it is enough that one of them agrees."""
        by_value: dict[str, Digest] = {}
        agreed: set[str] = set()
        for digest in expected:
            by_value.setdefault(digest.value, digest)
            if self.value(digest.algorithm) == digest.value:
                agreed.add(digest.value)
        return [digest for value, digest in by_value.items() if value not in agreed]


def sha256_of(data: bytes) -> str:
    """SHA-256 of bytes in memory, in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
