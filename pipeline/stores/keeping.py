"""A store that keeps chosen pieces of one object while somebody else reads it, so that nothing is read twice."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.ports import Store
from pipeline.stores.wrappers import Wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes `start` up to `end` of the object, which have the SHA-256 `sha256` and are kept in the file `place`."""

    start: int
    end: int
    sha256: str
    place: Path


class KeepingStore(Wrapped):
    """The store `store`; of the object `key`, the pieces that are read are kept in their files.

    Keeping never disturbs the reading: where a file cannot be written, `kept` says that the piece is not there.
    """

    def __init__(self, store: Store, key: str, pieces: Iterable[Piece]) -> None:
        super().__init__(store)
        self._key, self._pieces = key, tuple(pieces)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `ports.Store.read`."""
        chunks = self.inner.read(key, start=start, length=length)
        if key != self._key:
            yield from chunks
            return
        at = start
        for chunk in chunks:
            for piece in self._pieces:
                if piece.start < at + len(chunk) and at < piece.end:
                    _keep(piece, chunk, at)
            at += len(chunk)
            yield chunk

    def kept(self, piece: Piece) -> bool:
        """Whether the piece's file holds exactly its bytes."""
        try:
            with piece.place.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == piece.sha256
        except OSError:
            return False


def _keep(piece: Piece, chunk: bytes, at: int) -> None:
    """Writes what of the chunk belongs to the piece, in its place: a part that is read again replaces the first."""
    first, last = max(piece.start, at), min(piece.end, at + len(chunk))
    try:
        file = os.open(piece.place, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(file, memoryview(chunk)[first - at : last - at], first - piece.start)
        finally:
            os.close(file)
    except OSError:
        return  # told by `kept`
