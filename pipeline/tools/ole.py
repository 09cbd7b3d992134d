"""Compound files (the containers of .doc, .xls and .ppt): whether all sectors in use are still there.

LibreOffice turns a .doc that was cut short into pages of garbage rather than refuse it.
Source: MS-CFB 2.2 (header), 2.3 (FAT), 2.5 (DIFAT).
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.domain.messages import Message, message

_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_HEADER = 512
_IN_HEADER = 109
_LAST_REGULAR = 0xFFFFFFFA
_FREE = 0xFFFFFFFF
_MANY_SECTORS = 1_000_000


def shorter_than_declared(path: Path) -> Message | None:
    """Why sectors must be missing, or None; nothing is said of what is no compound file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if not header.startswith(_SIGNATURE):
            return None
        if len(header) < _HEADER:
            return message("header_cut_short")
        shift = struct.unpack_from("<H", header, 30)[0]
        if shift not in {9, 12}:
            return message("sectors_odd", power=shift)
        last = -1
        for position, sector in enumerate(_fat_sectors(file, header, shift)):
            file.seek((sector + 1) << shift)
            table = file.read(1 << shift)
            if len(table) < 1 << shift:
                return message("sector_table_missing", part=position + 1)
            entries = struct.unpack(f"<{len(table) // 4}I", table)
            used = [n for n, entry in enumerate(entries) if entry != _FREE]
            last = max(last, position * len(entries) + used[-1]) if used else last
    # The last sector need not be filled up.
    if last >= 0 and size <= (last + 1) << shift:
        return message("sector_beyond_end", byte=(last + 1) << shift, size=size)
    return None


def _fat_sectors(file: BinaryIO, header: bytes, shift: int) -> Iterator[int]:
    """Numbers of the sectors that hold the FAT: the first in the header, the others in a chain of their own."""
    yield from (n for n in struct.unpack_from(f"<{_IN_HEADER}I", header, 76) if n <= _LAST_REGULAR)
    following = struct.unpack_from("<I", header, 68)[0]
    seen = 0
    while following <= _LAST_REGULAR and seen < _MANY_SECTORS:
        seen += 1
        file.seek((following + 1) << shift)
        table = file.read(1 << shift)
        if len(table) < 1 << shift:
            return
        *entries, following = struct.unpack(f"<{len(table) // 4}I", table)
        yield from (n for n in entries if n <= _LAST_REGULAR)
