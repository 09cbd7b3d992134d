"""libvips through pyvips: reads images to their end in strips. The owner of `pyvips`, with `vips_copies`.

One thread and no cache: workers are the parallelism, and memory must stay flat.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.tools.decoded import Decoded, NotSupported
from pipeline.tools.decoded import Undecodable as Undecodable
from pipeline.tools.later import later

pyvips: Any = later("pyvips")

logging.getLogger("pyvips").setLevel(logging.ERROR)

LOADERS = {
    "image/jpeg": "jpegload",
    "image/png": "pngload",
    "image/tiff": "tiffload",
    "image/jp2": "jp2kload",
    "image/jpx": "jp2kload",
    "image/j2c": "jp2kload",
    "image/heic": "heifload",
    "image/avif": "heifload",
    "image/webp": "webpload",
    "image/gif": "gifload",
    "image/jxl": "jxlload",
    "image/bmp": "magickload",
    "image/vnd.adobe.photoshop": "magickload",
    "image/vnd.microsoft.icon": "magickload",
}
_TRUSTED = ("Jpeg", "Png", "Tiff", "Jp2k", "Heif", "Webp", "Nsgif", "Jxl", "Magick", "Magick7")
_STACKED = {"image/gif", "image/webp"}
"""Animations: frames of one size that build on one another, read in one go."""
_LAYERED = {"image/jp2", "image/jpx", "image/j2c"}
"""libvips counts their smaller resolutions as pages."""
_EIGHTH = 8
_COLOURS = 3
_HEIF_CODE = re.compile(r"heif: .*\((\d+)\.\d+\)")
_HEIF_UNKNOWN = {3, 4}
"""libheif's own codes, which libvips hands on behind its words: a kind of file, a feature that it does not know."""
_AFAR = 256
"""Squares along the longer side of a page that is looked at from afar."""
_EXACT_WARNINGS = {"image/jpeg", "image/png"}
"""Their decoders tell of damaged data only as a warning."""
_PAINTED_OVER = {"image/tiff"}
"""Damaged fax data is told, painted over in white, and called read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """What the header says: pixels, pages, bands, bits per band, EXIF orientation 1-8, colours, form of the numbers as
    libvips calls it, whether the last band is transparency."""

    width: int
    height: int
    pages: int
    bands: int
    bits: int
    orientation: int
    interpretation: str
    form: str
    alpha: bool

    @property
    def pixels(self) -> int:
        """Pixels of one page."""
        return self.width * self.height


@cache
def prepare() -> None:
    """Limits caches and loaders, once: only the loaders of `LOADERS` may open a file."""
    pyvips.concurrency_set(1)
    pyvips.cache_set_max(0)
    pyvips.cache_set_max_mem(0)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for family in _TRUSTED:
        pyvips.operation_block_set(f"VipsForeignLoad{family}", False)


@cache
def version() -> str:
    """Version of libvips."""
    return ".".join(str(pyvips.version(part)) for part in range(3))


def readable(media_type: str) -> bool:
    """Whether there is a loader for the media type."""
    return media_type in LOADERS


def header(path: Path, media_type: str, *, page: int = 0) -> ImageHeader:
    """Reads the header of one page, no pixels. Raises Undecodable."""
    image = open_image(path, media_type, page=page)
    fields = set(image.get_fields())
    return ImageHeader(
        width=image.width,
        height=image.get("page-height") if media_type in _STACKED and "page-height" in fields else image.height,
        pages=int(image.get("n-pages")) if "n-pages" in fields and media_type not in _LAYERED else 1,
        bands=image.bands,
        bits={"uchar": 8, "char": 8, "ushort": 16, "short": 16}.get(image.format, 32),
        orientation=orientation(image),
        interpretation=str(image.interpretation),
        form=str(image.format),
        alpha=bool(image.hasalpha()),
    )


def decode(path: Path, media_type: str, *, pages: int, only: int | None = None) -> Decoded:
    """Reads every pixel of every page, or of `only` one, in strips.

    JPEG is decoded at an eighth of its size: its data is read whole all the same.
    """
    strict = "warning" if media_type in _EXACT_WARNINGS else "error"
    try:
        _walk(path, media_type, pages=pages, fail_on=strict, only=only)
        return Decoded(pages=pages)
    except Undecodable as error:
        refused = error
    if strict == "warning" and _is_doubt(str(refused)):
        try:
            _walk(path, media_type, pages=pages, fail_on="error", only=only)
            return Decoded(pages=pages, doubt=str(refused))
        except Undecodable as error:
            refused = error
    return Decoded(pages=pages, fault=str(refused), supported=not isinstance(refused, NotSupported))


def has_warnings(data: bytes) -> bool:
    """Whether libjpeg warns of anything while it reads a JPEG to its end, at an eighth of its size."""
    prepare()
    try:
        size = pyvips.Image.jpegload_buffer(data, fail_on="warning")
        shrink = _EIGHTH if min(size.width, size.height) >= _EIGHTH else 1
        pyvips.Image.jpegload_buffer(data, shrink=shrink, fail_on="warning", access="sequential").avg()
    except pyvips.Error:
        return True
    return False


def _is_doubt(said: str) -> bool:
    """Whether the decoder only wondered: bytes between segments, an odd profile, a wrong resolution.

    libjpeg reports damaged picture data, which it then paints over in grey, with the same kind of warning.
    """
    damage = ("premature end", "bad Huffman", "Corrupt JPEG data: found marker", "out of data", "truncated", "crc")
    return not any(word.lower() in said.lower() for word in damage)


def _walk(path: Path, media_type: str, *, pages: int, fail_on: str, only: int | None) -> None:
    each = _page_options(path, media_type, pages) if only is None else iter([{"page": only}])
    for options in each:
        image = open_image(path, media_type, fail_on=fail_on, access="sequential", **options)
        pyvips.vips_lib.vips_error_clear()
        try:
            image.avg()
        except pyvips.Error as error:
            raise _undecodable(error, path) from error
        complaint = pyvips.Error("") if media_type in _PAINTED_OVER else None
        if complaint is not None and complaint.detail:
            raise _undecodable(complaint, path)


def _page_options(path: Path, media_type: str, pages: int) -> Iterator[dict[str, Any]]:
    if media_type == "image/jpeg":
        image = open_image(path, media_type)
        yield {"shrink": _EIGHTH if min(image.width, image.height) >= _EIGHTH else 1}
    elif media_type in _STACKED:
        yield {"n": -1}
    elif pages == 1:
        yield {}
    else:
        yield from ({"page": page} for page in range(pages))


def spread(path: Path, media_type: str) -> float | None:
    """How far the lightest and the darkest tone of the first page are apart, of 255, seen from afar and without its rim
    (a twentieth at each side); None of samples that are not 8 bits. Raises Undecodable."""
    image = open_image(path, media_type, access="sequential")
    if image.format != "uchar":
        return None
    if media_type == "image/jpeg" and max(image.width, image.height) >= _EIGHTH * _AFAR:
        image = open_image(path, media_type, access="sequential", shrink=_EIGHTH)
    try:
        grey = image.flatten(background=255) if image.hasalpha() else image
        # Means of squares: a thin line still darkens its square, the noise of a scanner does not.
        square = max(image.width, image.height) / _AFAR
        small = grey.shrink(max(1.0, square), max(1.0, square)).copy_memory()
        left, top = small.width // 20, small.height // 20
        inside = small.crop(left, top, small.width - 2 * left, small.height - 2 * top)
        return float(max(band.max() - band.min() for band in inside.bandsplit()))
    except pyvips.Error as error:
        raise _undecodable(error, path) from error


def open_image(path: Path, media_type: str, **options: Any) -> Any:
    """An image, not yet decoded. Raises Undecodable."""
    prepare()
    loader = LOADERS[media_type]
    if options.get("page") == 0 or loader in {"jpegload", "pngload", "jxlload", "jp2kload"}:
        options.pop("page", None)
    if loader == "tiffload":
        options.setdefault("autorotate", False)
    try:
        image = getattr(pyvips.Image, loader)(str(path), **options)
        return _in_its_colours(image) if loader == "magickload" else image
    except pyvips.Error as error:
        raise _undecodable(error, path) from error


def _in_its_colours(image: Any) -> Any:
    """ImageMagick's greys come in three bands, called grey (libvips 8.14)."""
    colours = {"b-w": "srgb", "grey16": "rgb16"}.get(image.interpretation)
    return image.copy(interpretation=colours) if colours and image.bands >= _COLOURS else image


def _undecodable(error: Exception, path: Path) -> Undecodable:
    reason = reason_of(error, path)
    unknown = _HEIF_CODE.search(reason)
    if "not supported" in reason or (unknown and int(unknown[1]) in _HEIF_UNKNOWN):
        return NotSupported(reason)
    return Undecodable(reason)


def reason_of(error: Exception, path: Path) -> str:
    """libvips's own words, in one line, without our paths."""
    lines = [line.strip().replace(str(path), "").strip(" :") for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("unable to call")] or ["the decoder refuses it"]
    return " / ".join(dict.fromkeys(said))[:500]


def orientation(image: Any) -> int:
    """As EXIF numbers directions; 1 where it does not say."""
    return int(image.get("orientation")) if image.get_typeof("orientation") else 1
