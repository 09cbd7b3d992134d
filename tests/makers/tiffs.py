"""TIFFs of any kind of sample, written byte by byte: what the program's own libraries would never write.

The picture is always the same: four quarters, `QUARTERS`, so that whoever reads it can be asked what it shows.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

WIDTH, HEIGHT = 64, 48
QUARTERS = ((240, 40, 40), (40, 200, 40), (40, 40, 200), (246, 240, 226))
"""Red, green, blue, paper: upper left, upper right, lower left, lower right."""
GREYS = (20, 100, 180, 240)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 11: 4, 12: 8}


def quarter(x: int, y: int) -> int:
    return (x >= WIDTH // 2) + 2 * (y >= HEIGHT // 2)


def rows(pixel: Callable[[int], bytes]) -> bytes:
    """The samples of all pixels, `pixel(quarter)` giving those of one."""
    each = [pixel(number) for number in range(4)]
    return b"".join(each[quarter(x, y)] for y in range(HEIGHT) for x in range(WIDTH))


@dataclass(frozen=True, kw_only=True)
class Page:
    """One directory: its strip and its tags, as (type, values); `WIDTH` and `HEIGHT` where nothing else is said."""

    data: bytes
    bits: Sequence[int] = (8, 8, 8)
    photometric: int = 2
    compression: int = 1
    sample_format: int = 1
    more: dict[int, tuple[int, Sequence[int | float]]] = field(default_factory=dict)

    def tags(self) -> dict[int, tuple[int, Sequence[int | float]]]:
        return {
            256: (3, (WIDTH,)),
            257: (3, (HEIGHT,)),
            258: (3, self.bits),
            259: (3, (self.compression,)),
            262: (3, (self.photometric,)),
            273: (4, (0,)),
            277: (3, (len(self.bits),)),
            278: (3, (HEIGHT,)),
            279: (4, (len(self.data),)),
            339: (3, (self.sample_format,) * len(self.bits)),
            **self.more,
        }


def written(path: Path, *pages: Page, order: str = "<") -> Path:
    out = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4))
    link = 4
    for page in pages:
        data_at = len(out)
        out += page.data + b"\0" * (len(page.data) % 2)
        tags = {**page.tags(), 273: (4, (data_at,))}
        behind, entries = bytearray(), bytearray()
        at = len(out) + 2 + 12 * len(tags) + 4
        struct.pack_into(order + "I", out, link, len(out))
        for tag in sorted(tags):
            kind, values = tags[tag]
            code = {3: "H", 4: "I", 11: "f", 12: "d", 5: "I", 1: "B", 7: "B", 2: "B"}[kind]
            packed = struct.pack(f"{order}{len(values)}{code}", *values)
            entries += struct.pack(order + "HHI", tag, kind, len(packed) // _SIZES[kind])
            if len(packed) <= 4:
                entries += packed.ljust(4, b"\0")
            else:
                entries += struct.pack(order + "I", at + len(behind))
                behind += packed + b"\0" * (len(packed) % 2)
        out += struct.pack(order + "H", len(tags)) + entries
        link = len(out)
        out += bytes(4) + behind
    path.write_bytes(out)
    return path


def _ycc(red: int, green: int, blue: int) -> tuple[int, int, int]:
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    values = (luma, (blue - luma) / 1.772 + 128, (red - luma) / 1.402 + 128)
    return tuple(min(255, max(0, round(value))) for value in values)  # type: ignore[return-value]


def _subsampled(across: int, down: int) -> bytes:
    out = bytearray()
    for y in range(0, HEIGHT, down):
        for x in range(0, WIDTH, across):
            luma, cb, cr = _ycc(*QUARTERS[quarter(x, y)])
            out += bytes([luma] * (across * down) + [cb, cr])
    return bytes(out)


def _twelve_bits() -> bytes:
    bits = "".join(f"{GREYS[quarter(x, y)] * 16:012b}" for y in range(HEIGHT) for x in range(WIDTH))
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _grey(form: str, scale: float, offset: float = 0.0) -> bytes:
    number = float if form in "fde" else int
    return rows(lambda q: struct.pack("<" + form, number(GREYS[q] * scale + offset)))


def _colour(form: str, scale: float) -> bytes:
    number = float if form in "fde" else int
    return rows(lambda q: struct.pack("<3" + form, *(number(value * scale) for value in QUARTERS[q])))


def _ink(form: str, scale: int) -> bytes:
    return rows(lambda q: struct.pack("<4" + form, *((255 - value) * scale for value in QUARTERS[q]), 0))


_YCC_TAGS: dict[int, tuple[int, Sequence[int | float]]] = {532: (5, (0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1))}


def _ycc_page(across: int, down: int) -> Page:
    data = _subsampled(across, down) if across * down > 1 else rows(lambda q: bytes(_ycc(*QUARTERS[q])))
    return Page(data=data, photometric=6, more={**_YCC_TAGS, 530: (3, (across, down))})


_PALETTE = [value * 257 for band in range(3) for value in (*(q[band] for q in QUARTERS), *[0] * 252)]
PAGES = {
    "grey 8": Page(data=_grey("B", 1), bits=(8,), photometric=1),
    "grey 8 white is zero": Page(data=rows(lambda q: bytes([255 - GREYS[q]])), bits=(8,), photometric=0),
    "grey 12": Page(data=_twelve_bits(), bits=(12,), photometric=1),
    "grey 16": Page(data=_grey("H", 257), bits=(16,), photometric=1),
    "grey 32": Page(data=_grey("I", 2**32 / 256), bits=(32,), photometric=1),
    "grey int16": Page(data=_grey("h", 128), bits=(16,), photometric=1, sample_format=2),
    "grey int32": Page(data=_grey("i", 2**31 / 256), bits=(32,), photometric=1, sample_format=2),
    "grey float16": Page(data=_grey("e", 1 / 255), bits=(16,), photometric=1, sample_format=3),
    "grey float32": Page(data=_grey("f", 1 / 255), bits=(32,), photometric=1, sample_format=3),
    "grey float32 of metres": Page(data=_grey("f", 13.7), bits=(32,), photometric=1, sample_format=3),
    "grey float64": Page(data=_grey("d", 1 / 255), bits=(64,), photometric=1, sample_format=3),
    "colour 8": Page(data=_colour("B", 1)),
    "colour 16": Page(data=_colour("H", 257), bits=(16, 16, 16)),
    "colour float32": Page(data=_colour("f", 1 / 255), bits=(32, 32, 32), sample_format=3),
    "colour 32": Page(data=_colour("I", 2**32 / 256), bits=(32, 32, 32)),
    "palette 8": Page(data=rows(lambda q: bytes([q])), bits=(8,), photometric=3, more={320: (3, _PALETTE)}),
    "ink 8": Page(data=_ink("B", 1), bits=(8,) * 4, photometric=5),
    "ink 16": Page(data=_ink("H", 257), bits=(16,) * 4, photometric=5),
    "YCbCr 1:1": _ycc_page(1, 1),
    "YCbCr 2:1": _ycc_page(2, 1),
    "YCbCr 2:2": _ycc_page(2, 2),
    "Lab 8": Page(data=rows(lambda q: struct.pack("Bbb", GREYS[q], 0, 0)), photometric=8),
    "colour and unused alpha": Page(
        data=rows(lambda q: bytes((*QUARTERS[q], 0))), bits=(8,) * 4, more={338: (3, (0,))}
    ),
    "colour and opaque alpha": Page(
        data=rows(lambda q: bytes((*QUARTERS[q], 255))), bits=(8,) * 4, more={338: (3, (2,))}
    ),
}
"""A page of each kind, by name: those called grey show `GREYS`, the others `QUARTERS` (Lab: greys as L)."""
