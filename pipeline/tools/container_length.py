"""Containers that say how long they are: ISO base media (MP4, QuickTime) and RIFF (WAVE, AVI).

Catches a recording cut short without reading it; FFmpeg plays what is there and says nothing.
Sources: ISO/IEC 14496-12, 4.2 (boxes); Microsoft RIFF, 1991. A recorder that was switched off leaves zero or
the largest number as the length; that tells nothing.
"""

import struct
from pathlib import Path

_MANY_BOXES = 100_000
_UNKNOWN_LENGTHS = {0, 0xFFFFFFFF}


def shorter_than_declared(path: Path) -> str:
    """Why the file must be shorter than it was, or an empty string."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and len(head) == 12:
        return _riff(struct.unpack("<I", head[4:8])[0], size)
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return _boxes(path, size)
    return ""


def _riff(length: int, size: int) -> str:
    if length in _UNKNOWN_LENGTHS or length + 8 <= size + 1:
        return ""
    return f"it says it is {length + 8} bytes long, there are {size}"


def _boxes(path: Path, size: int) -> str:
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
                return "" if b"moov" in kinds else f"there is no box at byte {offset}"
            if offset + length > size:
                name = kind.decode("latin-1")
                return f"the part {name!r} ends at byte {offset + length}, the file at {size}"
            offset += length
    return "" if b"moov" in kinds or b"moof" in kinds else "the table of contents (moov) is missing"
