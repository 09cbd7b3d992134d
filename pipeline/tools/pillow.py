"""Pillow: a second decoder beside libvips, with interpretations of its own. With `img2pdf_` the owner of `PIL`.

It reads kinds of TIFF that libvips does not, and shows what a picture looks like, independently of how a copy of it was
made.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.tools.decoded import Undecodable
from pipeline.tools.later import later


def _without_limit(image: Any) -> None:
    """The limit on pixels is the toolbox's, checked from the header before we are called."""
    image.MAX_IMAGE_PIXELS = None


if TYPE_CHECKING:
    from PIL import Image
else:
    Image = later("PIL.Image", _without_limit)


@contextmanager
def opened(path: Path, *, page: int = 0, by_libtiff: bool = False) -> "Iterator[Image.Image]":
    """A picture, not yet decoded. `by_libtiff` lets libtiff turn a TIFF's colours into RGB. Raises Undecodable, also
    for what goes wrong while it is open."""
    plugin = import_module("PIL.TiffImagePlugin")
    try:
        vars(plugin)["READ_LIBTIFF"] = by_libtiff
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if page:
                    image.seek(page)
                yield image
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, ZeroDivisionError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a full disk; Pillow's own have no number
        raise Undecodable(str(error).replace(str(path), "").strip() or type(error).__name__) from error
    finally:
        vars(plugin)["READ_LIBTIFF"] = False


def colours_by_libtiff(source: Path, target: Path, *, page: int) -> None:
    """Writes a page of a TIFF as PNG in RGB, as libtiff understands its colours (YCbCr, subsampled or not). Raises
    Undecodable."""
    with opened(source, page=page, by_libtiff=True) as image:
        dpi = image.info.get("dpi")
        image.load()
        image.convert("RGB").save(target, "PNG", **({"dpi": dpi} if dpi else {}))
