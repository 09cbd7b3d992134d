"""FLAC: what the encoder wrote down of the sound it was given, to compare with what is decoded.

FFmpeg decodes a file that was cut off between two frames, or whose frames are not those of its header, without a word.
Source: RFC 9639, 8.2 (streaminfo): number of samples, and MD5 over all of them.
"""

from dataclasses import dataclass
from pathlib import Path

_MARK = b"fLaC"
_HEAD = 42
"""Bytes of the mark, of the first block's header, and of the block itself, which is always streaminfo."""
WHOLE_BYTES = (16, 24)
"""Bits of a sample for which the MD5 can be made from what FFmpeg decodes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """Samples of one channel, 0 where the encoder did not know; bits of a sample; MD5 in hexadecimal, empty where none
    was written."""

    samples: int
    bits: int
    md5: str


def stream_info(path: Path) -> StreamInfo | None:
    """What stands at the head of a FLAC file; None where it is none."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if len(head) < _HEAD or not head.startswith(_MARK) or head[4] & 0x7F:
        return None
    packed = int.from_bytes(head[18:26], "big")  # rate (20 bits), channels (3), bits (5), samples (36)
    md5 = head[26:42]
    return StreamInfo(samples=packed & (1 << 36) - 1, bits=(packed >> 36 & 0x1F) + 1, md5=md5.hex() if any(md5) else "")
