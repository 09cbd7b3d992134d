"""Images: read to the last pixel; reading copies as pages of one PDF or as one JPEG per photo."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import IMAGE, Soundness
from pipeline.domain.messages import message, told_by_program
from pipeline.domain.records import Role
from pipeline.formats.handler import (
    Action,
    Examined,
    FormatHandler,
    Made,
    NoParameters,
    Original,
    Refused,
    Taking,
    could_not_tell,
    damaged,
    first_only,
    sound,
)
from pipeline.formats.page_pdf import PageParameters, make_pages, too_large
from pipeline.formats.parameters import within
from pipeline.tools import tiff, vips
from pipeline.tools.decoded import NotSupported
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import Toolbox


def _agent() -> Agent:
    return Agent(name="libvips", version=vips.version())


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Limits from the header first, then every pixel of every page."""
    agent = _agent()
    media_type = original.format.media_type
    if not vips.readable(media_type):
        return Examined(soundness=could_not_tell(agent, message("no_decoder", what=media_type)), agent=agent)
    try:
        header = vips.header(original.path, media_type)
    except vips.Undecodable as error:
        return Examined(
            soundness=_refused(agent, str(error), supported=not isinstance(error, NotSupported)), agent=agent
        )
    large = too_large(header, toolbox)
    if large:
        return Examined(soundness=could_not_tell(agent, large), agent=agent, too_large=large)
    chain = tiff.Chain()
    if media_type == "image/tiff":
        chain = tiff.read_chain(original.path, max_directories=toolbox.limits.max_frames)
    if chain.fault:
        return Examined(soundness=damaged(agent, chain.fault), agent=agent, pages=header.pages)
    return replace(_decoded(original, header, toolbox, agent), pages=len(chain.pages) or header.pages)


def _decoded(original: Original, header: vips.ImageHeader, toolbox: Toolbox, agent: Agent) -> Examined:
    media_type = original.format.media_type
    for page in range(1, header.pages if media_type == "image/tiff" else 1):
        toolbox.announce(original.subject, original.size)
        try:
            large = too_large(vips.header(original.path, media_type, page=page), toolbox)
        except vips.Undecodable as error:
            return Examined(
                soundness=damaged(agent, message("on_page", page=page + 1, reason=told_by_program(error))), agent=agent
            )
        if large:
            return Examined(soundness=could_not_tell(agent, large), agent=agent, too_large=large)
    read = vips.decode(original.path, media_type, pages=header.pages)
    if read.fault:
        soundness = _refused(agent, read.fault, supported=read.supported)
    elif read.doubt:
        soundness = could_not_tell(agent, told_by_program(read.doubt))
    else:
        soundness = sound(agent)
    return Examined(soundness=soundness, agent=agent)


def _refused(agent: Agent, reason: str, *, supported: bool) -> Soundness:
    """A picture of a kind that the decoder does not know is not a damaged one."""
    said = told_by_program(reason)
    return damaged(agent, said) if supported else could_not_tell(agent, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoParameters:
    """A JPEG per photo, at most so many pixels long."""

    longest_side: int = 2560
    quality: int = 85

    def __post_init__(self) -> None:
        within("longest_side", self.longest_side, 200, 20_000)
        within("quality", self.quality, 50, 100)


def make_photos(
    originals: tuple[Original, ...], parameters: PhotoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """A JPEG per photo: turned upright, in sRGB, no larger than asked. One that is so already is not encoded again."""
    for number, original in enumerate(originals, start=1):
        media_type = original.format.media_type
        if not vips.readable(media_type):
            yield Refused(original=original, reason=message("no_decoder", what=media_type))
            continue
        seconds = toolbox.announce(original.subject, original.size)
        try:
            large = too_large(vips.header(original.path, media_type), toolbox)
            kept = vips.is_web_jpeg(original.path, media_type, longest_side=parameters.longest_side)
        except vips.Undecodable as error:
            yield Refused(original=original, reason=told_by_program(error))
            continue
        if large:
            yield Refused(original=original, reason=large)
            continue
        target = folder / f"p{number:05d}.jpg"
        if kept:
            shutil.copyfile(original.path, target)
        else:
            _encode(original, target, parameters)
            if media_type in _EXIF_LEFT_BEHIND:
                toolbox.helper(ExifTool).copy_exif(original.path, target, seconds=seconds)
        detail = _KEPT if kept else _encoded(parameters)
        yield Made(path=target, extension="jpg", sources=(original,), agent=_agent(), detail=detail)
        yield from first_only(original)


_EXIF_LEFT_BEHIND = {"image/tiff", "image/jp2", "image/vnd.adobe.photoshop"}
"""What libvips 8.14 reads no Exif out of."""
_KEPT = "the picture as it is: an upright JPEG in sRGB, no larger than asked"


def _encoded(parameters: PhotoParameters) -> str:
    return f"JPEG quality {parameters.quality}, longest side {parameters.longest_side}, upright, sRGB"


def _encode(original: Original, target: Path, parameters: PhotoParameters) -> None:
    vips.reading_copy(
        original.path,
        original.format.media_type,
        target,
        longest_side=parameters.longest_side,
        quality=parameters.quality,
        subject=original.subject,
    )


def refuse(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """Nothing is made; the finding says so."""
    for original in originals:
        yield Refused(original=original, reason=message("kept_as_it_came", what=original.format.name))


HANDLER = FormatHandler(
    kinds=(IMAGE,),
    examine=examine,
    needs=("libvips",),
    actions={
        "pages": Action(
            make=make_pages,
            parameters=PageParameters,
            roles=frozenset({Role.ACCESS, Role.PRESERVATION}),
            taking=Taking.WHOLE,
            needs=("libvips", "img2pdf", "pikepdf"),
        ),
        "photo": Action(make=make_photos, parameters=PhotoParameters, needs=("libvips", "exiftool")),
        "none": Action(make=refuse, taking=Taking.GROUP),
    },
)
