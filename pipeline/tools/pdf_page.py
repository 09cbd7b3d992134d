"""A PDF of one page that shows one picture whose data it takes over as it is. With `pdf` the owner of `pikepdf`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.tools.later import later

if TYPE_CHECKING:
    import pikepdf
else:
    pikepdf = later("pikepdf")

_PREDICTED = 15
"""Each row says by itself how it was predicted, as in PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPicture:
    """Deflated rows as PNG has them: pixels, bits of a sample, samples of a pixel; of a palette its colours (RGB)."""

    data: bytes
    width: int
    height: int
    bits: int
    samples: int
    palette: bytes = b""
    profile: bytes = b""


def write_page(target: Path, picture: PackedPicture, *, size: tuple[float, float], rotate: int) -> None:
    """Writes the page, `size` points large, to be turned clockwise by `rotate` degrees. The same picture gives the same
    bytes."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=size)
        image = document.make_stream(
            picture.data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            BitsPerComponent=picture.bits,
            ColorSpace=_colours(document, picture),
            Filter=pikepdf.Name.FlateDecode,
            DecodeParms=pikepdf.Dictionary(
                Predictor=_PREDICTED, Colors=picture.samples, BitsPerComponent=picture.bits, Columns=picture.width
            ),
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = document.make_stream(f"q {size[0]:.4f} 0 0 {size[1]:.4f} 0 0 cm /Im0 Do Q".encode())
        if rotate:
            page.Rotate = rotate
        document.save(
            target,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )


def _colours(document: pikepdf.Pdf, picture: PackedPicture) -> pikepdf.Object:
    bands = 3 if picture.palette else picture.samples
    base: pikepdf.Object = pikepdf.Name.DeviceGray if bands == 1 else pikepdf.Name.DeviceRGB
    if picture.profile:
        base = pikepdf.Array([pikepdf.Name.ICCBased, document.make_stream(picture.profile, N=bands)])
    if not picture.palette:
        return base
    highest = len(picture.palette) // 3 - 1
    return pikepdf.Array([pikepdf.Name.Indexed, base, highest, pikepdf.String(picture.palette)])
