"""Streams inside compound files (.doc, .xls, .ppt): listed, read, and written over by as many bytes.

What is written over keeps its length, so that nothing else in the file moves and no table has to be made anew.
Source: MS-CFB 2.2 (header), 2.3 (FAT), 2.4 (mini FAT), 2.6 (directory).
"""

import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_HEADER = 512
_LAST_REGULAR = 0xFFFFFFFA
_NO_ENTRY = 0xFFFFFFFF
_ENTRY = 128
_MINI = 64
_STREAM, _ROOT = 2, 5
_MAX_ENTRIES = 100_000


class OleGarbled(ValueError):
    """The container is not built as it should be: a chain in a circle, a sector beyond the end."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class CompoundFile:
    """A compound file in memory. `streams` has the streams of its root storage by name; `data` is all of it, as it
    would be written, `changed` whether it differs from what was read. Raises OleGarbled."""

    def __init__(self, data: bytearray | mmap.mmap) -> None:
        if len(data) < _HEADER or data[: len(SIGNATURE)] != SIGNATURE:
            raise OleGarbled("no compound file")
        self.data = data
        self.changed = False
        self._shift: int = struct.unpack_from("<H", data, 30)[0]
        if self._shift not in {9, 12}:
            raise OleGarbled(f"sectors of 2^{self._shift} bytes")
        directory, self._cutoff, mini_start = struct.unpack_from("<I4xII", data, 48)
        self._fat = self._table(list(self._fat_sectors()))
        entries = list(self._entries(directory))
        if not entries or entries[0].kind != _ROOT:
            raise OleGarbled("no root")
        self._mini_fat = self._table(self._chain(mini_start, self._fat)) if mini_start <= _LAST_REGULAR else ()
        self._mini_places = [
            place + step
            for sector in self._chain(entries[0].start, self._fat)
            for place in (self._place(sector),)
            for step in range(0, 1 << self._shift, _MINI)
        ]
        self.streams: Mapping[str, _Entry] = {
            entry.name: entry for entry in self._children(entries, entries[0].child) if entry.kind == _STREAM
        }
        self.storages = frozenset(
            entry.name for entry in self._children(entries, entries[0].child) if entry.kind != _STREAM
        )

    @classmethod
    def read_from(cls, path: Path) -> "CompoundFile":
        """Raises OleGarbled. The file is mapped, not read: pictures, which are most of a large one, are left alone."""
        with path.open("rb") as file:
            try:
                return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
            except ValueError as error:
                raise OleGarbled(str(error)) from error

    def write_to(self, path: Path) -> None:
        """Writes all of it to a new file."""
        with path.open("wb") as file:
            file.write(self.data)

    def read(self, name: str) -> bytes:
        """The bytes of a stream; none where there is no such stream."""
        entry = self.streams.get(name)
        if entry is None:
            return b""
        return b"".join(bytes(self.data[start : start + length]) for start, length in self._extents(entry))

    def write_over(self, name: str, content: bytes) -> None:
        """Puts other bytes, as many, in the place of a stream's. Raises OleGarbled where they are not as many."""
        entry = self.streams[name]
        if len(content) != entry.size:
            raise OleGarbled(f"{name} has {entry.size} bytes, not {len(content)}")
        self.changed = True
        done = 0
        for start, length in self._extents(entry):
            self.data[start : start + length] = content[done : done + length]
            done += length

    def _extents(self, entry: _Entry) -> Iterator[tuple[int, int]]:
        """Where a stream's bytes lie: offset and length of each piece."""
        left = entry.size
        mini = left < self._cutoff
        step = _MINI if mini else 1 << self._shift
        chain = self._chain(entry.start, self._mini_fat if mini else self._fat) if left else []
        for sector in chain:
            if mini and sector >= len(self._mini_places):
                raise OleGarbled("a mini sector beyond the end")
            start = self._mini_places[sector] if mini else self._place(sector)
            length = min(step, left, len(self.data) - start)
            if length <= 0:
                break
            yield start, length
            left -= length
        if left:
            raise OleGarbled(f"{entry.name} is cut short")

    def _place(self, sector: int) -> int:
        return (sector + 1) << self._shift

    def _chain(self, start: int, table: tuple[int, ...]) -> list[int]:
        chain: list[int] = []
        while start <= _LAST_REGULAR:
            if start >= len(table) or len(chain) > len(table):
                raise OleGarbled("a chain leads nowhere")
            chain.append(start)
            start = table[start]
        return chain

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        raw = b"".join(self._sector(sector) for sector in sectors)
        return struct.unpack(f"<{len(raw) // 4}I", raw)

    def _sector(self, number: int) -> bytes:
        start = self._place(number)
        found = bytes(self.data[start : start + (1 << self._shift)])
        if len(found) < 1 << self._shift:
            raise OleGarbled("a sector of a table beyond the end")
        return found

    def _fat_sectors(self) -> Iterator[int]:
        yield from (n for n in struct.unpack_from("<109I", self.data, 76) if n <= _LAST_REGULAR)
        following = struct.unpack_from("<I", self.data, 68)[0]
        for _ in range(_MAX_ENTRIES):
            if following > _LAST_REGULAR:
                return
            *numbers, following = struct.unpack(f"<{(1 << self._shift) // 4}I", self._sector(following))
            yield from (n for n in numbers if n <= _LAST_REGULAR)
        raise OleGarbled("the table of tables runs in a circle")

    def _entries(self, start: int) -> Iterator[_Entry]:
        for sector in self._chain(start, self._fat):
            raw = self._sector(sector)
            for at in range(0, len(raw), _ENTRY):
                length, kind, left, right, child = struct.unpack_from("<HBxIII", raw, at + 64)
                begin, size = struct.unpack_from("<IQ", raw, at + 116)
                name = raw[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                # Version 3 leaves the upper half of the size undefined.
                size = size & 0xFFFFFFFF if self._shift == 9 else size
                yield _Entry(name, kind, left, right, child, begin, size)

    @staticmethod
    def _children(entries: list[_Entry], first: int) -> Iterator[_Entry]:
        waiting, seen = [first], set[int]()
        while waiting:
            number = waiting.pop()
            if number == _NO_ENTRY or number in seen or number >= len(entries):
                continue
            seen.add(number)
            entry = entries[number]
            waiting += [entry.left, entry.right]
            yield entry
