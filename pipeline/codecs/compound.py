"""Streams of a compound file (OLE 2), the container of .xls, .et and of locked .xlsx, out of bytes taken for hostile.

Source: [MS-CFB] 2.2 (header), 2.3 to 2.5 (sector tables), 2.6 (directory).
"""

import struct
from collections.abc import Iterator

from pipeline.domain.messages import Invalid, message

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")

_HEADER = 512
_LAST_REGULAR = 0xFFFFFFFA
_ENTRY = 128
_STREAM, _ROOT = 2, 5


class Compound:
    """The streams of one file. Invalid where it contradicts itself; every chain of sectors is followed once around at
    most."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(SIGNATURE) or len(data) < _HEADER:
            raise Invalid(message("header_cut_short"))
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or mini_shift != 6:
            raise Invalid(message("sectors_odd", power=shift))
        self._data, self._size, self._mini = data, 1 << shift, 1 << mini_shift
        first_directory, _, cutoff, first_mini, _, first_difat, _ = struct.unpack_from("<7I", data, 48)
        self._cutoff = cutoff
        self._fat = self._table(self._fat_sectors(first_difat))
        self._mini_fat = self._table(self._chain(first_mini, self._fat))
        self._entries = dict(self._directory(first_directory))
        self._mini_stream = b""
        if (root := self._entries.get("")) is not None:
            self._mini_stream = self._whole(root[0], root[1])

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._entries

    def stream(self, name: str) -> bytes:
        """The bytes of a stream by its name. KeyError where there is none."""
        first, size = self._entries[name.casefold()]
        if size >= self._cutoff:
            return self._whole(first, size)
        sectors = self._chain(first, self._mini_fat)
        parts = [self._mini_stream[at * self._mini : (at + 1) * self._mini] for at in sectors]
        return b"".join(parts)[:size]

    def _whole(self, first: int, size: int) -> bytes:
        return b"".join(map(self._sector, self._chain(first, self._fat)))[:size]

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, first: int, table: tuple[int, ...]) -> Iterator[int]:
        at, steps = first, 0
        while at <= _LAST_REGULAR:
            steps += 1
            if at >= len(table) or steps > len(table):
                raise Invalid(message("sector_table_missing", part=at))
            yield at
            at = table[at]

    def _table(self, sectors: Iterator[int]) -> tuple[int, ...]:
        raw = b"".join(map(self._sector, sectors))
        return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])

    def _fat_sectors(self, following: int) -> Iterator[int]:
        """The first 109 in the header, the others in a chain of their own."""
        yield from (n for n in struct.unpack_from("<109I", self._data, 76) if n <= _LAST_REGULAR)
        steps = 0
        while following <= _LAST_REGULAR:
            raw = self._sector(following)
            steps += 1
            if len(raw) < self._size or steps * self._size > len(self._data):
                raise Invalid(message("sector_table_missing", part=following))
            *entries, following = struct.unpack(f"<{self._size // 4}I", raw)
            yield from (n for n in entries if n <= _LAST_REGULAR)

    def _directory(self, first: int) -> Iterator[tuple[str, tuple[int, int]]]:
        """Name → first sector and size; the root, which holds the small streams, under the empty name."""
        raw = b"".join(map(self._sector, self._chain(first, self._fat)))
        for at in range(0, len(raw) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            start, size = struct.unpack_from("<II", raw, at + 116)
            if kind == _ROOT:
                yield "", (start, size)
            elif kind == _STREAM and 2 <= length <= 64:
                yield raw[at : at + length - 2].decode("utf-16-le", "replace").casefold(), (start, size)
