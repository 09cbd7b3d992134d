"""Pictures of formats other than TIFF and JPEG, in kinds that copies were once wrong about, byte by byte or by Pillow.

The four quarters are those of `tests.makers.tiffs`.
"""

import io
import struct
from collections.abc import Sequence

from PIL import Image, ImageDraw

from tests.makers.tiffs import GREYS, HEIGHT, QUARTERS, WIDTH, quarter, rows


def quarters(mode: str = "RGB") -> Image.Image:
    return Image.frombytes("RGB", (WIDTH, HEIGHT), rows(lambda number: bytes(QUARTERS[number]))).convert(mode)


def png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


def bmp_with_unused_alpha() -> bytes:
    """32 bits a pixel, the fourth byte empty, as many programs write it; a header that names the masks."""
    pixels = b"".join(bytes((*QUARTERS[quarter(x, y)][::-1], 0)) for y in reversed(range(HEIGHT)) for x in range(WIDTH))
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII", 108, WIDTH, HEIGHT, 1, 32, 3, len(pixels), 2835, 2835, 0, 0)
    info += masks + b"BGRs" + bytes(48)
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(pixels), 0, 0, 14 + len(info)) + info + pixels


def psd(mode: int, depth: int, channels: Sequence[Sequence[int]]) -> bytes:
    """A flat Photoshop document; `mode` 1 grey, 3 RGB, 4 CMYK, 9 Lab; the values of each channel by quarter."""
    form, scale = (">B", 1) if depth == 8 else (">H", 257)
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, len(channels), HEIGHT, WIDTH, depth, mode)
    data = b"".join(rows(lambda number, c=each: struct.pack(form, c[number] * scale)) for each in channels)  # type: ignore[misc]
    return head + struct.pack(">III", 0, 0, 0) + struct.pack(">H", 0) + data


def white_strokes() -> bytes:
    """White writing on nothing."""
    picture = Image.new("RGBA", (200, 150), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for y in range(15, 150, 20):
        pen.line((10, y, 190, y), (255, 255, 255, 255), 6)
    return png(picture)


def black_strokes() -> bytes:
    """Black writing on nothing."""
    picture = Image.new("RGBA", (200, 150), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    for y in range(15, 150, 20):
        pen.line((10, y, 190, y), (0, 0, 0, 255), 6)
    return png(picture)


_BANDS = [[colour[band] for colour in QUARTERS] for band in range(3)]
_SIXTEEN = Image.frombytes("I;16", (WIDTH, HEIGHT), rows(lambda number: struct.pack("<H", GREYS[number] * 257)))
KINDS = {
    "colour.png": png(quarters()),
    "palette.png": png(quarters().quantize(4)),
    "grey.png": png(Image.frombytes("L", (WIDTH, HEIGHT), rows(lambda number: bytes([GREYS[number]])))),
    "grey 16.png": png(_SIXTEEN),
    "opaque.png": png(quarters("RGBA")),
    "unused alpha.bmp": bmp_with_unused_alpha(),
    "rgb.psd": psd(3, 8, _BANDS),
    "rgb 16.psd": psd(3, 16, _BANDS),
    "inks.psd": psd(4, 8, [*_BANDS, [255] * 4]),
    "inks 16.psd": psd(4, 16, [*_BANDS, [255] * 4]),
    "grey 16.psd": psd(1, 16, [GREYS]),
}
"""Files by name; those called grey show `GREYS`, all others `QUARTERS`."""
