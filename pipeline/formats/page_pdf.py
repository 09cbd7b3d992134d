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
from pipeline.tools import img2pdf_, pdf, tiff, vips, vips_copies
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
    """One original's pages as a PDF of their own; `decoded` says that its pixels had to be packed anew."""

    original: Original
    path: Path
    pages: int
    decoded: bool


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
    passed = sum(not part.decoded for part in parts)
    jpeg = sum(part.decoded and part.original.format.media_type in parameters.as_jpeg for part in parts)
    words = [f"{passed} pictures taken over without loss, JPEG and JPEG 2000 without encoding again"]
    if decoded := len(parts) - passed - jpeg:
        words.append(f"{decoded} decoded by libvips {vips.version()} and packed without loss")
    if jpeg:
        words.append(f"{jpeg} decoded by libvips {vips.version()} and encoded as JPEG quality {parameters.quality}")
    return "; ".join([*words, f"{parameters.default_dpi} dpi where fewer than {parameters.lowest_dpi} are given"])


def _part(original: Original, parameters: PageParameters, stem: Path, toolbox: Toolbox) -> _Part | Refused:
    """Taken over where PDF can hold the data, else decoded; refused where neither can be done."""
    toolbox.announce(original.subject, original.size)
    target = stem.with_suffix(".pdf")
    many = original.format.media_type == _PAGED
    try:
        header = vips.header(original.path, original.format.media_type)
    except vips.Undecodable as error:
        return _undecodable(original, target, parameters, many, str(error))
    large = too_large(header, toolbox)
    if large:
        return Refused(original=original, reason=large)
    whole = _whole_pages(original, header, toolbox) if many else (0,)
    if _passes(original, header) and (not many or len(whole) == header.pages):
        try:
            picture = original.path
            if original.format.media_type == "image/jpeg":
                picture = for_pdf(picture, stem.parent, orientation=header.orientation)
            _to_pdf(picture, target, parameters, first_only=not many)
            return _Part(original=original, path=target, pages=len(whole), decoded=False)
        except img2pdf_.CannotPass:
            target.unlink(missing_ok=True)
    singles = [_decoded_page(original, parameters, stem, page, toolbox) for page in whole]
    pdf.join(singles, target)
    return _Part(original=original, path=target, pages=len(whole), decoded=True)


def _whole_pages(original: Original, header: vips.ImageHeader, toolbox: Toolbox) -> tuple[int, ...]:
    """The pages of a TIFF, without the smaller copies of them that it may hold."""
    chain = tiff.read_chain(original.path, max_directories=toolbox.limits.max_frames)
    return chain.pages or tuple(range(header.pages))


def _undecodable(
    original: Original, target: Path, parameters: PageParameters, many: bool, reason: str
) -> _Part | Refused:
    """Kinds of TIFF that libvips does not read, img2pdf may."""
    try:
        _to_pdf(original.path, target, parameters, first_only=not many)
    except img2pdf_.CannotPass:
        return Refused(original=original, reason=told_by_program(reason))
    count = pdf.page_count(target, subject=original.subject)
    return _Part(original=original, path=target, pages=count, decoded=False)


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


def _decoded_page(original: Original, parameters: PageParameters, stem: Path, page: int, toolbox: Toolbox) -> Path:
    toolbox.announce(original.subject, original.size)
    media_type = original.format.media_type
    target = stem.with_name(f"{stem.name}-{page:05d}.pdf")
    if media_type in parameters.as_jpeg:
        picture = target.with_suffix(".jpg")
        vips_copies.page_jpeg(
            original.path, media_type, picture, page=page, quality=parameters.quality, subject=original.subject
        )
    else:
        picture = target.with_suffix(".png")
        vips_copies.lossless_png(original.path, media_type, picture, page=page, subject=original.subject)
    try:
        _to_pdf(picture, target, parameters, first_only=True)
    except img2pdf_.CannotPass as error:
        said = message("page_not_taken_in", subject=original.subject, words=error)
        raise ToolFailed(said, tool="img2pdf", subject=original.subject) from error
    picture.unlink()
    return target
