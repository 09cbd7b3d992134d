"""libvips through pyvips: reads images to their end in strips, makes reading copies. The owner of `pyvips`.

One thread and no cache: workers are the parallelism, and memory must stay flat.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.tools.decoded import Decoded, NotSupported
from pipeline.tools.decoded import Undecodable as Undecodable
from pipeline.tools.later import later

pyvips: Any = later("pyvips")

logging.getLogger("pyvips").setLevel(logging.ERROR)

_LOADERS = {
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
_NOT_SHRUNK_ON_LOAD = {"magickload": "random", "jp2kload": "random", "tiffload": "sequential"}
"""Loaded whole: libvips 8.14 takes the smallest resolution of a JPEG 2000 or of a TIFF pyramid for its thumbnail."""
_FIRST_LYING = 5
"""EXIF orientations from here on swap width and height."""
_ROUNDING = 2
_EIGHTH = 8
_GREY_AND_ALPHA = 2
_WHITE = 255
_EXACT_WARNINGS = {"image/jpeg", "image/png"}
"""Their decoders tell of damaged data only as a warning."""
_PAINTED_OVER = {"image/tiff"}
"""Damaged fax data is told, painted over in white, and called read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageHeader:
    """What the header says: pixels, pages, bands, bits per band, EXIF orientation 1-8."""

    width: int
    height: int
    pages: int
    bands: int
    bits: int
    orientation: int
    interpretation: str

    @property
    def pixels(self) -> int:
        """Pixels of one page."""
        return self.width * self.height


@cache
def _prepare() -> None:
    """Limits caches and loaders, once: only the loaders of `_LOADERS` may open a file."""
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
    return media_type in _LOADERS


def header(path: Path, media_type: str, *, page: int = 0) -> ImageHeader:
    """Reads the header of one page, no pixels. Raises Undecodable."""
    image = _open(path, media_type, page=page)
    fields = set(image.get_fields())
    return ImageHeader(
        width=image.width,
        height=image.get("page-height") if media_type in _STACKED and "page-height" in fields else image.height,
        pages=int(image.get("n-pages")) if "n-pages" in fields and media_type not in _LAYERED else 1,
        bands=image.bands,
        bits={"uchar": 8, "char": 8, "ushort": 16, "short": 16}.get(image.format, 32),
        orientation=_orientation(image),
        interpretation=str(image.interpretation),
    )


def decode(path: Path, media_type: str, *, pages: int) -> Decoded:
    """Reads every pixel of every page, in strips.

    JPEG is decoded at an eighth of its size: its data is read whole all the same.
    """
    strict = "warning" if media_type in _EXACT_WARNINGS else "error"
    try:
        _walk(path, media_type, pages=pages, fail_on=strict)
        return Decoded(pages=pages)
    except Undecodable as error:
        refused = error
    if strict == "warning" and _is_doubt(str(refused)):
        try:
            _walk(path, media_type, pages=pages, fail_on="error")
            return Decoded(pages=pages, doubt=str(refused))
        except Undecodable as error:
            refused = error
    return Decoded(pages=pages, fault=str(refused), supported=not isinstance(refused, NotSupported))


def _is_doubt(said: str) -> bool:
    """Whether the decoder only wondered: bytes between segments, an odd profile, a wrong resolution.

    libjpeg reports damaged picture data, which it then paints over in grey, with the same kind of warning.
    """
    damage = ("premature end", "bad Huffman", "Corrupt JPEG data: found marker", "out of data", "truncated", "crc")
    return not any(word.lower() in said.lower() for word in damage)


def _walk(path: Path, media_type: str, *, pages: int, fail_on: str) -> None:
    for options in _page_options(path, media_type, pages):
        image = _open(path, media_type, fail_on=fail_on, access="sequential", **options)
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
        image = _open(path, media_type)
        yield {"shrink": _EIGHTH if min(image.width, image.height) >= _EIGHTH else 1}
    elif media_type in _STACKED:
        yield {"n": -1}
    elif pages == 1:
        yield {}
    else:
        yield from ({"page": page} for page in range(pages))


def _open(path: Path, media_type: str, **options: Any) -> Any:
    """An image, not yet decoded. Raises Undecodable."""
    _prepare()
    loader = _LOADERS[media_type]
    if options.get("page") == 0 or loader in {"jpegload", "pngload", "jxlload", "jp2kload"}:
        options.pop("page", None)
    if loader == "tiffload":
        options.setdefault("autorotate", False)
    try:
        return getattr(pyvips.Image, loader)(str(path), **options)
    except pyvips.Error as error:
        raise _undecodable(error, path) from error


def _undecodable(error: Exception, path: Path) -> Undecodable:
    reason = _reason(error, path)
    return NotSupported(reason) if "not supported" in reason else Undecodable(reason)


def _reason(error: Exception, path: Path) -> str:
    """libvips's own words, in one line, without our paths."""
    lines = [line.strip().replace(str(path), "").strip(" :") for line in str(error).splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("unable to call")] or ["the decoder refuses it"]
    return " / ".join(dict.fromkeys(said))[:500]


def _failed(what: Message, error: Exception, path: Path, subject: str) -> ToolFailed:
    reason = told_by_program(_reason(error, path))
    return ToolFailed(message("libvips_could_not", what=what, reason=reason), tool="libvips", subject=subject)


def is_web_jpeg(path: Path, media_type: str, *, longest_side: int) -> bool:
    """Whether the photo is a reading copy already: an upright JPEG of eight bits in grey or sRGB, no larger."""
    if media_type != "image/jpeg":
        return False
    image = _open(path, media_type)
    fits = max(image.width, image.height) <= longest_side and image.interpretation in {"srgb", "b-w"}
    return fits and _orientation(image) == 1 and not _foreign_profile(image)


def _orientation(image: Any) -> int:
    return int(image.get("orientation")) if image.get_typeof("orientation") else 1


def _foreign_profile(image: Any) -> bool:
    """Whether the colours are told by a profile other than sRGB; converting those costs as much as all the rest."""
    if image.interpretation == "cmyk":
        return True
    return bool(image.get_typeof("icc-profile-data")) and b"sRGB" not in image.get("icc-profile-data")


def reading_copy(
    source: Path, media_type: str, target: Path, *, longest_side: int, quality: int, subject: str
) -> tuple[int, int]:
    """Writes a JPEG, turned upright, in sRGB, at most `longest_side` pixels long, metadata kept; width and height.

    Raises ToolFailed naming `subject`, or ToolGarbled where the size is not the one expected.
    """
    _prepare()
    size: dict[str, Any] = {"height": longest_side, "size": "down"}
    try:
        access = _NOT_SHRUNK_ON_LOAD.get(_LOADERS[media_type])
        plain = _open(source, media_type, access=access or "random", fail_on="error")
        if _foreign_profile(plain):
            size["export_profile"] = "srgb"
        if access:
            image = plain.thumbnail_image(longest_side, **size)
        else:
            image = pyvips.Image.thumbnail(str(source), longest_side, fail_on="error", **size)
        image = _flat(image)
        image.jpegsave(str(target), Q=quality, optimize_coding=True, interlace=False)
    except (pyvips.Error, Undecodable) as error:
        raise _failed(message("make_reading_copy", subject=subject), error, source, subject) from error
    _check_size(source, media_type, target, longest_side, subject)
    return image.width, image.height


def _check_size(source: Path, media_type: str, target: Path, longest_side: int, subject: str) -> None:
    """A copy opens, and is as long and as wide as its source asks for, to the pixel or two that rounding takes."""
    try:
        before, after = header(source, media_type), header(target, "image/jpeg")
    except Undecodable as error:
        said = message("made_no_picture", subject=subject, reason=told_by_program(error))
        raise ToolGarbled(said, tool="libvips", subject=subject) from error
    sides = (before.width, before.height) if before.orientation < _FIRST_LYING else (before.height, before.width)
    scale = min(1.0, longest_side / max(sides))
    if any(abs(is_ - side * scale) > _ROUNDING for is_, side in zip((after.width, after.height), sides, strict=True)):
        said = message("made_odd_size", subject=subject, width=after.width, height=after.height)
        raise ToolGarbled(said, tool="libvips", subject=subject)


def _flat(image: Any) -> Any:
    """Without transparency, on white; eight bits."""
    if image.interpretation not in {"srgb", "b-w"}:
        image = image.colourspace("b-w" if image.interpretation == "grey16" else "srgb")
    if image.hasalpha():
        image = image.flatten(background=[_WHITE] * (image.bands - 1))
    return image.cast("uchar") if image.format != "uchar" else image


def _is_bilevel(source: Path, media_type: str, *, page: int) -> bool:
    """Whether there is nothing but black and white: libvips itself unfolds one bit to eight."""
    image = _open(source, media_type, page=page, access="sequential", fail_on="error")
    plain = image.bands == 1 and image.format == "uchar"
    return plain and bool(((image == 0) | (image == _WHITE)).min() == _WHITE)


def lossless_png(source: Path, media_type: str, target: Path, *, page: int, subject: str) -> None:
    """Writes one page as PNG with the very pixels, turned upright: one bit for black and white, else eight or sixteen,
    but eight beside transparency, for PDF takes no more. Raises ToolFailed."""
    try:
        image = _open(source, media_type, page=page, access="sequential", fail_on="error")
        if _orientation(image) not in {0, 1}:
            image = _open(source, media_type, page=page, fail_on="error").autorot()
        if image.format == "ushort" and image.hasalpha():
            image = image.colourspace("srgb" if image.bands > _GREY_AND_ALPHA else "b-w")
        bits = {"bitdepth": 1} if _is_bilevel(source, media_type, page=page) else {}
        image.pngsave(str(target), compression=6, strip=False, **bits)
    except (pyvips.Error, Undecodable) as error:
        raise _failed(message("read_page", page=page + 1, subject=subject), error, source, subject) from error


def page_jpeg(source: Path, media_type: str, target: Path, *, page: int, quality: int, subject: str) -> None:
    """Writes one page as JPEG at full size, turned upright, in sRGB. Raises ToolFailed."""
    try:
        image = _open(source, media_type, page=page, fail_on="error").autorot()
        _flat(image).jpegsave(str(target), Q=quality, optimize_coding=True)
    except (pyvips.Error, Undecodable) as error:
        raise _failed(message("read_page", page=page + 1, subject=subject), error, source, subject) from error
