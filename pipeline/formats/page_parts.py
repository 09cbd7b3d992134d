"""One original's pages as a PDF of their own, their encoded data untouched wherever PDF can hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.domain.messages import Fact, message, told_by_program
from pipeline.errors import ToolFailed
from pipeline.formats.handler import Original, Refused
from pipeline.formats.parameters import within
from pipeline.formats.readable import as_shown, for_pdf
from pipeline.formats.tiff_kinds import JPEG_COMPRESSIONS, NoPlainPage, Reading, is_read_alike, plain_page, reading_of
from pipeline.tools import img2pdf_, pdf, pdf_page, png, tiff, vips, vips_copies
from pipeline.tools.tiff_tags import Directory, read_directories
from pipeline.tools.toolbox import Toolbox

_PASSED = {"image/jpeg", "image/png", "image/tiff", "image/jp2", "image/gif", "image/bmp"}
"""What img2pdf takes over without loss; of the others the pixels are decoded first."""
PAGED = "image/tiff"
"""What holds pages; other formats hold frames or versions of one picture."""
_MIRRORED = {2, 4, 5, 7}
"""EXIF orientations that /Rotate cannot express."""
_ROTATIONS = {1: 0, 3: 180, 6: 90, 8: 270}
"""Degrees clockwise by EXIF orientation, of those that /Rotate can express."""
_PALETTE = 3
_EIGHT_BITS = 8
_SAID_BY_ITSELF = {"srgb", "b-w"}
"""A JPEG in grey or YCbCr says in a PDF what it says alone: it need not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParameters:
    """Pictures as pages of one PDF. A resolution below `lowest_dpi` is what software writes when it does not know:
    `default_dpi` is taken instead. Pixels that cannot be taken over as they are encoded are packed without loss;
    those of the media types in `as_jpeg`, which are lossy already, as JPEG at `quality`."""

    default_dpi: int = 300
    lowest_dpi: int = 100
    as_jpeg: tuple[str, ...] = ()
    quality: int = 90

    def __post_init__(self) -> None:
        within("default_dpi", self.default_dpi, 50, 4800)
        within("quality", self.quality, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One original's pages as a PDF of their own; `packed` of them had to be packed anew, `encoded` as JPEG.
    `shown` are the pages of the original that they show, from 0, None for one that there is no second decoder for;
    empty where the data is the original's own and says by itself what it shows."""

    original: Original
    path: Path
    pages: int
    packed: int = 0
    encoded: int = 0
    shown: tuple[int | None, ...] = ()


def too_large(header: "vips.ImageHeader", toolbox: Toolbox) -> Fact:
    """Why the picture must not be decoded, from its header alone; an empty string where it may."""
    limits = toolbox.limits
    if header.pixels > limits.max_pixels:
        return message("too_many_pixels", width=header.width, height=header.height, most=limits.max_pixels)
    if header.pages > limits.max_frames:
        return message("too_many_pages", pages=header.pages, most=limits.max_frames)
    return ""


def part_of(original: Original, parameters: PageParameters, stem: Path, toolbox: Toolbox) -> Part | Refused:
    """Taken over where PDF can hold the data, else decoded; refused where neither can be done."""
    toolbox.announce(original.subject, original.size)
    if original.format.media_type == PAGED:
        return _tiff_part(original, parameters, stem, toolbox)
    target = stem.with_suffix(".pdf")
    try:
        header = vips.header(original.path, original.format.media_type)
        large = too_large(header, toolbox)
        if large:
            return Refused(original=original, reason=large)
        path, media_type = as_shown(original.path, original.format.media_type, header, stem.parent)
    except vips.Undecodable as error:
        return _undecodable(original, target, parameters, many=False, reason=str(error))
    except NoPlainPage as error:
        return Refused(original=original, reason=error.reason)
    if media_type == "image/png" and _packed_png(path, target, parameters, header):
        plain = header.bands == 1 or header.interpretation in _SAID_BY_ITSELF
        return Part(original=original, path=target, pages=1, shown=() if plain else (0,))
    if _passes(media_type, header):
        picture = path
        if media_type == "image/jpeg":
            picture = for_pdf(path, stem.parent, orientation=header.orientation)
        try:
            _to_pdf(picture, target, parameters, first_only=True)
            own = media_type == "image/jpeg" and header.interpretation in _SAID_BY_ITSELF
            return Part(original=original, path=target, pages=1, shown=() if own else (0,))
        except img2pdf_.CannotPass:
            target.unlink(missing_ok=True)
    lossy = media_type in parameters.as_jpeg
    stood_in = replace(original, path=path, format=replace(original.format, media_type=media_type))
    pdf.join([_decoded_page(stood_in, parameters, stem, 0, toolbox, lossy=lossy)], target)
    return Part(original=original, path=target, pages=1, packed=not lossy, encoded=lossy, shown=(0,))


def _packed_png(path: Path, target: Path, parameters: PageParameters, header: vips.ImageHeader) -> bool:
    """Takes over the data of a PNG as it is; whether PDF can hold it. img2pdf takes minutes over one of many pieces."""
    try:
        chunks = png.read_chunks(path)
    except png.NoPng:
        return False
    whole = chunks.data and not chunks.ruined and (chunks.colours != _PALETTE or chunks.palette)
    if not whole or not chunks.channels or chunks.interlaced or header.orientation not in _ROTATIONS:
        return False
    size = img2pdf_.page_size(
        chunks.width,
        chunks.height,
        chunks.dpi or (0, 0),
        default_dpi=parameters.default_dpi,
        lowest_dpi=parameters.lowest_dpi,
    )
    picture = pdf_page.PackedPicture(
        data=png.picture_data(path, chunks),
        width=chunks.width,
        height=chunks.height,
        bits=chunks.depth,
        samples=chunks.channels,
        palette=chunks.palette if chunks.colours == _PALETTE else b"",
        profile=chunks.profile,
    )
    pdf_page.write_page(target, picture, size=size, rotate=_ROTATIONS[header.orientation])
    return True


def _tiff_part(original: Original, parameters: PageParameters, stem: Path, toolbox: Toolbox) -> Part | Refused:
    """The pages of a TIFF, without the smaller copies of them that it may hold."""
    most = toolbox.limits.max_frames
    pages = tiff.read_chain(original.path, max_directories=most).pages
    directories = read_directories(original.path, max_directories=most)
    chosen = {page: directories[page] for page in pages if page < len(directories)}
    for each in chosen.values():
        if each.width * each.height > toolbox.limits.max_pixels:
            most_pixels = toolbox.limits.max_pixels
            reason = message("too_many_pixels", width=each.width, height=each.height, most=most_pixels)
            return Refused(original=original, reason=reason)
    target = stem.with_suffix(".pdf")
    plain = all(reading_of(each) is Reading.PLAIN for each in chosen.values())
    if plain:
        try:
            header = vips.header(original.path, PAGED)
        except vips.Undecodable as error:
            return _undecodable(original, target, parameters, many=True, reason=str(error))
        lossy = any(each.compression in JPEG_COMPRESSIONS for each in chosen.values())
        if _passes(PAGED, header) and len(chosen) == header.pages and not lossy:
            try:
                _to_pdf(original.path, target, parameters, first_only=False)
                return Part(original=original, path=target, pages=len(chosen), shown=_comparable(chosen))
            except img2pdf_.CannotPass:
                target.unlink(missing_ok=True)
    singles, encoded = [], 0
    for page, each in chosen.items():
        try:
            lossy = each.compression in JPEG_COMPRESSIONS or PAGED in parameters.as_jpeg
            single = _tiff_page(original, parameters, stem, page, toolbox, each, lossy=lossy)
        except NoPlainPage as error:
            reason = error.reason if len(chosen) == 1 else message("on_page", page=page + 1, reason=error.reason)
            return Refused(original=original, reason=reason)
        singles.append(single)
        encoded += lossy
    pdf.join(singles, target)
    return Part(
        original=original,
        path=target,
        pages=len(singles),
        packed=len(singles) - encoded,
        encoded=encoded,
        shown=_comparable(chosen),
    )


def _comparable(pages: Mapping[int, Directory]) -> tuple[int | None, ...]:
    return tuple(page if is_read_alike(each) else None for page, each in pages.items())


def _tiff_page(
    original: Original,
    parameters: PageParameters,
    stem: Path,
    page: int,
    toolbox: Toolbox,
    directory: Directory,
    *,
    lossy: bool,
) -> Path:
    """One page as a PDF. Raises NoPlainPage."""
    if reading_of(directory) is Reading.PLAIN:
        return _decoded_page(original, parameters, stem, page, toolbox, lossy=lossy)
    toolbox.announce(original.subject, original.size)
    picture = stem.with_name(f"{stem.name}-{page:05d}.png")
    plain_page(original.path, directory, picture, page=page)
    return _packed(original, picture, parameters)


def _undecodable(
    original: Original, target: Path, parameters: PageParameters, *, many: bool, reason: str
) -> Part | Refused:
    """Kinds that libvips does not read, img2pdf may."""
    try:
        _to_pdf(original.path, target, parameters, first_only=not many)
    except img2pdf_.CannotPass:
        return Refused(original=original, reason=told_by_program(reason))
    count = pdf.page_count(target, subject=original.subject)
    return Part(original=original, path=target, pages=count)


def _passes(media_type: str, header: vips.ImageHeader) -> bool:
    """PNG holds sixteen bits in PDF too; img2pdf would cut them off a TIFF. Transparency needs a ground."""
    if media_type not in _PASSED or header.orientation in _MIRRORED or header.alpha:
        return False
    return header.bits == _EIGHT_BITS or media_type == "image/png"


def _to_pdf(picture: Path, target: Path, parameters: PageParameters, *, first_only: bool) -> None:
    img2pdf_.to_pdf(
        picture,
        target,
        default_dpi=parameters.default_dpi,
        lowest_dpi=parameters.lowest_dpi,
        first_only=first_only,
    )


def _decoded_page(
    original: Original, parameters: PageParameters, stem: Path, page: int, toolbox: Toolbox, *, lossy: bool
) -> Path:
    toolbox.announce(original.subject, original.size)
    media_type = original.format.media_type
    picture = stem.with_name(f"{stem.name}-{page:05d}.{'jpg' if lossy else 'png'}")
    if lossy:
        quality = parameters.quality
        vips_copies.page_jpeg(original.path, media_type, picture, page=page, quality=quality, subject=original.subject)
    else:
        vips_copies.lossless_png(original.path, media_type, picture, page=page, subject=original.subject)
    return _packed(original, picture, parameters)


def _packed(original: Original, picture: Path, parameters: PageParameters) -> Path:
    """A picture that we made as a page, and gone."""
    target = picture.with_suffix(".pdf")
    try:
        _to_pdf(picture, target, parameters, first_only=True)
    except img2pdf_.CannotPass as error:
        said = message("page_not_taken_in", subject=original.subject, words=error)
        raise ToolFailed(said, tool="img2pdf", subject=original.subject) from error
    picture.unlink()
    return target
