"""The chunks of a PNG: what holds together, what is missing, and its picture's data as a PDF can take it over.

Nothing is decoded here. Source: PNG (third edition), 5 and 11; ISO 32000-1, 7.4.4.4 (predictors).
"""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CRITICAL = {b"IHDR", b"PLTE", b"IDAT"}
_CHANNELS = {0: 1, 2: 3, 3: 1}
"""Of grey, colour and palette; the others are transparent."""
_LONGEST_KEPT = 1 << 16
_LONGEST_PROFILE = 1 << 23
_METRE = 1
_INCHES = 0.0254


class NoPng(ValueError):
    """The file does not begin as a PNG does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunks:
    """`ruined` are critical chunks whose sum is wrong or which are cut short, `odd` others; `lacks_end` says that the
    end chunk is missing; `behind` are bytes behind it. `data` are place and length of the picture's data in the file,
    piece by piece; the others are None or empty where the chunk is not there."""

    width: int
    height: int
    depth: int
    colours: int
    interlaced: bool
    palette: bytes
    clear: bool
    profile: bytes
    dpi: tuple[float, float] | None
    data: tuple[tuple[int, int], ...]
    ruined: tuple[str, ...]
    odd: tuple[str, ...]
    lacks_end: bool
    behind: int

    @property
    def channels(self) -> int:
        """Samples of a pixel; 0 where it is transparent."""
        return 0 if self.clear else _CHANNELS.get(self.colours, 0)


def read_chunks(path: Path) -> Chunks:
    """Walks over all chunks and compares their sums. Raises NoPng."""
    size = path.stat().st_size
    kept: dict[bytes, bytes] = {}
    data: list[tuple[int, int]] = []
    ruined: list[str] = []
    odd: list[str] = []
    ended = False
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            raise NoPng("no signature")
        while not ended:
            head = file.read(8)
            if len(head) < 8:
                break
            length, name = struct.unpack(">I4s", head)
            at = file.tell()
            body = file.read(min(length, size - at))
            total = file.read(4)
            whole = len(body) == length and len(total) == 4
            if name != b"IEND" and (not whole or total != struct.pack(">I", zlib.crc32(name + body))):
                (ruined if name in _CRITICAL else odd).append(name.decode("ascii", "replace"))
            if name == b"IDAT":
                data.append((at, len(body)))
            elif len(body) <= _LONGEST_KEPT or name == b"iCCP":
                kept.setdefault(name, body)
            ended = name == b"IEND" and whole
        behind = size - file.tell()
    header = kept.get(b"IHDR", b"")
    if len(header) < 13:
        raise NoPng("no header")
    width, height, depth, colours = struct.unpack_from(">IIBB", header)
    return Chunks(
        width=width,
        height=height,
        depth=depth,
        colours=colours,
        interlaced=bool(header[12]),
        palette=kept.get(b"PLTE", b""),
        clear=b"tRNS" in kept,
        profile=_profile(kept.get(b"iCCP", b"")),
        dpi=_dpi(kept.get(b"pHYs", b"")),
        data=tuple(data),
        ruined=tuple(ruined),
        odd=tuple(odd),
        lacks_end=not ended,
        behind=behind if ended else 0,
    )


def _profile(body: bytes) -> bytes:
    """The colour profile, unfolded; empty where there is none that can be."""
    packed = body.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(packed, _LONGEST_PROFILE) if packed else b""
    except zlib.error:
        return b""


def _dpi(body: bytes) -> tuple[float, float] | None:
    if len(body) != 9 or body[8] != _METRE:
        return None
    across, down = struct.unpack_from(">II", body)
    return across * _INCHES, down * _INCHES


def picture_data(path: Path, chunks: Chunks) -> bytes:
    """The picture's data as one stream, as PDF takes it over."""
    with path.open("rb") as file:
        pieces = []
        for at, length in chunks.data:
            file.seek(at)
            pieces.append(file.read(length))
    return b"".join(pieces)
