"""Reading a PDF through pikepdf (QPDF): to its end without repair, and, where that fails, what repair makes of it."""

from __future__ import annotations

import logging
import re
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from pipeline.domain.messages import Message, message, told_by_program
from pipeline.tools import pdf_structure
from pipeline.tools.later import later

if TYPE_CHECKING:
    import pikepdf
else:
    pikepdf = later("pikepdf")

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # what is wrong with a file's description is told by ourselves

_MAX_SAID = 3
_HARMLESS = (
    "xref entry for the xref stream itself is missing",
    "linearized file contains an uncompressed object after a compressed one",
)
"""What QPDF itself calls a common error handled by most applications, and what Acrobat does in every file."""
_FIELD_DEPTH = 30
_ADLER_BYTES = 4
_CHUNK = 2**20
_CHECKED_BYTES = 2**28
"""Unfolded bytes of a file whose checksums are compared: enough for any document, not for a bomb."""
_START = re.compile(rb"startxref(\s+)(\d+)")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReading:
    """How reading went. `fault` is why it does not read without repair, `doubts` what was wondered at; `encrypted`
    with `opens` false needs a password; `signed` holds a signature that any change would break; `odd_metadata` a
    description (XMP) that is none."""

    pages: int = 0
    fault: Message | None = None
    doubts: tuple[Message, ...] = ()
    encrypted: bool = False
    opens: bool = True
    signed: bool = False
    odd_metadata: bool = False


def read_through(path: Path) -> PdfReading:
    """Opens without repair, counts the pages, decodes every stream but pictures, compares their checksums.

    A file whose cross-reference table must be guessed anew is a fault: what is missing is for `rewritten` and for
    another reader to say.
    """
    try:
        with pikepdf.open(path, attempt_recovery=False) as pdf, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # pictures in JBIG2 are not decoded, nor are other pictures
            complaints = [c for c in (*pdf.get_warnings(), *pdf.check_pdf_syntax()) if not _is_harmless(c)]
            said = told_by_program(_said(complaints, path)) if complaints else None
            damaged = any("damaged" in c or "error decoding" in c or "recover" in c for c in complaints)
            fault = said if damaged else None if len(pdf.pages) else message("no_pages")
            doubts = [] if fault or said is None else [said]
            if unlike := _unlike_checksums(pdf):
                doubts.append(message("pdf_checksums_differ", streams=unlike))
            return PdfReading(
                pages=len(pdf.pages),
                fault=fault,
                doubts=(*doubts, *pdf_structure.oddities(path)),
                encrypted=pdf.is_encrypted,
                signed=_is_signed(pdf),
                odd_metadata=bool(metadata_fault(pdf)),
            )
    except pikepdf.PasswordError:
        return PdfReading(encrypted=True, opens=False)
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError) as error:
        return PdfReading(fault=told_by_program(_said([str(error)], path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What repair came to: `pages`, 0 where a page of those that are counted is missing, or a stream does not decode;
    `lacking` tells that objects which others name are not there, as in some files from the start."""

    pages: int = 0
    lacking: bool = False


def rewritten(path: Path, target: Path) -> Repaired:
    """Repairs the file into `target`, streams as they are; there is none where it has no pages."""
    found = Repaired()
    for source in (path, target.with_suffix(".unlinked")):
        if source != path:
            _unlink(path, source)
        try:
            with pikepdf.open(source) as pdf, warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                pages = 0 if pdf.is_encrypted else len(pdf.pages)
                if pages and int(pdf.Root.Pages.get("/Count", -1)) == pages:
                    pdf.save(target, deterministic_id=True, fix_metadata_version=False, **as_they_are())
                    found = Repaired(pages=pages, lacking=any(obj is None for obj in pdf.objects))
        except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError, AttributeError):
            found = Repaired()
        if source != path:
            source.unlink()
        if found.pages and not _reads_whole(target):
            target.unlink()
            found = Repaired()
        if found.pages:
            break
    return found


def _reads_whole(path: Path) -> bool:
    """Whether the repaired file reads to its end: every stream decodes."""
    read = read_through(path)
    return read.fault is None and not read.doubts


def _is_harmless(complaint: str) -> bool:
    return any(words in complaint for words in _HARMLESS)


@cache
def as_they_are() -> dict[str, Any]:
    """How a PDF is saved with its streams copied byte for byte."""
    return {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


def _unlink(path: Path, target: Path) -> None:
    """A copy that does not say where its table lies: QPDF then looks for every object, as viewers do."""
    data = path.read_bytes()
    target.write_bytes(_START.sub(lambda found: b"startxref" + found[1] + b"0" * len(found[2]), data))


def _said(complaints: Sequence[str], path: Path) -> str:
    lines = [c.replace(str(path), "").removeprefix("WARNING: ").strip(" :") for c in complaints]
    return " / ".join(dict.fromkeys(lines[:_MAX_SAID]))[:500]


def _unlike_checksums(pdf: pikepdf.Pdf) -> int:
    """How many streams unfold to other bytes than their Adler-32 says (RFC 1950), which QPDF and viewers pass over."""
    room, unlike = _CHECKED_BYTES, 0
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Stream) and obj.get("/Filter") == pikepdf.Name.FlateDecode and room > 0:
            used, differs = _unfolded(obj.read_raw_bytes(), room)
            room -= used
            unlike += differs
    return unlike


def _unfolded(raw: bytes, room: int) -> tuple[int, bool]:
    """Bytes it unfolds to, and whether the checksum behind them is another's; a broken stream is QPDF's to tell."""
    unfold, adler, used = zlib.decompressobj(-zlib.MAX_WBITS), 1, 0
    rest = raw[2:]
    try:
        while not unfold.eof and used < room:
            chunk = unfold.decompress(rest, _CHUNK)
            if not chunk and not unfold.unconsumed_tail:
                break
            adler, used, rest = zlib.adler32(chunk, adler), used + len(chunk), unfold.unconsumed_tail
    except zlib.error:
        return used, False
    behind = unfold.unused_data[:_ADLER_BYTES]
    return used, unfold.eof and len(behind) == _ADLER_BYTES and int.from_bytes(behind, "big") != adler


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    """ISO 32000-1, 12.7.4.5 and 12.8: a signature field that has a value, or permissions that a signature grants. A
    field without one is only a place to sign."""
    permissions, form = pdf.Root.get("/Perms"), pdf.Root.get("/AcroForm")
    if isinstance(permissions, pikepdf.Dictionary) and any(
        isinstance(value, pikepdf.Dictionary) for _, value in permissions.items()
    ):
        return True
    if not isinstance(form, pikepdf.Dictionary):
        return False
    fields = form.get("/Fields")
    return isinstance(fields, pikepdf.Array) and any(_has_signature(field, 0) for field in fields)


def _has_signature(field: object, depth: int) -> bool:
    if not isinstance(field, pikepdf.Dictionary) or depth > _FIELD_DEPTH:
        return False
    if field.get("/FT") == pikepdf.Name.Sig and isinstance(field.get("/V"), pikepdf.Dictionary):
        return True
    kids = field.get("/Kids")
    return isinstance(kids, pikepdf.Array) and any(_has_signature(kid, depth + 1) for kid in kids)


class _NotXmp(Exception):
    """What stands there is no XMP."""


def metadata_fault(pdf: pikepdf.Pdf) -> str:
    """What is wrong with the document's own description (ISO 16684-1): `nowhere` where no library could read it,
    `partly` where some of it can be saved; empty where it is sound, or holds nothing."""
    found = pdf.Root.get("/Metadata")
    if found is None:
        return ""
    if not isinstance(found, pikepdf.Stream):
        return "nowhere"
    try:
        data = found.read_bytes()
    except pikepdf.PdfError:
        return "nowhere"
    if not data.strip(b"\0 \t\r\n"):
        return ""
    seen: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: seen.append(name) if name == _RDF else None
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except _NotXmp:
        return "nowhere"
    except (expat.ExpatError, ValueError, LookupError):
        return "partly"
    return "" if seen else "nowhere"


def _refuse(*_: object) -> None:
    """Entities are a door to bombs: no description needs a document type."""
    raise _NotXmp
