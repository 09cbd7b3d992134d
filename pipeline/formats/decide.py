"""The decision over what the identifiers claim: one format with its reason, and whether the name fits it."""

from pathlib import Path

from pipeline.domain.formats import AUDIO, OFFICE, OTHER, TEXT, VIDEO, FileFormat, FormatClaim
from pipeline.domain.messages import Message, word
from pipeline.formats.policy import FormatPolicy, KnownFormat
from pipeline.tools import libmagic, pdf_structure, pronom, zips

_NOBODY_KNOWS = "application/octet-stream"
_VAGUE = {"", _NOBODY_KNOWS, "text/plain", "application/zip", "inode/x-empty", "application/x-ole-storage"}
"""Media types that say too little to contradict anybody."""
_OFFICE_NAMES = {"doc", "dot", "wps", "xls", "xlt", "et"}
_WRITTEN_BY_OFFICE = {
    "text/html",
    "application/xhtml+xml",
    "text/xml",
    "application/xml",
    "multipart/related",
    "message/rfc822",
    "text/plain",
    "text/csv",
    "text/tab-separated-values",
}
_NOBODYS = {"bin", "dat", "data", "raw", "bak", "old", "tmp"}
"""Extensions that programs give to anything, though some format has them too."""
ARCHIVES = {
    "application/zip",
    "application/x-rar",
    "application/x-7z-compressed",
    "application/gzip",
    "application/x-bzip2",
    "application/x-tar",
    "application/vnd.ms-cab-compressed",
}
"""Media types of what holds other files, packed."""
_NO_WORD = {"", _NOBODY_KNOWS, "text/plain"}
"""Media types of a file whose format nobody has seen in its bytes."""
_CLOSE = ({VIDEO, AUDIO}, {TEXT, OFFICE})
"""Kinds that identifiers rightly disagree about: sound in a video's container, marked-up text."""


def identify(path: Path, policy: FormatPolicy, *, scratch: Path | None = None) -> FileFormat:
    """Asks libmagic, PRONOM and, for containers, the container itself, and decides. `scratch` has room for what PRONOM
    is shown of a large file; the system's own where none is given."""
    claims = (*pronom.claims(path, scratch=scratch), libmagic.claim(path))
    if any(claim.media_type == "application/zip" or claim.basis.startswith("container") for claim in claims):
        inner = zips.inner_type(path)
        if inner:
            basis = "container declares itself"
            by = "lantai container rule"
            claims += (FormatClaim(by=by, registry="media-type", identifier=inner, media_type=inner, basis=basis),)
    elif all(claim.media_type in _NO_WORD for claim in claims) and pdf_structure.is_late_pdf(path):
        basis = f"its header stands within the first {pdf_structure.HEADER_WITHIN} bytes"
        claims = (_late_pdf(basis), *claims)
    return decide(claims, policy)


def _late_pdf(basis: str) -> FormatClaim:
    media_type = "application/pdf"
    by = "lantai header rule"
    return FormatClaim(by=by, registry="media-type", identifier=media_type, media_type=media_type, basis=basis)


def decide(claims: tuple[FormatClaim, ...], policy: FormatPolicy) -> FileFormat:
    """PRONOM where it saw the bytes and nobody contradicts it; else what the bytes told the others; a name alone
    counts only where the bytes agree."""
    strong = next((c for c in claims if c.registry == "pronom" and pronom.is_strong(c)), None)
    weak = next((c for c in claims if c.registry == "pronom" and c.identifier and not pronom.is_strong(c)), None)
    types = [c for c in claims if c.registry == "media-type" and c.media_type]
    inner = next((c for c in types if c.basis.startswith("container")), None)
    if inner is not None and (strong is None or strong.media_type in _VAGUE):
        return _formed(None, policy.by_media_type(inner.media_type), inner, f"{inner.by}: {inner.basis}", claims)
    seen = types[0] if types else None
    seen_format = policy.by_media_type(seen.media_type) if seen else None
    if strong is not None:
        own = policy.by_puid(strong.identifier) or policy.by_media_type(strong.media_type) or seen_format
        if seen is None or not _contradicts(seen, seen_format, own):
            return _formed(strong, own, strong, f"PRONOM by {strong.basis}", claims)
        reason = f"{seen.by} against PRONOM {strong.identifier}: the identifiers disagree"
        return _formed(None, seen_format, seen, reason, claims)
    if weak is not None and seen is not None and _agrees(weak, seen, policy):
        return _formed(weak, seen_format, weak, f"PRONOM by {weak.basis}, and {seen.by} agrees", claims)
    if seen is not None and seen.media_type not in {_NOBODY_KNOWS, "inode/x-empty"}:
        return _formed(None, seen_format, seen, f"{seen.by} only; PRONOM found none", claims)
    return FileFormat(
        kind=OTHER, media_type=_NOBODY_KNOWS, name="unknown", reason="no identifier knows it", claims=claims
    )


def _contradicts(seen: FormatClaim, seen_format: KnownFormat | None, own: KnownFormat | None) -> bool:
    if seen.media_type in _VAGUE or seen_format is None or own is None or seen_format.container:
        return False
    return seen_format.kind != own.kind and {seen_format.kind, own.kind} not in _CLOSE


def _agrees(weak: FormatClaim, seen: FormatClaim, policy: FormatPolicy) -> bool:
    if weak.media_type == seen.media_type:
        return True
    ours, theirs = policy.by_media_type(weak.media_type), policy.by_media_type(seen.media_type)
    return ours is not None and ours is theirs


def _formed(
    puid: FormatClaim | None,
    known: KnownFormat | None,
    claim: FormatClaim,
    reason: str,
    claims: tuple[FormatClaim, ...],
) -> FileFormat:
    media_type = known.media_type if known else claim.media_type
    kind = known.kind if known else TEXT if claim.media_type.startswith("text/") else OTHER
    return FileFormat(
        kind=kind,
        media_type=media_type or _NOBODY_KNOWS,
        name=(puid.name if puid else "") or (known.name if known else media_type or "unknown"),
        version=puid.version if puid else "",
        puid=puid.identifier if puid else "",
        reason=reason,
        claims=claims,
    )


def is_known(format: FileFormat) -> bool:
    """Whether anybody knew it."""
    return format.media_type != _NOBODY_KNOWS or bool(format.puid)


def called(format: FileFormat) -> Message:
    """What people call the format: a word of ours where the tables have one, else PRONOM's name."""
    known = " ".join(part for part in (format.name, format.version) if part)
    nameless = format.media_type == _NOBODY_KNOWS and format.puid
    return word("format", format.puid if nameless else format.media_type, shown=known)


def is_encrypted(format: FileFormat, policy: FormatPolicy) -> bool:
    """Whether the format is by its nature locked."""
    known = policy.by_media_type(format.media_type)
    return known is not None and known.encrypted


def is_disguise_of_office(format: FileFormat, extension: str) -> bool:
    """Whether an office program writes such a file under such a name: a web page, a web archive, XML or a table in
    plain text called .doc or .xls, which every office program opens."""
    return extension in _OFFICE_NAMES and format.kind == TEXT and format.media_type in _WRITTEN_BY_OFFICE


def name_lies(format: FileFormat, extension: str, policy: FormatPolicy, *, damaged: bool) -> bool:
    """Whether the name's extension belongs to another format.

    No extension says nothing, nor does one that nobody owns, and nothing can be said of a format nobody knows. Text may
    carry any extension that is not known for something else. A damaged container may be what its name says.
    """
    if not extension or not is_known(format):
        return False
    known = policy.by_media_type(format.media_type)
    if known is not None and (extension in known.extensions or (known.container and damaged)):
        return False
    chosen = next((c for c in format.claims if c.identifier and c.identifier == format.puid), None)
    if chosen is not None and pronom.MISMATCH not in chosen.warning:
        return False
    owners = policy.by_extension(extension)
    if extension in _NOBODYS:
        return False
    return any(other.kind != TEXT for other in owners) if format.kind == TEXT else bool(owners)
