"""The chain of directories in a TIFF: decoders stop at a broken link and call what is left the whole file, and count
the smaller copies of a page as pages.

Source: TIFF 6.0, sections 2 (image file directories) and 8 (NewSubfileType, SubfileType); BigTIFF as in libtiff.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.messages import Message, message

_CLASSIC, _BIG = 42, 43
_ENTRY = {_CLASSIC: 12, _BIG: 20}
_VALUE = {12: 8, 20: 12}
"""Bytes of an entry, and where in it its value begins."""
_REDUCED = {254: 1, 255: 2}
"""Tags, and the value (of NewSubfileType, the bit) that tells a smaller copy of another page."""
_LONG = 4
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`fault` is why it does not hold together, None where it does; `pages` are the directories, from 0, that are no
    smaller copies of another (thumbnails, the levels of a pyramid): none where the header is of a kind not known."""

    fault: Message | None = None
    pages: tuple[int, ...] = ()


def read_chain(path: Path, *, max_directories: int) -> Chain:
    """Follows the links from the first directory to the last."""
    size = path.stat().st_size
    pages: list[int] = []
    with path.open("rb") as file:
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            return Chain(fault=message("header_cut_short"))
        kind = struct.unpack(order + "H", head[2:4])[0]
        if kind not in _ENTRY or (kind == _BIG and len(head) < 16):
            return Chain()
        big = kind == _BIG
        offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
        seen: set[int] = set()
        while offset:
            if offset in seen:
                return Chain(fault=message("pages_in_a_circle", page=len(seen)))
            if len(seen) >= max_directories:
                return Chain(fault=message("pages_over", most=max_directories))
            file.seek(min(offset, size))
            count = file.read(8 if big else 2)
            entries = struct.unpack(order + ("Q" if big else "H"), count)[0] if len(count) == (8 if big else 2) else 0
            table = file.read(min(entries, _MOST_ENTRIES) * _ENTRY[kind])
            if not _is_reduced(table, order, _ENTRY[kind]):
                pages.append(len(seen))
            seen.add(offset)
            behind = offset + len(count) + entries * _ENTRY[kind]
            file.seek(min(behind, size))
            link = file.read(8 if big else 4)
            if not entries or len(link) < (8 if big else 4):
                return Chain(fault=message("page_beyond_end", page=len(seen)))
            offset = struct.unpack(order + ("Q" if big else "I"), link)[0]
    return Chain(pages=tuple(pages or range(len(seen))))


def _is_reduced(table: bytes, order: str, width: int) -> bool:
    """Whether a directory says that it is a smaller copy."""
    for at in range(0, len(table) - width + 1, width):
        tag, type_ = struct.unpack_from(order + "HH", table, at)
        if tag in _REDUCED:
            value = struct.unpack_from(order + ("I" if type_ == _LONG else "H"), table, at + _VALUE[width])[0]
            return bool(value & 1) if tag == min(_REDUCED) else value == _REDUCED[tag]
    return False
