"""What decoders are given instead of a file that is whole, but not as they want it: the same picture, no more said.

A JPEG without its end mark gets one. For a PDF a JPEG says nothing but its resolution and direction: where a photo was
taken does not go out with a copy.
"""

from pathlib import Path

from pipeline.domain.messages import message
from pipeline.formats.tiff_kinds import NoPlainPage
from pipeline.tools import exif, jpeg, pillow, vips

_SIGNED = {"char", "short", "int"}


def ended(path: Path, scratch: Path) -> Path:
    """The JPEG itself, or, where it lacks its end mark, a copy with one in `scratch`."""
    data = path.read_bytes()
    try:
        parts = jpeg.read_parts(data)
    except jpeg.NoJpeg:
        return path
    if not parts.lacks_end:
        return path
    target = scratch / f"ended-{path.name}"
    target.write_bytes(data + jpeg.END_MARK)
    return target


def for_pdf(path: Path, scratch: Path, *, orientation: int) -> Path:
    """The JPEG itself where nothing stands in it but its picture, or a copy in `scratch` of which that is true.

    Only whole files: what lies behind the end, such as the larger pictures of a telephone, is left out.
    """
    data = path.read_bytes()
    try:
        camera = exif.read(jpeg.read_parts(data).exif(), identifying=False)
        resolution = exif.Camera(image={tag: value for tag, value in camera.image.items() if tag in exif.RESOLUTION})
        direction = orientation if orientation != 1 else 0
        plain = jpeg.with_metadata(data, exif=exif.written(resolution, orientation=direction))
    except jpeg.NoJpeg:
        return path
    if plain == data:
        return path
    target = scratch / f"plain-{path.name}"
    target.write_bytes(plain)
    return target


def as_shown(path: Path, media_type: str, header: vips.ImageHeader, scratch: Path) -> tuple[Path, str]:
    """The file, no TIFF, or what stands in for it, as libvips shows it rightly, with its media type.

    ImageMagick's inks come to libvips without their black: Pillow turns them into colours, where it can. Raises
    NoPlainPage.
    """
    if header.form in _SIGNED:
        raise NoPlainPage(message("samples_of_form", form=header.form))
    if vips.LOADERS[media_type] != "magickload" or header.interpretation != "cmyk":
        return path, media_type
    target = scratch / f"colours-{path.name}.png"
    try:
        pillow.in_rgb(path, target)
    except vips.Undecodable as error:
        raise NoPlainPage(message("inks_not_known")) from error
    return target, "image/png"
