"""Pictures become the pages of a PDF without being encoded again, through img2pdf. The owner of `img2pdf` and `PIL`.

JPEG, JPEG 2000, PNG and CCITT G4 data go into the PDF as they are; other pixels are packed without loss.
"""

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

import img2pdf
from PIL import Image

from pipeline.errors import ToolFailed

Image.MAX_IMAGE_PIXELS = None  # the limit on pixels is the bench's, checked from the header before we are called
logging.getLogger("img2pdf").setLevel(logging.ERROR)
logging.getLogger("PIL").setLevel(logging.ERROR)

POINTS_PER_INCH = 72.0
_LONGEST_POINTS = 14_400.0
"""ISO 32000-1, annex C: the largest page that readers must take."""
_CANNOT = (
    img2pdf.ImageOpenError,
    img2pdf.AlphaChannelError,
    img2pdf.JpegColorspaceError,
    img2pdf.UnsupportedColorspaceError,
    img2pdf.NegativeDimensionError,
    img2pdf.ExifOrientationError,
)


class CannotPass(Exception):
    """This picture cannot be taken over as it is; its pixels must be decoded first."""


@cache
def version() -> str:
    """Version of img2pdf."""
    return str(img2pdf.__version__)


def to_pdf(source: Path, target: Path, *, dpi: float, first_only: bool, subject: str) -> None:
    """Writes the picture (all its pages unless `first_only`) as a PDF at `dpi` dots per inch, turned by /Rotate.

    Raises CannotPass where pixels must be decoded first, ToolFailed for anything else.
    """
    try:
        with target.open("wb") as stream:
            img2pdf.convert(
                str(source),
                outputstream=stream,
                engine=img2pdf.Engine.pikepdf,
                nodate=True,
                producer="",
                layout_fun=_layout(dpi),
                rotation=img2pdf.Rotation.ifvalid,
                first_frame_only=first_only,
            )
    except _CANNOT as error:
        raise CannotPass(str(error)) from error
    except ValueError as error:  # how it refuses more than eight bits, which Pillow would cut off
        raise CannotPass(str(error)) from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ToolFailed(f"img2pdf could not take in {subject}: {error}", tool="img2pdf", subject=subject) from error


def _layout(dpi: float) -> Callable[[int, int, object], tuple[float, float, float, float]]:
    """Page and picture of the picture's true size, made smaller where no reader would take the page."""

    def layout(width: int, height: int, _own_dpi: object) -> tuple[float, float, float, float]:
        scale = min(POINTS_PER_INCH / dpi, _LONGEST_POINTS / max(width, height))
        page = (max(width * scale, 3.0), max(height * scale, 3.0))
        return (*page, *page)

    return layout
