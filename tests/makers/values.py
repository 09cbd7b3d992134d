"""Values of the line as they come out of real deliveries: a text record of scans, a photo group, big records.

Nothing here touches a disk; digests are those of made-up bytes, and the facts have the keys that the tools give.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import FileFormat, FormatClaim, Soundness, Verdict
from pipeline.domain.identifiers import ArchivalCode, PackageId
from pipeline.domain.names import OriginalName, safe_paths
from pipeline.domain.records import (
    Derived,
    DerivedFile,
    Description,
    Identified,
    IdentifiedFile,
    Received,
    ReceivedFile,
    Record,
    Role,
    elements,
)

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
VIPS = Agent(name="libvips", version="8.14.1")
EXIFTOOL = Agent(name="exiftool", version="12.57")
LANTAI = Agent(name="lantai", version="0.1.0")

TIFF = FileFormat(
    kind="image",
    media_type="image/tiff",
    name="Tagged Image File Format",
    puid="fmt/353",
    reason="signature and extension agree",
    claims=(
        FormatClaim(
            by="siegfried 1.11.2", registry="pronom", identifier="fmt/353", media_type="image/tiff", basis="byte match"
        ),
        FormatClaim(by="libmagic 5.44", registry="media-type", identifier="image/tiff"),
    ),
)
JPEG = replace(TIFF, media_type="image/jpeg", name="JPEG File Interchange Format", version="1.01", puid="fmt/43")
PDF = replace(TIFF, kind="pdf", media_type="application/pdf", name="PDF/A", version="2b", puid="fmt/477")
UNKNOWN = FileFormat(kind="other", media_type="application/octet-stream", name="", reason="no identifier knows it")

SCAN_FACTS = (
    ("exiftool", "File:FileType", "TIFF"),
    ("exiftool", "IFD0:ImageWidth", "2480"),
    ("exiftool", "IFD0:ImageHeight", "3508"),
    ("exiftool", "IFD0:BitsPerSample", "8 8 8"),
    ("exiftool", "IFD0:Compression", "5"),
    ("exiftool", "IFD0:PhotometricInterpretation", "2"),
    ("exiftool", "IFD0:SamplesPerPixel", "3"),
    ("exiftool", "IFD0:XResolution", "300"),
    ("exiftool", "IFD0:YResolution", "300"),
    ("exiftool", "IFD0:ResolutionUnit", "2"),
    ("libvips", "bands", "3"),
)
CAMERA_FACTS = (
    ("exiftool", "File:ImageWidth", "4288"),
    ("exiftool", "File:ImageHeight", "2848"),
    ("exiftool", "File:BitsPerSample", "8"),
    ("exiftool", "File:ColorComponents", "3"),
    ("exiftool", "IFD0:Make", "NIKON CORPORATION"),
    ("exiftool", "IFD0:Model", "NIKON D90"),
    ("exiftool", "IFD0:Software", "Ver.1.00 "),
    ("exiftool", "IFD0:XResolution", "118.11"),
    ("exiftool", "IFD0:YResolution", "118.11"),
    ("exiftool", "IFD0:ResolutionUnit", "3"),
    ("exiftool", "ExifIFD:DateTimeOriginal", "2016:05:18 09:13:02"),
    ("exiftool", "ExifIFD:FNumber", "5.6"),
    ("exiftool", "ExifIFD:SensingMethod", "2"),
    ("exiftool", "ExifIFD:ColorSpace", "1"),
    ("exiftool", "GPS:GPSLatitude", "26.65"),
    ("exiftool", "IFD1:XResolution", "72"),
)
VIDEO_FACTS = (
    ("ffprobe", "streams.0.codec_name", "mjpeg"),
    ("ffprobe", "streams.0.codec_type", "video"),
    ("ffprobe", "streams.0.disposition.attached_pic", "1"),
    ("ffprobe", "streams.1.codec_name", "h264"),
    ("ffprobe", "streams.1.codec_type", "video"),
    ("ffprobe", "streams.1.width", "1920"),
    ("ffprobe", "streams.1.height", "1080"),
    ("ffprobe", "streams.1.r_frame_rate", "25/1"),
    ("ffprobe", "streams.1.bit_rate", "8000000"),
    ("ffprobe", "streams.2.codec_name", "aac"),
    ("ffprobe", "streams.2.codec_type", "audio"),
    ("ffprobe", "streams.2.sample_rate", "48000"),
    ("ffprobe", "streams.2.channels", "2"),
    ("ffprobe", "streams.2.bits_per_sample", "0"),
    ("ffprobe", "format.duration", "3723.6"),
)


def digests_of(data: bytes, *, sm3: bool = False) -> tuple[Digest, ...]:
    """SHA-256 and, where asked for, SM3 of bytes."""
    found = (Digest(algorithm=Algorithm.SHA256, value=hashlib.sha256(data).hexdigest()),)
    if not sm3:
        return found
    return (*found, Digest(algorithm=Algorithm.SM3, value=hashlib.new("sm3", data).hexdigest()))


def description(code: str = "K021-WS·2021·D30-0001", **changes: Any) -> Description:
    """The row of a document, as a clerk of the county typed it; `changes` by field or element."""
    known = ArchivalCode.parse(code)
    values = {
        "title": "关于印发《某县易地扶贫搬迁实施方案》的通知",
        "creator": "某县人民政府办公室",
        "date": "20210318",
        "retention": "30年",
        "security": "内部",
        "access": "控制",
        "page_count": "2",
    }
    values |= {name: changes.pop(name) for name in list(changes) if name in values}
    return replace(
        Description(
            archival_code=known.value,
            package_id=PackageId.of(known).value,
            fonds=known.fonds,
            category=known.category or "QT",
            elements=elements(**values),
            as_typed_code=known.value,
            row=2,
            extra=(("文件编号", "某政办发〔2021〕7号"), ("备注", '缺第3页；=SUM(A1) <见附件> & "原件"')),
        ),
        **changes,
    )


def received_file(number: int, name: bytes, path: str, *, sm3: bool = False) -> ReceivedFile:
    """An original of a thousand bytes and a few."""
    return ReceivedFile(
        work_name=f"{number:04d}.bin",
        path=path,
        original=OriginalName.of(name),
        size=1000 + number,
        digests=digests_of(name, sm3=sm3),
        modified_ns=1_600_000_000_000_000_000 + number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A record and what is known of it when its copies have been made."""

    record: Record
    received: Received
    identified: Identified
    derived: Derived

    @property
    def facts(self) -> tuple[Record, Received, Identified, Derived]:
        """In the order in which the stages take them."""
        return self.record, self.received, self.identified, self.derived


def received(names: list[bytes], *, sm3: bool = False) -> Received:
    """Originals with these raw names, in this order."""
    originals = [OriginalName.of(name) for name in names]
    paths = safe_paths(originals)
    files = tuple(
        received_file(n, original.raw, f"data/original/{paths[original]}", sm3=sm3)
        for n, original in enumerate(originals, start=1)
    )
    return Received(files=files, content="f" * 64)


def identified(
    got: Received, known: FileFormat = TIFF, facts: tuple[tuple[str, str, str], ...] = SCAN_FACTS
) -> Identified:
    """All of one format, all sound."""
    sound = Soundness(verdict=Verdict.SOUND, by="libvips 8.14.1")
    return Identified(
        files=tuple(IdentifiedFile(path=f.path, format=known, soundness=sound, facts=facts) for f in got.files),
    )


def derived(path: str, sources: tuple[str, ...], known: FileFormat = PDF, *, sm3: bool = False) -> DerivedFile:
    """A reading copy."""
    return DerivedFile(
        work_name="derived.pdf",
        path=path,
        role=Role(path.split("/")[1]),
        size=4321,
        digests=digests_of(path.encode(), sm3=sm3),
        format=known,
        sources=sources,
    )


def derivation(got: Received, known: Identified, *derived: DerivedFile, about: Description | None = None) -> Derivation:
    """A record of these values."""
    record = Record(description=about or description(), batch="移交批次2026-1")
    return Derivation(record=record, received=got, identified=known, derived=Derived(files=derived))


def scans(names: list[bytes] | None = None, about: Description | None = None, *, sm3: bool = False) -> Derivation:
    """文书: pages as TIFF, and one PDF of them all."""
    got = received(names or [b"001.tif", b"002.tif"], sm3=sm3)
    pages = tuple(file.path for file in got.files)
    return derivation(got, identified(got), derived("data/access/文件.pdf", pages, sm3=sm3), about=about)


def photographs() -> Derivation:
    """照片: JPEG files and a copy of each."""
    about = description("K021-ZP·2016-0007", title="搬迁户入住新居", page_count="")
    got = received(["照片１.jpg".encode(), "照片２.jpg".encode()])
    copies = (derived(f"data/access/{file.path.rpartition('/')[2]}", (file.path,), JPEG) for file in got.files)
    return derivation(got, identified(got, JPEG, CAMERA_FACTS), *copies, about=about)


def recording() -> Derivation:
    """录像: one video, kept as it is."""
    about = description("K021-LX·2019-0002", title="搬迁群众座谈会录像", page_count="")
    known = replace(TIFF, kind="video", media_type="video/mp4", name="MPEG-4 Media File", puid="fmt/199")
    got = received([b"VID_0001.mp4"])
    return derivation(got, identified(got, known, VIDEO_FACTS), about=about)


def events_of(done: Derivation) -> tuple[Event, ...]:
    """What happened to them before they are described."""
    paths = tuple(file.path for file in done.received.files)
    return (
        event(EventKind.CAPTURE, LANTAI, paths, sources=("files/K021/001.tif",), detail="copied from the delivery"),
        event(EventKind.MESSAGE_DIGEST_CALCULATION, LANTAI, paths, detail="sha256"),
        event(EventKind.FORMAT_IDENTIFICATION, Agent(name="siegfried", version="1.11.2"), paths),
        event(EventKind.METADATA_EXTRACTION, EXIFTOOL, paths[:1]),
        event(EventKind.VALIDATION, VIPS, paths, detail="whole file decoded"),
        *(event(EventKind.NORMALIZATION, VIPS, (file.path,), sources=file.sources) for file in done.derived.files),
    )


def event(
    kind: EventKind, agent: Agent, objects: tuple[str, ...], *, sources: tuple[str, ...] = (), detail: str = ""
) -> Event:
    """An act that went well, at NOW."""
    return Event(
        kind=kind, at=NOW, agent=agent, outcome=Outcome.SUCCESS, objects=objects, sources=sources, detail=detail
    )


def findings_of(done: Derivation) -> tuple[Finding, ...]:
    """Something odd in two places."""
    about = done.record.description
    return (
        finding("name_made_safe", "001*.tif", record=about.package_id, path="data/original/001=2A.tif"),
        finding("code_normalised", about.archival_code, record=about.package_id, row=about.row, typed="Ｋ021"),
    )


class ClockAt:
    """A clock that stands still."""

    def __init__(self, at: datetime = NOW) -> None:
        self._at = at

    def now(self) -> datetime:
        """Always the same."""
        return self._at
