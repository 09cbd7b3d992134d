"""gzip (RFC 1952): whether every member unfolds to its end and has the checksum it says."""

import zlib
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.messages import Message, message

_CHUNK = 2**20
_GZIP = zlib.MAX_WBITS | 16
_MARK = b"\x1f\x8b"
_PADDING = b"\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class GzipReading:
    """How reading went: `fault` is damage, `doubt` what keeps one from telling."""

    fault: Message | None = None
    doubt: Message | None = None


def read_through(path: Path, *, max_bytes: int) -> GzipReading:
    """Unfolds all members once, in chunks, nothing written. zlib compares checksum and length of each."""
    unfolded, member = 0, zlib.decompressobj(_GZIP)
    with path.open("rb") as file:
        data = file.read(_CHUNK)
        while data:
            try:
                unfolded += len(member.decompress(data, _CHUNK))
            except zlib.error:
                return GzipReading(fault=message("gzip_damaged", byte=unfolded))
            if unfolded > max_bytes:
                return GzipReading(doubt=message("unfolds_to", size=unfolded, most=max_bytes))
            if member.eof:
                data = member.unused_data.lstrip(_PADDING) or file.read(_CHUNK).lstrip(_PADDING)
                if data and not data.startswith(_MARK):
                    return GzipReading(doubt=message("gzip_goes_on"))
                member = zlib.decompressobj(_GZIP) if data else member
            else:
                data = member.unconsumed_tail or file.read(_CHUNK)
    return GzipReading(fault=None if member.eof else message("gzip_ends_early"))
