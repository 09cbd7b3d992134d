"""A JPEG per photo: turned upright, in sRGB, no larger than asked, with what the camera wrote but where it stood."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.messages import Fact, message, told_by_program
from pipeline.errors import ToolFailed
from pipeline.formats import likeness
from pipeline.formats.handler import Failed, Made, Original, Refused, first_only
from pipeline.formats.page_parts import too_large
from pipeline.formats.parameters import within
from pipeline.formats.readable import as_shown, ended
from pipeline.formats.tiff_kinds import (
    NoPlainPage,
    Reading,
    first_directory,
    is_read_alike,
    plain_page,
    reading_of,
)
from pipeline.tools import exif, jpeg, pillow, vips, vips_copies
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import Toolbox

_EXIF_LEFT_BEHIND = {"image/tiff", "image/jp2", "image/jpx", "image/vnd.adobe.photoshop"}
"""What libvips 8.14 reads no Exif out of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoParameters:
    """A JPEG per photo, at most so many pixels long. `positions` leaves in it where the photo was taken (GPS) and the
    serial numbers of camera and lens, with the owner's name."""

    longest_side: int = 2560
    quality: int = 85
    positions: bool = False

    def __post_init__(self) -> None:
        within("longest_side", self.longest_side, 200, 20_000)
        within("quality", self.quality, 50, 100)


def make_photos(
    originals: tuple[Original, ...], parameters: PhotoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """A JPEG per photo. One that is a reading copy already is not encoded again."""
    for number, original in enumerate(originals, start=1):
        yield from _made(original, parameters, folder / f"p{number:05d}.jpg", toolbox)


def _made(
    original: Original, parameters: PhotoParameters, target: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    media_type = original.format.media_type
    seconds = toolbox.announce(original.subject, original.size)
    refusal = _refusal(original, toolbox)
    if refusal:
        yield Refused(original=original, reason=refusal)
        return
    kept = vips_copies.is_web_jpeg(original.path, media_type, longest_side=parameters.longest_side)
    told: Fact = ""
    if kept:
        copy = source = original.path.read_bytes()
    else:
        try:
            with toolbox.scratch_folder() as scratch:
                path, shown_as = _shown(original, scratch)
                _encode(path, shown_as, target, parameters, original.subject)
                before = _seen(original, path)
        except NoPlainPage as error:
            yield Refused(original=original, reason=error.reason)
            return
        differs = likeness.difference(before, pillow.sketches(target)[0])
        if differs:
            yield Failed(original=original, reason=message("copy_differs", reason=differs))
            return
        if media_type in _EXIF_LEFT_BEHIND:
            told = _carried_over(original, target, toolbox, seconds)
        copy = target.read_bytes()
        source = original.path.read_bytes() if media_type == "image/jpeg" else copy
    camera = exif.read(jpeg.read_parts(source).exif(), identifying=parameters.positions)
    target.write_bytes(jpeg.with_metadata(copy, exif=exif.written(camera)))
    detail = _KEPT if kept else _encoded(parameters)
    yield Made(path=target, extension="jpg", sources=(original,), agent=_agent(), detail=detail)
    yield from first_only(original)
    if camera.broken:
        told = message("camera_data_broken")
    if told:
        yield Refused(original=original, reason=told, code="partly_normalised")


def _refusal(original: Original, toolbox: Toolbox) -> Fact:
    """Why nothing can be made of it; an empty string where it can."""
    media_type = original.format.media_type
    if not vips.readable(media_type):
        return message("no_decoder", what=media_type)
    directory = first_directory(original.path) if media_type == "image/tiff" else None
    if directory is not None and directory.width * directory.height > toolbox.limits.max_pixels:
        width, height, most = directory.width, directory.height, toolbox.limits.max_pixels
        return message("too_many_pixels", width=width, height=height, most=most)
    if directory is not None and reading_of(directory) is not Reading.PLAIN:
        return ""
    try:
        return too_large(vips.header(original.path, media_type), toolbox)
    except vips.Undecodable as error:
        return told_by_program(error)


def _agent() -> Agent:
    return Agent(name="libvips", version=vips.version())


_KEPT = "the picture as it is: an upright JPEG in sRGB, no larger than asked; of what describes it the camera's data"


def _encoded(parameters: PhotoParameters) -> str:
    return f"JPEG quality {parameters.quality}, longest side {parameters.longest_side}, upright, sRGB"


def _shown(original: Original, scratch: Path) -> tuple[Path, str]:
    """The file, or what stands in for it, as libvips shows it rightly, with its media type. Raises NoPlainPage."""
    media_type = original.format.media_type
    if media_type == "image/jpeg":
        return ended(original.path, scratch), media_type
    if media_type != "image/tiff":
        return as_shown(original.path, media_type, vips.header(original.path, media_type), scratch)
    directory = first_directory(original.path)
    if directory is None or reading_of(directory) is Reading.PLAIN:
        return original.path, media_type
    target = scratch / "plain.png"
    plain_page(original.path, directory, target, page=0)
    return target, "image/png"


def _seen(original: Original, path: Path) -> tuple[pillow.Sketch, ...]:
    """What a second decoder sees in the original, `path` being what stands in for it."""
    if original.format.media_type == "image/tiff":
        directory = first_directory(original.path)
        return likeness.seen(original.path) if directory is not None and is_read_alike(directory) else ()
    return likeness.seen(path if original.format.media_type == "image/jpeg" else original.path)


def _encode(path: Path, media_type: str, target: Path, parameters: PhotoParameters, subject: str) -> None:
    vips_copies.reading_copy(
        path,
        media_type,
        target,
        longest_side=parameters.longest_side,
        quality=parameters.quality,
        subject=subject,
    )


def _carried_over(original: Original, target: Path, toolbox: Toolbox, seconds: float) -> Fact:
    """Gives the copy what the camera wrote; why it could not be done, an empty string where it was."""
    try:
        toolbox.helper(ExifTool).copy_exif(original.path, target, seconds=seconds)
    except ToolFailed as error:
        return message("camera_data_left_out", reason=error.message)
    return ""
