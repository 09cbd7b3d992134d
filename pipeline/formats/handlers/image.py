"""Images: read to the last pixel; reading copies as pages of one PDF or as one JPEG per photo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import BLANK, IMAGE, Soundness, Verdict
from pipeline.domain.messages import message, told_by_program
from pipeline.domain.records import Role
from pipeline.formats import png_soundness, tiff_soundness
from pipeline.formats.blank import is_blank
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
    sound,
)
from pipeline.formats.jpeg_soundness import judged
from pipeline.formats.page_parts import PageParameters, too_large
from pipeline.formats.page_pdf import make_pages
from pipeline.formats.photo import PhotoParameters, make_photos
from pipeline.tools import heif, vips
from pipeline.tools.decoded import NotSupported
from pipeline.tools.toolbox import Toolbox

_OF_PAGES = frozenset(("image/jpeg", "image/tiff", "image/png", "image/bmp", "image/jp2"))
"""What pages are scanned as."""


def _agent() -> Agent:
    return Agent(name="libvips", version=vips.version())


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Limits from the header first, then every pixel of every page; then whether a single page is blank."""
    examined = _examined(original, toolbox)
    media_type = original.format.media_type
    if examined.soundness.verdict is not Verdict.SOUND or examined.pages != 1 or media_type not in _OF_PAGES:
        return examined
    if not is_blank(original.path, media_type, original.size):
        return examined
    return replace(examined, facts=(*examined.facts, BLANK))


def _examined(original: Original, toolbox: Toolbox) -> Examined:
    agent = _agent()
    media_type = original.format.media_type
    if not vips.readable(media_type):
        return Examined(soundness=could_not_tell(agent, message("no_decoder", what=media_type)), agent=agent)
    if media_type == "image/tiff":
        return tiff_soundness.examined(original, toolbox, agent)
    try:
        header = vips.header(original.path, media_type)
    except vips.Undecodable as error:
        return _not_opened(original, error, toolbox, agent)
    large = too_large(header, toolbox)
    if large:
        return Examined(soundness=could_not_tell(agent, large), agent=agent, too_large=large)
    if media_type == "image/jpeg":
        soundness, judge = judged(original.path, max_pixels=toolbox.limits.max_pixels, libvips=agent)
        return Examined(soundness=soundness, agent=judge)
    if media_type == "image/png":
        return Examined(soundness=png_soundness.judged(original.path, agent), agent=agent, pages=header.pages)
    return Examined(soundness=_decoded(original, header, agent), agent=agent, pages=header.pages)


def _not_opened(original: Original, error: vips.Undecodable, toolbox: Toolbox, agent: Agent) -> Examined:
    """A picture that libvips does not even open: of some kinds we know more than it says."""
    if original.format.media_type == "image/jpeg":
        soundness, judge = judged(original.path, max_pixels=toolbox.limits.max_pixels, libvips=agent)
        return Examined(soundness=soundness, agent=judge)
    soundness = _refused(agent, str(error), supported=not isinstance(error, NotSupported))
    if vips.LOADERS[original.format.media_type] == "heifload":
        boxes = heif.read_boxes(original.path)
        if boxes.cut_short:
            soundness = damaged(agent, message("bytes_lacking_at_end"))
        elif boxes.sequence or boxes.unknown:
            kinds = ", ".join(boxes.unknown) or "moov"
            soundness = could_not_tell(agent, message("heif_of_unknown_kind", kinds=kinds, words=error))
    return Examined(soundness=soundness, agent=agent)


def _decoded(original: Original, header: vips.ImageHeader, agent: Agent) -> Soundness:
    read = vips.decode(original.path, original.format.media_type, pages=header.pages)
    if read.fault:
        return _refused(agent, read.fault, supported=read.supported)
    if read.doubt:
        return could_not_tell(agent, told_by_program(read.doubt))
    return sound(agent)


def _refused(agent: Agent, reason: str, *, supported: bool) -> Soundness:
    """A picture of a kind that the decoder does not know is not a damaged one."""
    said = told_by_program(reason)
    return damaged(agent, said) if supported else could_not_tell(agent, said)


def refuse(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """Nothing is made; the finding says so."""
    for original in originals:
        yield Refused(original=original, reason=message("kept_as_it_came", what=original.format.name))


HANDLER = FormatHandler(
    kinds=(IMAGE,),
    examine=examine,
    needs=("libvips", "libavcodec"),
    actions={
        "pages": Action(
            make=make_pages,
            parameters=PageParameters,
            roles=frozenset({Role.ACCESS, Role.PRESERVATION}),
            taking=Taking.WHOLE,
            needs=("libvips", "img2pdf", "pikepdf", "pdftotext"),
        ),
        "photo": Action(make=make_photos, parameters=PhotoParameters, needs=("libvips", "exiftool")),
        "none": Action(make=refuse, taking=Taking.GROUP),
    },
)
