"""All page images of a record become one PDF, in page order, their encoded data untouched wherever PDF can hold it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.messages import Fact, message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.formats.handler import Made, Original, Refused, first_only
from pipeline.formats.parameters import within
from pipeline.formats.readable import for_pdf
from pipeline.formats.tiff_kinds import JPEG_COMPRESSIONS, NoPlainPage, Reading, plain_page, reading_of
from pipeline.tools import img2pdf_, pdf, tiff, vips, vips_copies
from pipeline.tools.tiff_tags import Directory, read_directories
from pipeline.tools.toolbox import Toolbox

_PASSED = {"image/jpeg", "image/png", "image/tiff", "image/jp2", "image/gif", "image/bmp"}
"""What img2pdf takes over without loss; of the others the pixels are decoded first."""
_PAGED = "image/tiff"
"""What holds pages; other formats hold frames or versions of one picture."""
_MIRRORED = {2, 4, 5, 7}
"""EXIF orientations that /Rotate cannot express."""
_EIGHT_BITS = 8


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
class _Part:
    """One original's pages as a PDF of their own; `packed` of them had to be packed anew, `encoded` as JPEG."""

    original: Original
    path: Path
    pages: int
    packed: int = 0
    encoded: int = 0


def make_pages(
    originals: tuple[Original, ...], parameters: PageParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """One PDF of all originals that can be read; the others are refused one by one."""
    taken = tuple(o for o in originals if vips.readable(o.format.media_type))
    for original in originals:
        if original not in taken:
            yield Refused(original=original, reason=message("no_decoder", what=original.format.media_type))
    target = folder / "pages.pdf"
    with toolbox.scratch_folder() as scratch:
        parts = []
        for number, original in enumerate(taken, start=1):
            part = _part(original, parameters, scratch / f"{number:05d}", toolbox)
            if isinstance(part, Refused):
                yield part
                continue
            parts.append(part)
            if original.format.media_type != _PAGED:
                yield from first_only(original)
        if not parts:
            return
        first = parts[0].original.subject
        toolbox.announce(first, sum(part.original.size for part in parts))
        made = pdf.join([part.path for part in parts], target)
    expected = sum(part.pages for part in parts)
    if made != expected or pdf.page_count(target, subject=first) != expected:
        said = message("page_pdf_differs", made=made, expected=expected)
        raise ToolGarbled(said, tool="img2pdf", subject=first)
    yield Made(
        path=target,
        extension="pdf",
        sources=tuple(part.original for part in parts),
        agent=Agent(name="img2pdf", version=img2pdf_.version()),
        detail=_detail(parameters, parts),
        whole_record=True,
    )


def too_large(header: "vips.ImageHeader", toolbox: Toolbox) -> Fact:
    """Why the picture must not be decoded, from its header alone; an empty string where it may."""
    limits = toolbox.limits
    if header.pixels > limits.max_pixels:
        return message("too_many_pixels", width=header.width, height=header.height, most=limits.max_pixels)
    if header.pages > limits.max_frames:
        return message("too_many_pages", pages=header.pages, most=limits.max_frames)
    return ""


def _detail(parameters: PageParameters, parts: list[_Part]) -> str:
    packed, encoded = sum(part.packed for part in parts), sum(part.encoded for part in parts)
    passed = sum(part.pages for part in parts) - packed - encoded
    words = [f"{passed} pictures taken over without loss, JPEG and JPEG 2000 without encoding again"]
    if packed:
        words.append(f"{packed} decoded by libvips {vips.version()} and packed without loss")
    if encoded:
        words.append(f"{encoded} decoded by libvips {vips.version()} and encoded as JPEG quality {parameters.quality}")
    return "; ".join([*words, f"{parameters.default_dpi} dpi where fewer than {parameters.lowest_dpi} are given"])


def _part(original: Original, parameters: PageParameters, stem: Path, toolbox: Toolbox) -> _Part | Refused:
    """Taken over where PDF can hold the data, else decoded; refused where neither can be done."""
    toolbox.announce(original.subject, original.size)
    if original.format.media_type == _PAGED:
        return _tiff_part(original, parameters, stem, toolbox)
    target = stem.with_suffix(".pdf")
    try:
        header = vips.header(original.path, original.format.media_type)
    except vips.Undecodable as error:
        return _undecodable(original, target, parameters, many=False, reason=str(error))
    large = too_large(header, toolbox)
    if large:
        return Refused(original=original, reason=large)
    if _passes(original, header):
        picture = original.path
        if original.format.media_type == "image/jpeg":
            picture = for_pdf(picture, stem.parent, orientation=header.orientation)
        try:
            _to_pdf(picture, target, parameters, first_only=True)
            return _Part(original=original, path=target, pages=1)
        except img2pdf_.CannotPass:
            target.unlink(missing_ok=True)
    lossy = original.format.media_type in parameters.as_jpeg
    pdf.join([_decoded_page(original, parameters, stem, 0, toolbox, lossy=lossy)], target)
    return _Part(original=original, path=target, pages=1, packed=not lossy, encoded=lossy)


def _tiff_part(original: Original, parameters: PageParameters, stem: Path, toolbox: Toolbox) -> _Part | Refused:
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
            header = vips.header(original.path, _PAGED)
        except vips.Undecodable as error:
            return _undecodable(original, target, parameters, many=True, reason=str(error))
        lossy = any(each.compression in JPEG_COMPRESSIONS for each in chosen.values())
        if _passes(original, header) and len(chosen) == header.pages and not lossy:
            try:
                _to_pdf(original.path, target, parameters, first_only=False)
                return _Part(original=original, path=target, pages=len(chosen))
            except img2pdf_.CannotPass:
                target.unlink(missing_ok=True)
    singles, encoded = [], 0
    for page, each in chosen.items():
        try:
            lossy = each.compression in JPEG_COMPRESSIONS or _PAGED in parameters.as_jpeg
            single = _tiff_page(original, parameters, stem, page, toolbox, each, lossy=lossy)
        except NoPlainPage as error:
            reason = error.reason if len(chosen) == 1 else message("on_page", page=page + 1, reason=error.reason)
            return Refused(original=original, reason=reason)
        singles.append(single)
        encoded += lossy
    pdf.join(singles, target)
    return _Part(original=original, path=target, pages=len(singles), packed=len(singles) - encoded, encoded=encoded)


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
) -> _Part | Refused:
    """Kinds that libvips does not read, img2pdf may."""
    try:
        _to_pdf(original.path, target, parameters, first_only=not many)
    except img2pdf_.CannotPass:
        return Refused(original=original, reason=told_by_program(reason))
    count = pdf.page_count(target, subject=original.subject)
    return _Part(original=original, path=target, pages=count)


def _passes(original: Original, header: vips.ImageHeader) -> bool:
    """PNG holds sixteen bits in PDF too; img2pdf would cut them off a TIFF."""
    if original.format.media_type not in _PASSED or header.orientation in _MIRRORED:
        return False
    return header.bits == _EIGHT_BITS or original.format.media_type == "image/png"


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
