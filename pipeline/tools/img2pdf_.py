"""Pictures become the pages of a PDF without being encoded again, through img2pdf. The owner of `img2pdf` and `PIL`.

JPEG, JPEG 2000, PNG and CCITT G4 data go into the PDF as they are; other pixels are packed without loss.
"""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import UnidentifiedImageError

from pipeline.tools.later import later


def _without_limit(image: Any) -> None:
    """The limit on pixels is the toolbox's, checked from the header before we are called."""
    image.MAX_IMAGE_PIXELS = None


img2pdf: Any = later("img2pdf")
if TYPE_CHECKING:
    from PIL import Image
else:
    Image = later("PIL.Image", _without_limit)
logging.getLogger("img2pdf").setLevel(logging.ERROR)
logging.getLogger("PIL").setLevel(logging.ERROR)

POINTS_PER_INCH = 72.0
_LONGEST_POINTS = 14_400.0
"""ISO 32000-1, annex C: the largest page that readers must take."""
_HIGHEST_DPI = 4800
_ORIENTATION = 274
"""TIFF 6.0, section 8."""


class CannotPass(Exception):
    """This picture cannot be taken over as it is; its pixels must be decoded first."""


@cache
def version() -> str:
    """Version of img2pdf."""
    return str(img2pdf.__version__)


def to_pdf(source: Path, target: Path, *, default_dpi: int, lowest_dpi: int, first_only: bool) -> None:
    """Writes the picture (all its pages unless `first_only`) as a PDF of its own size, turned by /Rotate.

    The size is what the picture's own dots per inch give, across and down: a fax has fewer down than across.
    Below `lowest_dpi` it is `default_dpi`. Raises CannotPass where pixels must be decoded first.
    """
    try:
        if _turned_tiff(source, first_only=first_only):
            raise CannotPass("its pages are stored turned")
        with target.open("wb") as stream:
            img2pdf.convert(
                str(source),
                outputstream=stream,
                engine=img2pdf.Engine.pikepdf,
                nodate=True,
                producer="",
                layout_fun=_layout(default_dpi, lowest_dpi),
                rotation=img2pdf.Rotation.ifvalid,
                first_frame_only=first_only,
            )
    except CannotPass:
        raise
    except Exception as error:  # img2pdf raises that very class, for JPEG 2000 with a colour profile
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a full disk; Pillow's own have no number
        raise CannotPass(str(error)) from error


def _turned_tiff(source: Path, *, first_only: bool) -> bool:
    """Whether a page of a TIFF has an orientation: Pillow turns it while reading, and img2pdf turns it once more, or
    takes over fax data of one width as of the other."""
    try:
        with Image.open(source) as image:
            if image.format != "TIFF":
                return False
            for page in range(1 if first_only else getattr(image, "n_frames", 1)):
                image.seek(page)
                if image.getexif().get(_ORIENTATION, 1) != 1:
                    return True
    except UnidentifiedImageError:
        return False
    return False


def _layout(default_dpi: int, lowest_dpi: int) -> Callable[[int, int, tuple[int, int]], tuple[float, ...]]:
    """Page and picture of the picture's true size."""

    def layout(width: int, height: int, own: tuple[int, int]) -> tuple[float, ...]:
        page = page_size(width, height, own, default_dpi=default_dpi, lowest_dpi=lowest_dpi)
        return (*page, *page)

    return layout


def page_size(
    width: int, height: int, own: tuple[float, float], *, default_dpi: int, lowest_dpi: int
) -> tuple[float, float]:
    """Points across and down of a page of the picture's true size, made smaller where no reader would take the page;
    `own` is what the picture says of its dots per inch."""
    known = max(own) >= lowest_dpi and min(own) > 1 and max(own) <= _HIGHEST_DPI
    across, down = own if known else (default_dpi, default_dpi)
    size = (width * POINTS_PER_INCH / across, height * POINTS_PER_INCH / down)
    scale = min(1.0, _LONGEST_POINTS / max(size))
    return max(size[0] * scale, 3.0), max(size[1] * scale, 3.0)
