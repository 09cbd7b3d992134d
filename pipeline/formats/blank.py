"""Whether a scanned page is blank: nearly one tone all over, its rim left out.

A page with writing takes room; so only what is small for its pixels is decoded once more, and small itself. An
uncompressed page is looked at in any case where it has one page only.
"""

from pathlib import Path

from pipeline.tools import vips

_SMALL_FILE = 32 << 10
_BYTES_PER_PIXEL = 0.015
_UNCOMPRESSED = 0.9
_MOST_PIXELS = 40_000_000
_ONE_TONE = 12
"""Of 255: the noise of a scanner, and no stroke of a pen."""


def is_blank(path: Path, media_type: str, size: int) -> bool:
    """Whether the first page of the file, which was read to its end, is blank; false where that could not be told, and
    for what is too large for a look."""
    try:
        header = vips.header(path, media_type)
        if not _may_be(size, header.pixels):
            return False
        spread = vips.spread(path, media_type)
    except vips.Undecodable:
        return False
    return spread is not None and spread <= _ONE_TONE


def _may_be(size: int, pixels: int) -> bool:
    if not 0 < pixels <= _MOST_PIXELS:
        return False
    thin = size / pixels
    return size <= _SMALL_FILE or thin <= _BYTES_PER_PIXEL or thin >= _UNCOMPRESSED
