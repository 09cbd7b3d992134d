"""Which pages of a TIFF libvips shows as they are, which must be scaled or translated first, and which nobody can show.

A copy whose samples were taken for others is black, white or pink, and says so to nobody.
"""

from enum import StrEnum
from pathlib import Path

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.tools import pillow, vips, vips_copies
from pipeline.tools.tiff_tags import Directory, read_directories

_UNSIGNED = {1, 4}
_FLOAT = 3
_PLAIN_COLOURS = {0, 1, 2, 3, 4, 5, 8}
_GREY_COLOURS = {0, 1}
_YCBCR, _RGB = 6, 2
JPEG_COMPRESSIONS = {6, 7}
_WORD = 16
_LONG = 32


class Reading(StrEnum):
    """How the samples of a page are to be read."""

    PLAIN = "plain"
    UNNAMED = "samples of unknown use beside the colours"
    FLOATING = "floating point"
    LONG = "unsigned, 32 bits"
    YCBCR = "YCbCr"
    ODD_DEPTH = "odd number of bits"
    SIGNED = "signed"
    UNKNOWN = "unknown"


_DECODED_BY_VIPS = {
    Reading.PLAIN,
    Reading.UNNAMED,
    Reading.FLOATING,
    Reading.LONG,
}
"""What libvips decodes, whatever it makes of the samples."""


def first_directory(path: Path) -> Directory | None:
    """What the first page says of itself; None where there is no directory."""
    found = read_directories(path, max_directories=1)
    return found[0] if found else None


def is_decoded_by_vips(page: Directory) -> bool:
    """Whether libvips can read the page to its end."""
    signed_words = page.form == 2 and page.bits in {8, _WORD, _LONG} and page.photometric in _GREY_COLOURS | {_RGB}
    return reading_of(page) in _DECODED_BY_VIPS or signed_words


def reading_of(page: Directory) -> Reading:
    """By depth, form, colours and compression, as the directory gives them."""
    if page.photometric == _YCBCR:
        return Reading.PLAIN if page.compression in JPEG_COMPRESSIONS else Reading.YCBCR
    if page.photometric not in _PLAIN_COLOURS:
        return Reading.UNKNOWN
    if page.form == 2:
        return Reading.SIGNED
    scalable = page.photometric in _GREY_COLOURS | {_RGB}
    if page.form == _FLOAT:
        return Reading.FLOATING if page.bits == _LONG and scalable else Reading.UNKNOWN
    if page.form not in _UNSIGNED:
        return Reading.UNKNOWN
    if page.bits == _LONG:
        return Reading.LONG if scalable else Reading.UNKNOWN
    if page.bits in {8, _WORD} or (page.bits in {1, 2, 4} and page.samples == 1):
        return Reading.UNNAMED if page.extra[:1] == (0,) else Reading.PLAIN
    return Reading.ODD_DEPTH if scalable and 1 < page.bits < _LONG else Reading.UNKNOWN


def is_read_alike(page: Directory) -> bool:
    """Whether Pillow, too, takes the samples for what they are."""
    return reading_of(page) in {Reading.PLAIN, Reading.UNNAMED}


class NoPlainPage(ValueError):
    """Nothing can be made of a page that says what it says; `reason` is why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def plain_page(path: Path, directory: Directory, target: Path, *, page: int) -> None:
    """Writes a page that is not plain as a PNG that is. Raises NoPlainPage."""
    reading = reading_of(directory)
    if reading in {Reading.SIGNED, Reading.UNKNOWN}:
        raise NoPlainPage(_no_scale(directory))
    try:
        if reading is Reading.YCBCR:
            pillow.colours_by_libtiff(path, target, page=page)
        elif reading is Reading.FLOATING:
            vips_copies.scaled_floats(path, target, page=page)
        elif reading is Reading.LONG:
            vips_copies.scaled_longs(path, target, page=page)
        elif reading is Reading.ODD_DEPTH:
            vips_copies.by_imagemagick(path, target, page=page)
        else:
            vips_copies.colours_alone(path, target, page=page, colours=directory.samples - len(directory.extra))
    except vips_copies.NoScale as error:
        raise NoPlainPage(message("samples_without_scale", lowest=error.lowest, highest=error.highest)) from error
    except vips.Undecodable as error:
        raise NoPlainPage(told_by_program(error)) from error


def _no_scale(page: Directory) -> Message:
    return message(
        "samples_not_known", bits=page.bits, form=page.form, photometric=page.photometric, compression=page.compression
    )
