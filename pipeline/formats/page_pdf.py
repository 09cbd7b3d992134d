"""All page images of a record become one PDF, in page order; what does not look like its original is left out."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.messages import Message, message
from pipeline.errors import ToolGarbled
from pipeline.formats import likeness
from pipeline.formats.handler import Failed, Made, Original, Refused, first_only
from pipeline.formats.page_parts import PAGED, PageParameters, Part, part_of
from pipeline.tools import img2pdf_, pdf, pillow, poppler, vips
from pipeline.tools.toolbox import Toolbox

_SIDE = 256
"""Pixels of a page's longer side as it is looked at."""


def make_pages(
    originals: tuple[Original, ...], parameters: PageParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """One PDF of all originals that can be read; the others are refused one by one, and those whose pages do not look
    like them have failed."""
    taken = tuple(o for o in originals if vips.readable(o.format.media_type))
    for original in originals:
        if original not in taken:
            yield Refused(original=original, reason=message("no_decoder", what=original.format.media_type))
    target = folder / "pages.pdf"
    with toolbox.scratch_folder() as scratch:
        parts = []
        for number, original in enumerate(taken, start=1):
            part = part_of(original, parameters, scratch / f"{number:05d}", toolbox)
            if isinstance(part, Refused):
                yield part
                continue
            parts.append(part)
        _joined(parts, target, toolbox)
        unlike = _unlike(parts, target, toolbox)
        if unlike:
            for part, reason in unlike.items():
                yield Failed(original=part.original, reason=message("copy_differs", reason=reason))
            parts = [part for part in parts if part not in unlike]
            _joined(parts, target, toolbox)
    if not parts:
        return
    for part in parts:
        if part.original.format.media_type != PAGED:
            yield from first_only(part.original)
    yield Made(
        path=target,
        extension="pdf",
        sources=tuple(part.original for part in parts),
        agent=Agent(name="img2pdf", version=img2pdf_.version()),
        detail=_detail(parameters, parts),
        whole_record=True,
    )


def _joined(parts: Sequence[Part], target: Path, toolbox: Toolbox) -> None:
    """Writes the PDF of all parts, nothing where there is none. Raises ToolGarbled where pages are missing."""
    target.unlink(missing_ok=True)
    if not parts:
        return
    first = parts[0].original.subject
    toolbox.announce(first, sum(part.original.size for part in parts))
    made, expected = pdf.join([part.path for part in parts], target), sum(part.pages for part in parts)
    if made != expected or pdf.page_count(target, subject=first) != expected:
        said = message("page_pdf_differs", made=made, expected=expected)
        raise ToolGarbled(said, tool="img2pdf", subject=first)


def _unlike(parts: Sequence[Part], target: Path, toolbox: Toolbox) -> dict[Part, Message]:
    """The parts of which a page does not look like its original, each with the reason for its first such page."""
    found: dict[Part, Message] = {}
    at = 0
    for shown, some in groupby(parts, key=lambda part: bool(part.shown)):
        run = list(some)
        count = sum(part.pages for part in run)
        if shown:
            with toolbox.scratch_folder() as folder:
                subject = run[0].original.subject
                toolbox.announce(subject, sum(part.original.size for part in run), files=count)
                span = {"first": at + 1, "last": at + count}
                pictures = iter(poppler.small_pages(target, folder, side=_SIDE, subject=subject, **span))
                for part in run:
                    reason = _unlike_page(part, [next(pictures) for _ in part.shown])
                    if reason:
                        found[part] = reason
        at += count
    return found


def _unlike_page(part: Part, pictures: Sequence[Path]) -> Message | None:
    for page, picture in zip(part.shown, pictures, strict=True):
        if page is None:
            continue
        before = likeness.seen(part.original.path, page=page)
        reason = likeness.difference(before, pillow.sketches(picture)[0], shape=False)
        if reason:
            return message("on_page", page=page + 1, reason=reason) if len(part.shown) > 1 else reason
    return None


def _detail(parameters: PageParameters, parts: list[Part]) -> str:
    packed, encoded = sum(part.packed for part in parts), sum(part.encoded for part in parts)
    passed = sum(part.pages for part in parts) - packed - encoded
    words = [f"{passed} pictures taken over without loss, JPEG and JPEG 2000 without encoding again"]
    if packed:
        words.append(f"{packed} decoded by libvips {vips.version()} and packed without loss")
    if encoded:
        words.append(f"{encoded} decoded by libvips {vips.version()} and encoded as JPEG quality {parameters.quality}")
    return "; ".join([*words, f"{parameters.default_dpi} dpi where fewer than {parameters.lowest_dpi} are given"])
