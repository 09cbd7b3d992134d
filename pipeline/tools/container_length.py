"""Containers that say how long they are: ISO base media (MP4, QuickTime), RIFF (WAVE, AVI), AIFF and Matroska.

Catches a recording cut short without reading it; FFmpeg plays what is there and says nothing.
Sources: ISO/IEC 14496-12, 4.2 (boxes); Microsoft RIFF, 1991; Apple AIFF 1.3; RFC 8794 (EBML), RFC 9559 (Matroska). A
recorder that was switched off leaves zero or the largest number as the length; that tells nothing.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.domain.messages import Message, message

_MANY_BOXES = 100_000
_UNKNOWN_LENGTHS = {0, 0xFFFFFFFF}
_FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}
_NEEDED_BOXES = {b"ftyp", b"moov", b"mdat", b"moof"}
"""Of these nothing may be missing; what follows them need be no box at all, as cameras and editors add their own."""
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_ODD = 1


def shorter_than_declared(path: Path) -> Message | None:
    """Why the file must be shorter than it was, or None."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and len(head) == 12:
        return _chunk(struct.unpack("<I", head[4:8])[0], size)
    if head[:4] == b"FORM" and head[8:] in {b"AIFF", b"AIFC"}:
        return _chunk(struct.unpack(">I", head[4:8])[0], size)
    if head[4:8] in _FIRST_BOXES:
        return _boxes(path, size)
    if head.startswith(_EBML):
        return _segment_cut(path, size)
    return None


def recordings_in(path: Path) -> int:
    """How many whole recordings stand one behind the other in a Matroska or MP4 file: players show the first."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_EBML):
        return sum(kind == _EBML for kind, _ in _elements(path))
    if head[4:8] in _FIRST_BOXES:
        return sum(kind == b"moov" for kind, _, _ in _walked(path))
    return 1


def _chunk(length: int, size: int) -> Message | None:
    """RIFF and AIFF: one chunk holds all; a last byte that only fills up may be left out."""
    if length in _UNKNOWN_LENGTHS or length + 8 <= size + _ODD:
        return None
    return message("bytes_missing", said=length + 8, found=size)


def _walked(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Kind, offset and length of the outermost boxes, seeking over their contents; length 0 reaches to the end."""
    offset = 0
    with path.open("rb") as file:
        for _ in range(_MANY_BOXES):
            file.seek(offset)
            head = file.read(16)
            if len(head) < 8:
                return
            length, kind = struct.unpack(">I4s", head[:8])
            if length == 1 and len(head) == 16:
                length = struct.unpack(">Q", head[8:16])[0]
            yield kind, offset, length
            if length < 8:
                return
            offset += length


def _boxes(path: Path, size: int) -> Message | None:
    kinds: set[bytes] = set()
    for kind, offset, length in _walked(path):
        behind = b"moov" in kinds and bool(kinds & {b"mdat", b"moof"})
        if 0 < length < 8:
            return None if b"moov" in kinds else message("no_box", byte=offset)
        if offset + length > size and (kind in _NEEDED_BOXES or not behind):
            return message("part_beyond_end", part=kind.decode("latin-1"), end=offset + length, size=size)
        kinds.add(kind)
    return None if b"moov" in kinds or b"moof" in kinds else message("moov_missing")


def _segment_cut(path: Path, size: int) -> Message | None:
    for kind, end in _elements(path):
        if kind == _SEGMENT and end > size:
            return message("bytes_missing", said=end, found=size)
    return None


def _elements(path: Path) -> Iterator[tuple[bytes, int]]:
    """Identifier and end of the outermost elements; ends where a length is unknown, or where no element of Matroska
    follows."""
    offset = 0
    with path.open("rb") as file:
        for _ in range(_MANY_BOXES):
            file.seek(offset)
            kind = file.read(4)
            length = _vint(file)
            if length is None or kind not in {_EBML, _SEGMENT}:
                return
            offset = file.tell() + length
            yield kind, offset


def _vint(file: IO[bytes]) -> int | None:
    """A length of EBML (RFC 8794, 4); None where it is unknown or none."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(first + file.read(more), "big") & (1 << 7 * (more + 1)) - 1
    return None if value == (1 << 7 * (more + 1)) - 1 else value
