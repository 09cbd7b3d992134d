"""MP3: how long its encoder says it is. FFmpeg plays one that was cut short without a word.

Source: the Xing and Info tags, as LAME writes them: in the first frame, behind its side information.
"""

from pathlib import Path

from pipeline.domain.messages import Message, message

_TAGS = (b"Xing", b"Info")
_LOOKED_AT = 2**18
_ID3 = b"ID3"
_ID3_BYTES = 10
_SAYS_FRAMES, _SAYS_BYTES = 1, 2
_WITHIN_FRAME = 64
"""Bytes of the first frame within which the tag begins."""
_SLACK = 1024


def shorter_than_said(path: Path) -> Message | None:
    """Why sound must be missing at its end, or None; where there is no such tag, nothing can be said."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    start = _behind_id3(head)
    found = [head.find(tag, start, start + _WITHIN_FRAME) for tag in _TAGS]
    at = max(found)
    if at < 0 or head[start : start + 1] != b"\xff":
        return None
    flags = int.from_bytes(head[at + 4 : at + 8], "big")
    if not flags & _SAYS_BYTES:
        return None
    where = at + 8 + (4 if flags & _SAYS_FRAMES else 0)
    said = start + int.from_bytes(head[where : where + 4], "big")
    return message("bytes_missing", said=said, found=size) if said > size + _SLACK else None


def _behind_id3(head: bytes) -> int:
    """Where the sound begins: ID3v2 says its own length in seven bits a byte."""
    if not head.startswith(_ID3) or len(head) < _ID3_BYTES:
        return 0
    length = 0
    for byte in head[6:_ID3_BYTES]:
        length = length << 7 | byte & 0x7F
    return length + _ID3_BYTES
