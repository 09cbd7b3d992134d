"""The boxes of a HEIF or AVIF file: whether they are all there, and of what kinds its pictures are.

libheif calls a file invalid whose pictures are of a kind that it does not know. Source: ISO/IEC 14496-12, 4.2 and 8.11;
ISO/IEC 23008-12.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_KNOWN = {b"hvc1", b"hev1", b"av01", b"grid", b"iden", b"iovl", b"Exif", b"mime", b"uri "}
_LONGEST_META = 1 << 24
_LARGE, _TO_THE_END = 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """`cut_short` says that a box ends beyond the file; `sequence` that pictures lie in tracks, as in a film; `unknown`
    are kinds of items that are none of the usual."""

    cut_short: bool
    sequence: bool
    unknown: tuple[str, ...]


def read_boxes(path: Path) -> Boxes:
    """Walks over the boxes at the top, and over the list of items."""
    size = path.stat().st_size
    names: set[bytes] = set()
    meta, at = b"", 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, name = struct.unpack_from(">I4s", head)
            begin = 8
            if length == _LARGE and len(head) == 16:
                length, begin = struct.unpack_from(">Q", head, 8)[0], 16
            if length == _TO_THE_END:
                length = size - at
            names.add(name)
            if length < begin or at + length > size:
                return Boxes(cut_short=True, sequence=b"moov" in names, unknown=())
            if name == b"meta" and length <= _LONGEST_META:
                file.seek(at + begin)
                meta = file.read(length - begin)
            at += length
    kinds = {kind for kind in _items(meta) if kind not in _KNOWN}
    unknown = tuple(sorted(kind.decode("latin-1") for kind in kinds))
    return Boxes(cut_short=False, sequence=b"moov" in names, unknown=unknown)


def _items(meta: bytes) -> Iterator[bytes]:
    """The kinds of all items: a `meta` box begins with version and flags, and so does `iinf`, with a number behind."""
    for name, body in _inside(meta[4:]):
        if name == b"iinf" and len(body) >= 6:
            for entry, item in _inside(body[6 if body[0] == 0 else 8 :]):
                at = {2: 8, 3: 10}.get(item[0] if item else 0)
                if entry == b"infe" and at is not None and len(item) >= at + 4:
                    yield item[at : at + 4]


def _inside(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if length < 8 or at + length > len(data):
            return
        yield name, data[at + 8 : at + length]
        at += length
