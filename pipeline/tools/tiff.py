"""The chain of directories in a TIFF: decoders stop at a broken link and call what is left the whole file.

Source: TIFF 6.0, section 2 (image file directories); BigTIFF as in libtiff.
"""

import struct
from pathlib import Path

_CLASSIC, _BIG = 42, 43
_ENTRY = {_CLASSIC: 12, _BIG: 20}


def broken_chain(path: Path, *, max_directories: int) -> str:
    """Why the chain of pages does not hold together; an empty string where it does."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            return "the header is cut short"
        kind = struct.unpack(order + "H", head[2:4])[0]
        if kind not in _ENTRY or (kind == _BIG and len(head) < 16):
            return ""
        big = kind == _BIG
        offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
        seen: set[int] = set()
        while offset:
            if offset in seen:
                return f"the chain of pages runs in a circle after page {len(seen)}"
            if len(seen) >= max_directories:
                return f"more than {max_directories} pages"
            seen.add(offset)
            file.seek(min(offset, size))
            count = file.read(8 if big else 2)
            entries = struct.unpack(order + ("Q" if big else "H"), count)[0] if len(count) == (8 if big else 2) else 0
            behind = offset + len(count) + entries * _ENTRY[kind]
            file.seek(min(behind, size))
            link = file.read(8 if big else 4)
            if not entries or len(link) < (8 if big else 4):
                return f"page {len(seen)} lies beyond the end of the file"
            offset = struct.unpack(order + ("Q" if big else "I"), link)[0]
    return ""
