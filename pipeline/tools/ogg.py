"""Ogg: pages with their checksums and numbers. FFmpeg passes over a page that is damaged or missing without a word.

Source: RFC 3533, 6. Its CRC-32 takes bits from the left; zlib's takes them from the right, so both bytes and result are
turned round.
"""

import struct
import zlib
from pathlib import Path
from typing import IO

from pipeline.domain.messages import Message, message

_MARK = b"OggS"
_HEAD = struct.Struct("<4sBBqIIIB")
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL = 0xFFFFFFFF


def fault(path: Path) -> Message | None:
    """The first page that is damaged or missing; None where all are there, or where it is no Ogg file."""
    numbers: dict[int, int] = {}
    with path.open("rb") as file:
        if file.read(len(_MARK)) != _MARK:
            return None
        file.seek(0)
        while True:
            at = file.tell()
            page = _page(file)
            if page is None:
                return None
            head, raw = page
            if head is None or _checksum(raw) != head[6]:
                return message("ogg_page_damaged", byte=at)
            serial, number = head[4], head[5]
            if number != numbers.get(serial, number - 1) + 1:
                return message("ogg_page_missing", byte=at)
            numbers[serial] = number


def _page(file: IO[bytes]) -> tuple[tuple[int, ...] | None, bytes] | None:
    """Fields and bytes of the next page; no fields where it is none, or cut off; None behind the last."""
    raw = file.read(_HEAD.size)
    if not raw.strip(b"\0"):
        return None
    if len(raw) < _HEAD.size or not raw.startswith(_MARK):
        return None, raw
    head = _HEAD.unpack(raw)
    table = file.read(head[7])
    body = file.read(sum(table))
    if len(table) < head[7] or len(body) < sum(table):
        return None, raw
    return head, raw + table + body


def _checksum(raw: bytes) -> int:
    """Over the page, its own checksum taken as zero."""
    blank = raw[:22] + bytes(4) + raw[26:]
    turned = zlib.crc32(blank.translate(_TURNED), _ALL) ^ _ALL
    return int(f"{turned:032b}"[::-1], 2)
