"""PDF: read to the end; the reading copy is the same document with its description embedded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import PDF
from pipeline.domain.messages import message
from pipeline.errors import ToolCrashed, ToolFailed, ToolTimedOut
from pipeline.formats.handler import (
    Action,
    Examined,
    FormatHandler,
    Made,
    NoParameters,
    Original,
    Refused,
    could_not_tell,
    damaged,
    sound,
)
from pipeline.tools import pdf, pdf_reading, poppler
from pipeline.tools.pdf_reading import PdfReading
from pipeline.tools.toolbox import Toolbox


def _agent() -> Agent:
    return Agent(name="pikepdf", version=pdf.version())


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Structure, pages and every stream but pictures. What does not read without repair is damaged, unless nothing of
    it is missing and another reader shows every page."""
    agent = _agent()
    read = pdf_reading.read_through(original.path)
    if not read.opens:
        reason = message("needs_password")
        return Examined(soundness=could_not_tell(agent, reason), agent=agent, encrypted=reason)
    pages = read.pages
    if read.fault:
        pages = _pages_seen(original, toolbox)
        repaired = could_not_tell(agent, message("pdf_repaired", reason=read.fault))
        soundness = repaired if pages else damaged(agent, read.fault)
    elif read.doubts:
        soundness = could_not_tell(agent, read.doubts)
    else:
        soundness = sound(agent)
    return Examined(
        soundness=soundness,
        agent=agent,
        pages=max(pages, read.pages, 1),
        encrypted=message("use_restricted") if read.encrypted else "",
        facts=(("pikepdf", "signed", "true"),) if read.signed else (),
    )


def _pages_seen(original: Original, toolbox: Toolbox) -> int:
    """The pages of a document that does not read without repair, if nothing of it is missing and Poppler shows each of
    them alike before and after QPDF has repaired it; else 0."""
    with toolbox.scratch_folder() as folder:
        repaired = folder / "repaired.pdf"
        found = pdf_reading.rewritten(original.path, repaired)
        if not 0 < found.pages <= toolbox.limits.max_frames:
            return 0
        try:
            before = _seen(original, original.path, folder / "before", toolbox)
            after = _seen(original, repaired, folder / "after", toolbox)
        except (ToolFailed, ToolCrashed, ToolTimedOut):
            return 0
    shown = len(before.pages) == found.pages and before.pages == after.pages and not after.blank
    return found.pages if shown and not (found.lacking and after.complained) else 0


def _seen(original: Original, path: Path, folder: Path, toolbox: Toolbox) -> poppler.Seen:
    folder.mkdir()
    seconds = toolbox.announce(original.subject, original.size)
    return poppler.pages_seen(path, folder, subject=original.subject, seconds=seconds, scratch=toolbox.scratch)


def copy(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """The same document; its description is embedded afterwards. Locked and signed ones are left alone."""
    for number, original in enumerate(originals, start=1):
        toolbox.announce(original.subject, original.size)
        read = pdf_reading.read_through(original.path)
        if read.encrypted:
            yield Refused(original=original, reason=message("is_encrypted"))
        elif read.signed:
            yield Refused(original=original, reason=message("is_signed"))
        else:
            yield from _copied(original, read, folder / f"d{number:05d}.pdf")


def _copied(original: Original, read: PdfReading, target: Path) -> Iterator[Made | Refused]:
    detail = "same pages, nothing encoded again"
    if not read.fault:
        shutil.copyfile(original.path, target)
    elif pdf_reading.rewritten(original.path, target).pages:
        detail += "; cross-reference table made anew"
    else:
        yield Refused(original=original, reason=read.fault, code="damaged_file")
        return
    yield Made(path=target, extension="pdf", sources=(original,), agent=_agent(), detail=detail)
    if read.odd_metadata:
        yield Refused(original=original, reason=message("pdf_metadata_replaced"), code="partly_normalised")


HANDLER = FormatHandler(
    kinds=(PDF,),
    examine=examine,
    needs=("pikepdf", "pdftotext"),
    actions={"copy": Action(make=copy, needs=("pikepdf",))},
)
