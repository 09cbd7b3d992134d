"""JPEGs of many makes, sound ones by an independent writer, and what becomes of them on bad media."""

import io
import itertools
import random
from collections.abc import Iterator

from PIL import Image

from tests.makers.exif_blocks import block

SIZES = ((1, 1), (7, 8), (17, 33), (320, 240))


def noise(width: int, height: int, mode: str = "RGB", *, seed: int = 0) -> Image.Image:
    """Soft noise: nothing in it repeats, so that a lost byte is seen."""
    small = (max(1, width // 3), max(1, height // 3))
    raw = random.Random(seed).randbytes(small[0] * small[1] * 4)
    return (
        Image.frombytes("RGBA", small, raw)
        .convert("RGB")
        .resize((width, height), Image.Resampling.BICUBIC)
        .convert(mode)
    )


def sound() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of sound JPEGs: sizes × colours × subsampling × progressive × restart marks."""
    for size, mode in itertools.product(SIZES, ("L", "RGB", "CMYK")):
        for sub, progressive, marks in itertools.product((0, 1, 2), (False, True), (0, 3)):
            if mode == "L" and sub:
                continue
            out = io.BytesIO()
            options = {"subsampling": sub} if mode != "L" else {}
            noise(*size, mode).save(
                out, "JPEG", quality=80, progressive=progressive, restart_marker_blocks=marks, **options
            )
            yield (
                f"{size[0]}x{size[1]} {mode} {sub} {'progressive' if progressive else 'baseline'} {marks}",
                out.getvalue(),
            )


def photo(*, exif: bytes = b"", size: tuple[int, int] = (480, 360), **options: object) -> bytes:
    """One baseline JPEG in colour, with an Exif block where one is given."""
    out = io.BytesIO()
    noise(*size).save(out, "JPEG", quality=85, exif=b"Exif\0\0" + exif if exif else b"", **options)
    return out.getvalue()


def with_camera(**options: object) -> bytes:
    """One with everything a camera writes: place, serial numbers, makers' notes."""
    return photo(exif=block(), **options)


def data_of(jpeg: bytes) -> int:
    """Where the data of the last scan begins."""
    at = jpeg.rindex(b"\xff\xda")
    return at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


def zeroed(jpeg: bytes, share: float = 0.5, size: int = 512) -> bytes:
    """With zeros over part of its data."""
    at = data_of(jpeg) + int((len(jpeg) - data_of(jpeg) - size - 2) * share)
    return jpeg[:at] + bytes(size) + jpeg[at + size :]


def flipped(jpeg: bytes, seed: int, bits: int = 3) -> bytes:
    """With some bits of its data turned."""
    chance, data = random.Random(seed), bytearray(jpeg)
    for _ in range(bits):
        data[chance.randrange(data_of(jpeg), len(jpeg) - 2)] ^= 1 << chance.randrange(8)
    return bytes(data)
