"""A stored tar read as a stream, cut where the index says: headers, bytes, padding, trailer.

No byte of the stream is interpreted, so a damaged or hostile tar cannot lead anywhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.digests import Hasher
from pipeline.domain.packages import Member


class Part(StrEnum):
    """What the bytes are."""

    HEADER = "header"
    DATA = "data"
    PADDING = "padding"
    TRAILER = "trailer"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the tar: bytes `start` up to `end`; `member` is None for the trailer."""

    part: Part
    member: Member | None
    start: int
    end: int

    @property
    def path(self) -> str:
        """The member's path; empty for the trailer."""
        return self.member.path if self.member else ""


def stretches(members: Iterable[Member], *, tar_size: int | None = None) -> Iterator[Stretch]:
    """All parts of neighbouring members in order, empty ones left out; the trailer too where `tar_size` is given."""
    end = 0
    for member in members:
        data_end = member.data_offset + member.size
        end = member.end
        yield Stretch(Part.HEADER, member, member.header_offset, member.data_offset)
        yield Stretch(Part.DATA, member, member.data_offset, data_end)
        if end > data_end:
            yield Stretch(Part.PADDING, member, data_end, end)
    if tar_size is not None:
        yield Stretch(Part.TRAILER, None, end, tar_size)


def cut(chunks: Iterable[bytes], parts: Iterable[Stretch]) -> Iterator[tuple[Stretch, memoryview, bool]]:
    """Pieces of each part in order, with True on its last one; an empty part has one empty piece.

    Where the stream ends early, so does this, in the middle of a part. Bytes behind the last part are left in the
    stream.
    """
    incoming = iter(chunks)
    rest = memoryview(b"")
    for part in parts:
        left = part.end - part.start
        while left > len(rest):
            if rest:
                yield part, rest, False
                left -= len(rest)
            chunk = next(incoming, None)
            if chunk is None:
                return
            rest = memoryview(chunk)
        yield part, rest[:left], True
        rest = rest[left:]


class PartCheck:
    """Compares one part with what the index says of it, piece by piece."""

    def __init__(self, part: Stretch) -> None:
        self._part = part
        self._hasher = Hasher() if part.part in {Part.HEADER, Part.DATA} else None
        self._zero = True
        self._length = 0

    def update(self, piece: memoryview) -> None:
        """Takes the next bytes."""
        self._length += len(piece)
        if self._hasher is not None:
            self._hasher.update(piece)
        elif self._zero:
            self._zero = piece == bytes(len(piece))

    @property
    def expected(self) -> str:
        """What the part must be: a SHA-256, or `zeros`."""
        member = self._part.member
        if member is None or self._hasher is None:
            return "zeros"
        return member.header_sha256 if self._part.part is Part.HEADER else member.sha256

    @property
    def found(self) -> str:
        """What it is, in the same terms; says so where bytes are lacking."""
        if self._length != self._part.end - self._part.start:
            return f"{self._length} bytes only"
        if self._hasher is not None:
            return self._hasher.value()
        return "zeros" if self._zero else "other bytes than zeros"
