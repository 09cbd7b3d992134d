"""The parts of a JPEG file: what stands before its pictures' data, where that ends, and a copy with other metadata.

Nothing is decoded here. Source: ITU-T T.81, annex B; T.871 (JFIF); Exif 2.32, 4.5 and 4.7; XMP part 3, 1.1.3.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_START, _END, _SCAN, _COMMENT, _FILL = 0xD8, 0xD9, 0xDA, 0xFE, 0xFF
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS_JPEG_LS = 0xF7
_USUAL = {0xC0, 0xC1, 0xC2}
"""Baseline, extended sequential, progressive: what everybody decodes. Of others it depends on the decoder."""
_SEQUENTIAL = {0xC0, 0xC1}
_ALL_AT_ONCE = b"\x00\x3f\x00"
"""The figures of a sequential scan: coefficients 0 to 63, all bits."""
_APPLICATIONS = range(0xE0, 0xF0)
_JFIF, _EXIF, _PROFILE, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_LONGEST = 0xFFFF - 2
_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
EXIF = b"Exif\0\0"
END_MARK = bytes((_FILL, _END))
XMP = b"http://ns.adobe.com/xap/1.0/\0"


class NoJpeg(ValueError):
    """The bytes do not begin as a JPEG does, or what stands before the first scan does not hold together."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker with what follows it, up to the next: `start` is where its first byte is, `end` behind its last."""

    marker: int
    start: int
    body: bytes
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """`head` are the segments before the first scan, `scans` where that begins; `end` is behind the end mark, or of
    the data where it `lacks_end`. `stray` bytes stand between segments; `odd_scan` says that the header of a scan gives
    figures that a sequential JPEG cannot have; `lacks_scans` that not all scans are there which make up the picture.
    `frame` is the marker of the frame, 0 where there is none."""

    head: tuple[Segment, ...]
    scans: int
    end: int
    lacks_end: bool
    stray: int
    odd_scan: bool
    lacks_scans: bool
    frame: int

    @property
    def usual(self) -> bool:
        """Whether it is of a kind that every decoder knows."""
        return self.frame in _USUAL

    def bodies(self, marker: int, name: bytes) -> Iterator[bytes]:
        """What stands behind `name` in the segments of that marker before the first scan."""
        return (s.body[len(name) :] for s in self.head if s.marker == marker and s.body.startswith(name))

    def exif(self) -> bytes:
        """The Exif block, empty where there is none."""
        return next(self.bodies(_EXIF, EXIF), b"")


def read_parts(data: bytes) -> Parts:
    """Follows the markers from the first to the end mark. Raises NoJpeg."""
    if data[:2] != bytes((_FILL, _START)):
        raise NoJpeg("no start of an image")
    head: list[Segment] = []
    headers: list[bytes] = []
    at, stray, scans, ended = 2, 0, 0, False
    while True:
        marker_at = data.find(b"\xff", at)
        while 0 <= marker_at < len(data) - 1 and data[marker_at + 1] in (0, _FILL):
            marker_at = data.find(b"\xff", marker_at + 1)
        if marker_at < 0 or marker_at >= len(data) - 1:
            break
        stray += sum(byte != _FILL for byte in data[at:marker_at][:_LONGEST])
        marker = data[marker_at + 1]
        at = marker_at + 2
        if marker == _END:
            ended = True
            break
        if marker in _WITHOUT_LENGTH:
            continue
        length = struct.unpack_from(">H", data, at)[0] if at + 2 <= len(data) else 0
        body = data[at + 2 : at + max(length, 2)]
        at += max(length, 2)
        if not scans and at > len(data):
            raise NoJpeg("ends before its first scan")
        if marker == _SCAN:
            scans = scans or marker_at
            headers.append(body)
            found = _IN_SCAN.search(data, at)
            at = found.start() if found else len(data)
        elif not scans:
            head.append(Segment(marker, marker_at, body, at))
    if not scans:
        raise NoJpeg("no scan")
    frame = next((s for s in head if s.marker in _FRAMES or s.marker == _LOSSLESS_JPEG_LS), None)
    kind = frame.marker if frame else 0
    return Parts(
        head=tuple(head),
        scans=scans,
        end=at if ended else len(data),
        lacks_end=not ended,
        stray=stray,
        odd_scan=kind in _SEQUENTIAL and any(each[-3:] != _ALL_AT_ONCE for each in headers),
        lacks_scans=kind in _USUAL and frame is not None and _lacks_scans(frame.body, headers),
        frame=kind,
    )


def _lacks_scans(frame: bytes, headers: list[bytes]) -> bool:
    """Whether a coefficient of a component of the frame has not come down to its last bit."""
    wanted = {(name, number) for name in frame[6::3][: frame[5] if len(frame) > 5 else 0] for number in range(64)}
    for header in headers:
        count = header[0] if header else 0
        if len(header) == 4 + 2 * count:
            first, last, bits = header[-3], header[-2], header[-1] & 15
            if not bits:
                wanted -= {(name, n) for name in header[1 : 1 + 2 * count : 2] for n in range(first, last + 1)}
    return bool(wanted)


def picture_alone(data: bytes, parts: Parts) -> bytes:
    """The JPEG with nothing that describes it and with its end mark: what a decoder needs."""
    return _put_together(data, parts, (s for s in parts.head if s.marker not in _TELLING or _steers(s)))


def with_metadata(data: bytes, *, exif: bytes = b"", xmp: bytes = b"", keep_exif: bool = False) -> bytes:
    """A copy that says nothing but what decoding needs (JFIF, colour profile, Adobe's marker) and what is given.

    That is an Exif block and an XMP packet; `keep_exif` leaves the Exif that is there. The data of the picture is the
    same, what lies behind its end is left out. Raises NoJpeg, ValueError where a block is too long for its segment.
    """
    parts = read_parts(data)
    block = parts.exif() if keep_exif else exif
    kept = [s for s in parts.head if s.marker not in _TELLING or _steers(s)]
    first = [s for s in kept if s.marker == _JFIF]
    added = [_segment(_EXIF, EXIF + block)] if block else []
    added += [_segment(_EXIF, XMP + xmp)] if xmp else []
    return _put_together(data, parts, [*first, *added, *(s for s in kept if s not in first)])


_TELLING = frozenset({*_APPLICATIONS, _COMMENT})
_STEERING = {_JFIF: b"JFIF\0", _PROFILE: b"ICC_PROFILE\0", _ADOBE: b"Adobe"}


def _steers(segment: Segment) -> bool:
    """Whether a segment for applications says how the picture's data is to be understood."""
    name = _STEERING.get(segment.marker)
    return name is not None and segment.body.startswith(name)


def _segment(marker: int, body: bytes) -> Segment:
    if len(body) > _LONGEST:
        raise ValueError(f"{len(body)} bytes do not fit into a segment")
    return Segment(marker, 0, body, 0)


def _put_together(data: bytes, parts: Parts, head: "Iterator[Segment] | list[Segment]") -> bytes:
    written = [bytes((_FILL, _START))]
    written += [bytes((_FILL, s.marker)) + struct.pack(">H", len(s.body) + 2) + s.body for s in head]
    written.append(data[parts.scans : parts.end])
    if parts.lacks_end:
        written.append(END_MARK)
    return b"".join(written)
