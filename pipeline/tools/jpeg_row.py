"""A JPEG with some more rows of blocks, so that a decoder has to show whether the data before it ends where it should.

Decoders stop behind the last block and never say what was left over. Behind the data comes a restart mark, and behind
that rows of grey blocks: a decoder that arrives there too early or too late has to say so. Source: ITU-T T.81, B.2 and
F.1.2.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.tools.jpeg import END_MARK, Parts, Segment, picture_alone, read_parts

_BASELINE = {0xC0, 0xC1}
_HUFFMAN, _RESTART_INTERVAL = 0xC4, 0xDD
_RESTART = b"\xff\xd0"
_FRAME_HEAD = 6
"""Bytes of a frame before its components: depth, height, width, number."""
_TALLEST = 65_500
"""libjpeg's own ceiling."""
_MOST_UNITS = 65_535
_MORE = 192
"""Pixels added below: libvips reads sixteen lines at once, at an eighth of the size, and asks for warnings before."""
_EMPTY = 0
"""The symbol of a difference of nothing (DC), and of the end of a block (AC)."""


@dataclass(frozen=True, slots=True)
class _Component:
    """Sampling across and down, and the tables that its scan names."""

    across: int
    down: int
    dc: int
    ac: int


def added(data: bytes, parts: Parts) -> bytes:
    """Such a JPEG; where it cannot be made (several scans, restart marks of its own, very low, more than 65,535 units
    of blocks) the picture alone: it is then read as it is."""
    plain = picture_alone(data, parts)
    parts = read_parts(plain)
    segments = {s.marker: s for s in parts.head}
    frame = segments.get(parts.frame)
    scan_end = parts.scans + 2 + struct.unpack_from(">H", plain, parts.scans + 2)[0]
    scan = plain[parts.scans + 4 : scan_end]
    if parts.frame not in _BASELINE or _RESTART_INTERVAL in segments or frame is None:
        return plain
    components = _components(frame.body, scan)
    codes = _codes(parts.head)
    if not components or any((0, c.dc) not in codes or (1, c.ac) not in codes for c in components):
        return plain
    across, down = 8 * max(c.across for c in components), 8 * max(c.down for c in components)
    height, width = struct.unpack_from(">HH", frame.body, 1)
    rows, columns = -(-height // down), -(-width // across)
    more = -(-_MORE // down)
    if not height or not width or not more <= rows <= _TALLEST // down - more or rows * columns > _MOST_UNITS:
        return plain
    at = frame.start + 5
    mended = plain[:at] + struct.pack(">H", (rows + more) * down) + plain[at + 2 : parts.scans]
    mended += struct.pack(">BBHH", 0xFF, _RESTART_INTERVAL, 4, rows * columns)
    row = _packed(_unit(components, codes), columns * more)
    return mended + plain[parts.scans : parts.end - len(END_MARK)] + _RESTART + row + END_MARK


def _components(frame: bytes, scan: bytes) -> tuple[_Component, ...]:
    """Those of the frame, in the order of its one scan; none where that does not hold all of them."""
    count = frame[5] if len(frame) > _FRAME_HEAD else 0
    if not count or len(frame) < _FRAME_HEAD + 3 * count or len(scan) != 4 + 2 * count or scan[0] != count:
        return ()
    sampling = {frame[_FRAME_HEAD + 3 * n]: frame[_FRAME_HEAD + 3 * n + 1] for n in range(count)}
    named = [(scan[1 + 2 * n], scan[2 + 2 * n]) for n in range(count)]
    if any(name not in sampling or not sampling[name] >> 4 or not sampling[name] & 15 for name, _ in named):
        return ()
    if count == 1:  # blocks of one component alone are not grouped
        return (_Component(1, 1, named[0][1] >> 4, named[0][1] & 15),) if sampling[named[0][0]] == 0x11 else ()
    return tuple(_Component(sampling[n] >> 4, sampling[n] & 15, tables >> 4, tables & 15) for n, tables in named)


def _codes(head: tuple[Segment, ...]) -> dict[tuple[int, int], str]:
    """The code of the empty symbol, as zeros and ones, by class (0 DC, 1 AC) and number of the table."""
    found: dict[tuple[int, int], str] = {}
    for segment in head:
        if segment.marker == _HUFFMAN:
            for table, lengths, symbols in _tables(segment.body):
                code, at = 0, 0
                for bits, count in enumerate(lengths, start=1):
                    place = symbols.find(_EMPTY, at, at + count)
                    if place >= 0:
                        found[table >> 4, table & 15] = f"{code + place - at:0{bits}b}"
                    code, at = (code + count) << 1, at + count
    return found


def _tables(body: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Name, number of codes of each length, and symbols of each table of a segment."""
    at = 0
    while at + 17 <= len(body):
        lengths = body[at + 1 : at + 17]
        symbols = body[at + 17 : at + 17 + sum(lengths)]
        yield body[at], lengths, symbols
        at += 17 + sum(lengths)


def _unit(components: tuple[_Component, ...], codes: dict[tuple[int, int], str]) -> str:
    """The bits of one unit of grey blocks."""
    return "".join((codes[0, c.dc] + codes[1, c.ac]) * (c.across * c.down) for c in components)


def _packed(unit: str, times: int) -> bytes:
    """The bits as they stand in a scan: filled up with ones, a zero behind each byte of ones."""
    bits = unit * times
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
