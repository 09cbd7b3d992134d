"""Pillow: a second decoder beside libvips, with interpretations of its own. With `img2pdf_` the owner of `PIL`.

It reads kinds of TIFF that libvips does not, and shows what a picture looks like, independently of how a copy of it was
made.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.tools.decoded import Undecodable
from pipeline.tools.later import later


def _without_limit(image: Any) -> None:
    """The limit on pixels is the toolbox's, checked from the header before we are called."""
    image.MAX_IMAGE_PIXELS = None


if TYPE_CHECKING:
    from PIL import Image, ImageCms, ImageOps, ImageStat
else:
    Image = later("PIL.Image", _without_limit)
    ImageCms = later("PIL.ImageCms")
    ImageOps = later("PIL.ImageOps")
    ImageStat = later("PIL.ImageStat")

GROUNDS = ((255, 255, 255), (128, 128, 128))
"""What is put behind transparency: paper, or grey where white would vanish on it."""
_SIDE = 64
"""A picture is looked at in so many points across and down."""
_ENOUGH = 256
_INKED = {"CMYK", "LAB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What a picture looks like: pixels across and down as it is shown, and of each quarter, upper left first, mean
    red, green and blue and the contrast (standard deviation of the brightness), from 0 to 255. `inked` says that its
    colours depend on a profile."""

    width: int
    height: int
    quarters: tuple[tuple[float, float, float, float], ...]
    inked: bool = False

    @property
    def contrast(self) -> float:
        """The largest of the quarters, or what they differ by."""
        greys = [sum(quarter[:3]) / 3 for quarter in self.quarters]
        return max(max(quarter[3] for quarter in self.quarters), (max(greys) - min(greys)) / 2)


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


def sketches(path: Path, *, page: int = 0) -> tuple[Sketch, ...]:
    """What a picture looks like, upright; on each of `GROUNDS` where it is transparent. A JPEG is decoded at an eighth
    of its size where it is large. Raises Undecodable, also for samples that Pillow has no scale for."""
    with opened(path, page=page) as image:
        width, height = image.size
        image.draft(None, (_ENOUGH, _ENOUGH))
        drafted = image.size
        inked = image.mode in _INKED
        profile = image.info.get("icc_profile")
        image.load()
        upright = ImageOps.exif_transpose(image)
        if drafted == (width, height):
            width, height = upright.size
        elif (upright.width > upright.height) != (width > height):
            width, height = height, width
        colours = _in_colours(upright, bytes(profile or b""))
        if colours.mode != "RGBA":
            return (_sketched(colours, width, height, inked),)
        return tuple(_sketched(_on(ground, colours), width, height, inked) for ground in GROUNDS)


def _in_colours(image: "Image.Image", profile: bytes) -> "Image.Image":
    """As RGB, or RGBA where something is transparent. Raises ValueError for samples without a scale."""
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 257, "L").convert("RGB")
    if image.mode in {"I", "F"}:
        raise ValueError(f"mode {image.mode} has no scale")
    if image.mode == "LAB":
        return image.split()[0].convert("RGB")
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        return _in_srgb(image, profile)
    clear = image.mode in {"LA", "La", "RGBa", "PA"} or "transparency" in image.info
    if not clear and image.mode != "RGBA":
        return image.convert("RGB")
    whole = image.convert("RGBA")
    opacity: Any = whole.getchannel("A").getextrema()
    return whole.convert("RGB") if opacity in {(0, 0), (255, 255)} else whole


def _in_srgb(image: "Image.Image", profile: bytes) -> "Image.Image":
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), image.mode, "RGB")
        return transform.apply(image)
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")


def _on(ground: tuple[int, int, int], picture: "Image.Image") -> "Image.Image":
    below = Image.new("RGBA", picture.size, (*ground, 255))
    return Image.alpha_composite(below, picture).convert("RGB")


def _sketched(image: "Image.Image", width: int, height: int, inked: bool) -> Sketch:
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    half = _SIDE // 2
    quarters = []
    for top in (0, half):
        for left in (0, half):
            part = small.crop((left, top, left + half, top + half))
            red, green, blue = ImageStat.Stat(part).mean
            quarters.append((red, green, blue, ImageStat.Stat(part.convert("L")).stddev[0]))
    return Sketch(width=width, height=height, quarters=tuple(quarters), inked=inked)


def in_rgb(source: Path, target: Path) -> None:
    """Writes a picture as PNG in RGB, as Pillow understands its colours. Raises Undecodable."""
    with opened(source) as image:
        image.load()
        _in_colours(image, bytes(image.info.get("icc_profile") or b"")).save(target, "PNG")
