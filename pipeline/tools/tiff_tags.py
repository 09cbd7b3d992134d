"""What the directories of a TIFF say of their pictures, and a copy that says nothing but what decoding needs.

libtiff refuses a value that it does not know (a direction of 0) with the same kind of complaint as damaged data, so the
tags that steer decoding are told from others. Source: TIFF 6.0; TIFF Technical Notes 1 and 2; BigTIFF as in libtiff.
"""

import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_CLASSIC, _BIG = 42, 43
_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _FORMAT = 256, 257, 258, 259, 262, 277, 339
_EXTRA, _PIECES = 338, ((273, 279), (324, 325))
"""Where the strips, or the tiles, begin, and how long they are."""
ORIENTATION, RESOLUTION_UNIT = 274, 296
_STEERING = frozenset(
    {
        *(254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 297, 317, 320, 322, 323, 324, 325),
        *(332, 333, 334, 338, 339, 340, 341, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 532),
        *(34675, 37439),
    }
)
"""Tags without which the samples are not read rightly."""
_PLAIN = frozenset({_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _FORMAT, _EXTRA, 530})
_PLAIN_OR_PIECES = _PLAIN | {ORIENTATION, RESOLUTION_UNIT} | {tag for pair in _PIECES for tag in pair}
_FORMS = {1: "B", 3: "H", 4: "I", 16: "Q", 13: "I", 18: "Q"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_VALUES = 4_000_000
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A page as its directory describes it: whole numbers by tag. `cut_short` says that some of its data lies beyond
    the end of the file."""

    tags: Mapping[int, tuple[int, ...]]
    cut_short: bool = False

    def one(self, tag: int, default: int) -> int:
        """The first value of a tag."""
        return (self.tags.get(tag) or (default,))[0]

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.one(_WIDTH, 0)

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.one(_LENGTH, 0)

    @property
    def bits(self) -> int:
        """Bits of a sample; 0 where they differ."""
        bits = self.tags.get(_BITS) or (1,)
        return bits[0] if len(set(bits)) == 1 else 0

    @property
    def samples(self) -> int:
        """Samples of a pixel."""
        return self.one(_SAMPLES, 1)

    @property
    def form(self) -> int:
        """1 unsigned, 2 signed, 3 floating point, 4 not said."""
        return self.one(_FORMAT, 1)

    @property
    def photometric(self) -> int:
        """0 and 1 grey, 2 RGB, 3 palette, 5 inks, 6 YCbCr, 8 Lab; others are rare."""
        return self.one(_PHOTOMETRIC, -1)

    @property
    def compression(self) -> int:
        """1 none, 2 to 4 fax, 5 LZW, 6 and 7 JPEG, 8 and 32946 Deflate, 32773 PackBits; others are rare."""
        return self.one(_COMPRESSION, 1)

    @property
    def extra(self) -> tuple[int, ...]:
        """Of each sample beyond the colours: 0 not said, 1 and 2 transparency."""
        return self.tags.get(_EXTRA, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Byte order and sizes of a classic or a big TIFF."""

    order: str
    big: bool

    @property
    def head(self) -> int:
        return 8 if self.big else 2

    @property
    def entry(self) -> int:
        return 20 if self.big else 12

    @property
    def word(self) -> int:
        return 8 if self.big else 4

    def number(self, data: bytes) -> int:
        """A whole number of two, four or eight bytes; 0 where they are not all there."""
        form = {2: "H", 4: "I", 8: "Q"}.get(len(data))
        return int(struct.unpack(self.order + form, data)[0]) if form else 0


def read_directories(path: Path, *, max_directories: int) -> tuple[Directory, ...]:
    """All directories of the chain, as far as it can be followed."""
    size = path.stat().st_size
    with path.open("rb") as file:
        layout = _layout(file.read(4))
        if layout is None:
            return ()
        found = []
        for at, count in _places(file, layout, size, max_directories):
            file.seek(at)
            tags = dict(_tags(file, layout, file.read(count * layout.entry), size))
            found.append(Directory(tags=tags, cut_short=_is_cut_short(tags, size)))
        return tuple(found)


def _layout(head: bytes) -> _Layout | None:
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 4:
        return None
    kind = struct.unpack(order + "H", head[2:4])[0]
    return _Layout(order=order, big=kind == _BIG) if kind in {_CLASSIC, _BIG} else None


def _places(file: IO[bytes], layout: _Layout, size: int, most: int) -> Iterator[tuple[int, int]]:
    """Where the entries of each directory begin, and how many there are."""
    file.seek(8 if layout.big else 4)
    at, seen = layout.number(file.read(layout.word)), set[int]()
    while at and at < size and at not in seen and len(seen) < most:
        seen.add(at)
        file.seek(at)
        count = layout.number(file.read(layout.head))
        if not 0 < count <= _MOST_ENTRIES:
            return
        yield at + layout.head, count
        file.seek(at + layout.head + count * layout.entry)
        at = layout.number(file.read(layout.word))


def _tags(file: IO[bytes], layout: _Layout, table: bytes, size: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The whole numbers of the tags that tell of the picture."""
    for start in range(0, len(table) - layout.entry + 1, layout.entry):
        tag, kind = struct.unpack_from(layout.order + "HH", table, start)
        if tag not in _PLAIN_OR_PIECES or kind not in _FORMS:
            continue
        count = layout.number(table[start + 4 : start + 4 + layout.word])
        value = table[start + 4 + layout.word : start + layout.entry]
        length = count * _SIZES[kind]
        if length > layout.word:
            file.seek(min(layout.number(value), size))
            value = file.read(length if count <= _MOST_VALUES else 0)
        if len(value) >= length:
            yield tag, struct.unpack(f"{layout.order}{count}{_FORMS[kind]}", value[:length])


def _is_cut_short(tags: Mapping[int, tuple[int, ...]], size: int) -> bool:
    """Whether a strip or tile that has a length begins within the file and ends beyond it, or lies beyond it."""
    for begins, lengths in _PIECES:
        for at, length in zip(tags.get(begins, ()), tags.get(lengths, ()), strict=False):
            if length and at + length > size:
                return True
    return False


def plain_copy(path: Path, target: Path, *, max_directories: int) -> None:
    """Writes a copy of the file whose directories hold only the tags that steer decoding."""
    shutil.copyfile(path, target)
    size = target.stat().st_size
    with target.open("r+b") as file:
        layout = _layout(file.read(4))
        if layout is None:
            return
        for at, count in list(_places(file, layout, size, max_directories)):
            file.seek(at)
            table, link = file.read(count * layout.entry), file.read(layout.word)
            entries = [table[n : n + layout.entry] for n in range(0, len(table), layout.entry)]
            kept = [e for e in entries if len(e) == layout.entry and layout.number(e[:2]) in _STEERING]
            file.seek(at - layout.head)
            file.write(struct.pack(layout.order + ("Q" if layout.big else "H"), len(kept)))
            file.write(b"".join(kept) + link)
