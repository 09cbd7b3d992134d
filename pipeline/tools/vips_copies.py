"""Reading copies by libvips: JPEGs of photos, and pages with the very pixels. With `vips` the owner of `pyvips`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.tools import vips
from pipeline.tools.later import later

pyvips: Any = later("pyvips")

_NOT_SHRUNK_ON_LOAD = {"magickload": "random", "jp2kload": "random", "tiffload": "sequential"}
"""Loaded whole: libvips 8.14 takes the smallest resolution of a JPEG 2000 or of a TIFF pyramid for its thumbnail."""
_FIRST_LYING = 5
"""EXIF orientations from here on swap width and height."""
_ROUNDING = 2
_GREY_AND_ALPHA = 2
_WHITE = 255
_NEARLY_WHITE, _GREY, _MUCH = 235, 128, 0.05
_HIGHEST_WORD = 65535
_TOLERANCE = 1e-3
_FEWEST_LEVELS = 8 * 256
"""Of sixteen bits: eight shades of what a screen shows."""


def _failed(what: Message, error: Exception, path: Path, subject: str) -> ToolFailed:
    reason = told_by_program(vips.reason_of(error, path))
    return ToolFailed(message("libvips_could_not", what=what, reason=reason), tool="libvips", subject=subject)


def is_web_jpeg(path: Path, media_type: str, *, longest_side: int) -> bool:
    """Whether the photo is a reading copy already: an upright JPEG of eight bits in grey or sRGB, no larger."""
    if media_type != "image/jpeg":
        return False
    image = vips.open_image(path, media_type)
    fits = max(image.width, image.height) <= longest_side and image.interpretation in {"srgb", "b-w"}
    return fits and vips.orientation(image) == 1 and not _foreign_profile(image)


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
    vips.prepare()
    size: dict[str, Any] = {"height": longest_side, "size": "down"}
    try:
        access = _NOT_SHRUNK_ON_LOAD.get(vips.LOADERS[media_type])
        plain = vips.open_image(source, media_type, access=access or "random", fail_on="error")
        if _foreign_profile(plain):
            size["export_profile"] = "srgb"
        magick = vips.LOADERS[media_type] == "magickload"
        if plain.hasalpha():
            image = _flat(vips.open_image(source, media_type, fail_on="error"), by_imagemagick=magick)
            image = image.thumbnail_image(longest_side, **size)
        elif access:
            image = plain.thumbnail_image(longest_side, **size)
        else:
            image = pyvips.Image.thumbnail(str(source), longest_side, fail_on="error", **size)
        image = _flat(image, by_imagemagick=magick)
        image.jpegsave(str(target), Q=quality, optimize_coding=True, interlace=False)
    except (pyvips.Error, vips.Undecodable) as error:
        raise _failed(message("make_reading_copy", subject=subject), error, source, subject) from error
    _check_size(source, media_type, target, longest_side, subject)
    return image.width, image.height


def _check_size(source: Path, media_type: str, target: Path, longest_side: int, subject: str) -> None:
    """A copy opens, and is as long and as wide as its source asks for, to the pixel or two that rounding takes."""
    try:
        before, after = vips.header(source, media_type), vips.header(target, "image/jpeg")
    except vips.Undecodable as error:
        said = message("made_no_picture", subject=subject, reason=told_by_program(error))
        raise ToolGarbled(said, tool="libvips", subject=subject) from error
    sides = (before.width, before.height) if before.orientation < _FIRST_LYING else (before.height, before.width)
    scale = min(1.0, longest_side / max(sides))
    if any(abs(is_ - side * scale) > _ROUNDING for is_, side in zip((after.width, after.height), sides, strict=True)):
        said = message("made_odd_size", subject=subject, width=after.width, height=after.height)
        raise ToolGarbled(said, tool="libvips", subject=subject)


def _flat(image: Any, *, by_imagemagick: bool) -> Any:
    """Without transparency; eight bits."""
    if image.interpretation not in {"srgb", "b-w"}:
        image = image.colourspace("b-w" if image.interpretation == "grey16" else "srgb")
    image = image.cast("uchar") if image.format != "uchar" else image
    return _on_ground(image.copy_memory(), by_imagemagick=by_imagemagick) if image.hasalpha() else image


def _on_ground(image: Any, *, by_imagemagick: bool) -> Any:
    """On white as on paper, but on grey where much of what is to be seen is white itself. Transparency of which nothing
    is used is none where ImageMagick has read the picture: of a BMP the fourth byte is often left empty."""
    colours, opacity = image.extract_band(0, n=image.bands - 1), image[image.bands - 1]
    if by_imagemagick and opacity.max() == 0:
        return colours
    visible = opacity > _WHITE // 2
    white = ((colours >= _NEARLY_WHITE).bandand() & visible).avg()
    ground = _GREY if white > _MUCH * visible.avg() else _WHITE
    return image.flatten(background=[ground] * colours.bands)


def _is_bilevel(source: Path, media_type: str, *, page: int) -> bool:
    """Whether there is nothing but black and white: libvips itself unfolds one bit to eight."""
    image = vips.open_image(source, media_type, page=page, access="sequential", fail_on="error")
    plain = image.bands == 1 and image.format == "uchar"
    return plain and bool(((image == 0) | (image == _WHITE)).min() == _WHITE)


def lossless_png(source: Path, media_type: str, target: Path, *, page: int, subject: str) -> None:
    """Writes one page as PNG with the very pixels, turned upright: one bit for black and white, else eight or sixteen;
    without transparency. Raises ToolFailed."""
    try:
        image = vips.open_image(source, media_type, page=page, access="sequential", fail_on="error")
        if vips.orientation(image) not in {0, 1}:
            image = vips.open_image(source, media_type, page=page, fail_on="error").autorot()
        if image.hasalpha():
            magick = vips.LOADERS[media_type] == "magickload"
            image = _flat(
                vips.open_image(source, media_type, page=page, fail_on="error").autorot(), by_imagemagick=magick
            )
        bits = {"bitdepth": 1} if _is_bilevel(source, media_type, page=page) else {}
        image.pngsave(str(target), compression=6, strip=False, **bits)
    except (pyvips.Error, vips.Undecodable) as error:
        raise _failed(message("read_page", page=page + 1, subject=subject), error, source, subject) from error


def page_jpeg(source: Path, media_type: str, target: Path, *, page: int, quality: int, subject: str) -> None:
    """Writes one page as JPEG at full size, turned upright, in sRGB. Raises ToolFailed."""
    try:
        image = vips.open_image(source, media_type, page=page, fail_on="error").autorot()
        magick = vips.LOADERS[media_type] == "magickload"
        _flat(image, by_imagemagick=magick).jpegsave(str(target), Q=quality, optimize_coding=True)
    except (pyvips.Error, vips.Undecodable) as error:
        raise _failed(message("read_page", page=page + 1, subject=subject), error, source, subject) from error


class NoScale(ValueError):
    """The samples have no scale that shows them: `lowest` and `highest` are theirs."""

    def __init__(self, lowest: float, highest: float) -> None:
        super().__init__(f"{lowest:g} to {highest:g}")
        self.lowest, self.highest = f"{lowest:g}", f"{highest:g}"


def scaled_floats(source: Path, target: Path, *, page: int) -> None:
    """Writes a page of floating-point samples as PNG of sixteen bits, 0 as black and 1 as white: what such pictures are
    written for. Raises NoScale for samples beyond, which are measures and no brightness; Undecodable."""
    with _translating(source):
        image = vips.open_image(source, "image/tiff", page=page, fail_on="error")
        lowest, highest = image.min(), image.max()
        if not -_TOLERANCE <= lowest <= highest <= 1 + _TOLERANCE:
            raise NoScale(lowest, highest)
        _deep_png(image.autorot() * _HIGHEST_WORD, target)


def scaled_longs(source: Path, target: Path, *, page: int) -> None:
    """Writes a page of samples of 32 bits as PNG of sixteen. Raises NoScale where nothing would be seen of what there
    is; Undecodable."""
    with _translating(source):
        image = vips.open_image(source, "image/tiff", page=page, fail_on="error")
        lowest, highest = image.min(), image.max()
        scaled = image / (_HIGHEST_WORD + 2)
        if highest > lowest and scaled.max() - scaled.min() < _FEWEST_LEVELS:
            raise NoScale(lowest, highest)
        _deep_png(scaled.autorot(), target)


def by_imagemagick(source: Path, target: Path, *, page: int) -> None:
    """Writes a page of a depth that libvips does not read as PNG of sixteen bits. Raises Undecodable."""
    vips.prepare()
    with _translating(source):
        image = pyvips.Image.magickload(str(source), page=page)
        image.autorot().pngsave(str(target))


def colours_alone(source: Path, target: Path, *, page: int, colours: int) -> None:
    """Writes the colours of a page as PNG, without the samples of unknown use beside them, which libvips takes for
    transparency. Raises Undecodable."""
    with _translating(source):
        image = vips.open_image(source, "image/tiff", page=page, fail_on="error")
        image.autorot().extract_band(0, n=max(1, min(colours, image.bands))).pngsave(str(target))


@contextmanager
def _translating(source: Path) -> Iterator[None]:
    """Raises Undecodable for what libvips raises."""
    try:
        yield
    except pyvips.Error as error:
        raise vips.Undecodable(vips.reason_of(error, source)) from error


def _deep_png(image: Any, target: Path) -> None:
    deep = image.rint().cast("ushort")
    kind = "grey16" if deep.bands <= _GREY_AND_ALPHA else "rgb16"
    deep.copy(interpretation=kind).pngsave(str(target))
