"""Recordings as cameras, phones and recorders leave them: made by FFmpeg, or put together from bytes."""

import struct
import subprocess
from pathlib import Path

_QUIET = ("ffmpeg", "-v", "error", "-y", "-nostdin")


def by_ffmpeg(target: Path, *arguments: str) -> Path:
    """What FFmpeg makes of these arguments."""
    subprocess.run([*_QUIET, *arguments, str(target)], check=True, timeout=120, stdin=subprocess.DEVNULL)
    return target


def tone(target: Path, *arguments: str, seconds: float = 2.0) -> Path:
    """A tone of A440."""
    return by_ffmpeg(target, "-f", "lavfi", "-i", f"sine=d={seconds}", *arguments)


def film(target: Path, *arguments: str, seconds: float = 2.0) -> Path:
    """A test card with a tone."""
    picture = ("-f", "lavfi", "-i", f"testsrc=d={seconds}:s=160x120:r=25")
    return by_ffmpeg(target, *picture, "-f", "lavfi", "-i", f"sine=d={seconds}", *arguments)


def joined(target: Path, *parts: Path) -> Path:
    """One behind the other, as `copy /b` does it."""
    target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return target


def without_samples(target: Path) -> Path:
    """A WAV of a recorder that was stopped at once."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 44100, 88200, 2, 16)
    target.write_bytes(b"RIFF" + struct.pack("<I", 36) + b"WAVE" + form + b"data" + bytes(4))
    return target


def several_frames_a_packet(target: Path, amr: Path) -> Path:
    """3GP in which each sample holds six frames of AMR, as phones write it: FFmpeg decodes the first of each."""
    head, frames, many = 6, 840, 6
    raw = amr.read_bytes()
    longer = target.with_suffix(".amr")
    longer.write_bytes(raw[:head] + (raw[head:] * 20))
    by_ffmpeg(target, "-i", str(longer), "-c", "copy", "-bitexact")
    data = bytearray(target.read_bytes())
    tables = {b"stsz": (32 * many, frames // many), b"stts": (1, frames // many, 160 * many)}
    for kind, values in (tables | {b"stsc": (1, 1, frames // many, 1)}).items():
        at = data.index(kind) + 8
        data[at : at + 4 * len(values)] = struct.pack(f">{len(values)}I", *values)
    target.write_bytes(data)
    return target


def with_cover(target: Path, flac: Path, media_type: bytes) -> Path:
    """FLAC with a cover picture of that media type (RFC 9639, 8.8), right behind its streaminfo."""
    picture = (
        struct.pack(">II", 3, len(media_type)) + media_type + struct.pack(">IIIIII", 0, 64, 64, 24, 0, 8) + bytes(8)
    )
    data = flac.read_bytes()
    target.write_bytes(data[:42] + bytes([6]) + len(picture).to_bytes(3, "big") + picture + data[42:])
    return target
