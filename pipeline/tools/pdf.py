"""PDF through pikepdf (QPDF): joins pages, embeds descriptions. With `pdf_reading` the owner of `pikepdf`."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.tools import type1
from pipeline.tools.later import later
from pipeline.tools.pdf_reading import as_they_are, metadata_fault

if TYPE_CHECKING:
    import pikepdf
else:
    pikepdf = later("pikepdf")

_OPEN_AT_ONCE = 250
_BARE_PAGE = 60
"""Bytes of content that LibreOffice writes for a page without anything on it, at most."""
_PRINTED = 4
"""ISO 32000-1, 12.5.3: an annotation that is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfDescription:
    """What is embedded, as plain text; empty fields are left out."""

    title: str = ""
    creator: str = ""
    identifier: str = ""
    source: str = ""
    date: str = ""
    rights: str = ""


@cache
def version() -> str:
    """Versions of pikepdf and QPDF."""
    return f"{pikepdf.__version__} (QPDF {pikepdf.__libqpdf_version__})"


def join(parts: Sequence[Path], target: Path) -> int:
    """Joins PDFs in order, streams copied as they are from disk to disk; the number of pages.

    Of many parts some are joined first, beside `target`: each stays open, and a process may open about a thousand.
    """
    if len(parts) > _OPEN_AT_ONCE:
        batches = [parts[start : start + _OPEN_AT_ONCE] for start in range(0, len(parts), _OPEN_AT_ONCE)]
        joined = [target.with_name(f"{target.stem}-{number}.pdf") for number in range(len(batches))]
        for batch, path in zip(batches, joined, strict=True):
            join(batch, path)
        pages = join(joined, target)
        for path in joined:
            path.unlink()
        return pages
    with pikepdf.new() as document, contextlib.ExitStack() as stack:
        for part in parts:
            document.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
        document.save(target, deterministic_id=True, **as_they_are())
        return len(document.pages)


def embed(source: Path, target: Path, description: PdfDescription, *, subject: str) -> None:
    """Writes `target`: the source with its description in the document information and in XMP, nothing else changed.

    Producer and dates of the source stay; none are added, so that the same input gives the same bytes. A description
    of the source that is none (see `metadata_fault`) is replaced.
    Raises ToolFailed naming `subject`.
    """
    info = {
        "/Title": description.title,
        "/Author": description.creator,
        "/Subject": description.identifier,
    }
    try:
        with pikepdf.open(source) as pdf:
            for key, value in info.items():
                if value:
                    pdf.docinfo[key] = pikepdf.String(value)
            if metadata_fault(pdf) == "nowhere":
                del pdf.Root["/Metadata"]
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
                for name, values in _dublin_core(description).items():
                    xmp[name] = values
            pdf.save(target, deterministic_id=True, preserve_pdfa=True, **as_they_are())
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        reason = str(error).replace(str(source), "").replace(str(target), "")
        said = message("tool_failed_on", tool="pikepdf", subject=subject, reason=told_by_program(reason))
        raise ToolFailed(said, tool="pikepdf", subject=subject) from error


def _dublin_core(description: PdfDescription) -> dict[str, str | list[str]]:
    """XMP properties; title and rights become language alternatives, creator and date ordered lists."""
    values: dict[str, str | list[str]] = {
        "dc:title": description.title,
        "dc:description": description.identifier,  # ISO 19005-1, 6.7.3: the same as /Subject
        "dc:creator": [description.creator] if description.creator else [],
        "dc:identifier": description.identifier,
        "dc:source": description.source,
        "dc:date": [description.date] if description.date else [],
        "dc:rights": description.rights,
    }
    return {name: value for name, value in values.items() if value}


def is_bare(path: Path) -> bool:
    """Whether no page of a PDF we have made shows anything: no picture, and next to no drawing."""
    with pikepdf.open(path) as pdf:
        return not any(
            "/XObject" in page.resources or sum(len(part.read_bytes()) for part in _contents(page)) > _BARE_PAGE
            for page in pdf.pages
        )


def _contents(page: pikepdf.Page) -> list[pikepdf.Object]:
    found = page.obj.get("/Contents", pikepdf.Array())
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def settle(path: Path, *, note: str, subject: str) -> None:
    """Takes out of a PDF we have made what is of the hour it was made in (dates, identifiers, numbers of fonts), so
    that the same source gives the same bytes, and writes a note where one is given: on the first page, at its upper
    left corner, and among the key words of the document information. Raises ToolFailed naming `subject`."""
    try:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            for key in ("/CreationDate", "/ModDate"):
                if key in pdf.docinfo:
                    del pdf.docinfo[key]
            for holder, key in ((pdf.Root, "/Metadata"), (pdf.trailer, "/DocChecksum"), (pdf.trailer, "/ID")):
                if key in holder:
                    del holder[key]
            for font in _type_1_fonts(pdf):
                raw = type1.with_own_number(font.read_bytes(), int(font.Length1), int(font.Length2))
                font.write(zlib.compress(raw), filter=pikepdf.Name.FlateDecode)
            if note:
                _mark(pdf, note)
            pdf.save(deterministic_id=True, **as_they_are())
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        said = message("tool_failed_on", tool="pikepdf", subject=subject, reason=told_by_program(error))
        raise ToolFailed(said, tool="pikepdf", subject=subject) from error


def _type_1_fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Stream]:
    """ISO 32000-1, 9.9: the programs of Type 1 fonts alone have three lengths."""
    return [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and "/Length3" in each]


def _mark(pdf: pikepdf.Pdf, note: str) -> None:
    page = pdf.pages[0]
    left, _, _, top = (float(edge) for edge in page.mediabox)
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[left + 10, top - 34, left + 34, top - 10],
        Contents=pikepdf.String(note),
        Name=pikepdf.Name.Note,
        F=_PRINTED,
    )
    present = page.obj.get("/Annots", pikepdf.Array())
    page.obj["/Annots"] = pikepdf.Array([*present, pdf.make_indirect(annotation)])
    pdf.docinfo["/Keywords"] = pikepdf.String(note)


def page_count(path: Path, *, subject: str) -> int:
    """Pages of a PDF we have made. Raises ToolGarbled where it does not open, or holds none."""
    try:
        with pikepdf.open(path, attempt_recovery=False) as pdf:
            pages = len(pdf.pages)
    except (pikepdf.PdfError, OSError) as error:
        said = message("made_no_pdf", subject=subject, reason=told_by_program(error))
        raise ToolGarbled(said, tool="pdf", subject=subject) from error
    if not pages:
        raise ToolGarbled(message("made_no_pages", subject=subject), tool="pdf", subject=subject)
    return pages
