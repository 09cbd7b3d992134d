"""Containers that say how long they are: ISO base media (MP4, QuickTime) and RIFF (WAVE, AVI).

Catches a recording cut short without reading it; FFmpeg plays what is there and says nothing.
Sources: ISO/IEC 14496-12, 4.2 (boxes); Microsoft RIFF, 1991. A recorder that was switched off leaves zero or
the largest number as the length; that tells nothing.
"""

import struct
from pathlib import Path

from pipeline.domain.messages import Message, message

_MANY_BOXES = 100_000
_UNKNOWN_LENGTHS = {0, 0xFFFFFFFF}


def shorter_than_declared(path: Path) -> Message | None:
    """Why the file must be shorter than it was, or None."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and len(head) == 12:
        return _riff(struct.unpack("<I", head[4:8])[0], size)
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return _boxes(path, size)
    return None


def _riff(length: int, size: int) -> Message | None:
    if length in _UNKNOWN_LENGTHS or length + 8 <= size + 1:
        return None
    return message("bytes_missing", said=length + 8, found=size)


def _boxes(path: Path, size: int) -> Message | None:
    """Walks the outermost boxes, seeking over their contents."""
    offset, kinds = 0, set()
    with path.open("rb") as file:
        for _ in range(_MANY_BOXES):
            file.seek(offset)
            head = file.read(16)
            if len(head) < 8:
                break
            length, kind = struct.unpack(">I4s", head[:8])
            if length == 1 and len(head) == 16:
                length = struct.unpack(">Q", head[8:16])[0]
            kinds.add(kind)
            if length == 0:
                break
            if length < 8:
                return None if b"moov" in kinds else message("no_box", byte=offset)
            if offset + length > size:
                name = kind.decode("latin-1")
                return message("part_beyond_end", part=name, end=offset + length, size=size)
            offset += length
    return None if b"moov" in kinds or b"moof" in kinds else message("moov_missing")
