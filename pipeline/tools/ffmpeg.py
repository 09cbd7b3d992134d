"""FFmpeg: what is in a recording, whether it decodes to its end, and copies that browsers play. The owner of `ffmpeg`.

ffmpeg-python builds the argument lists (unmaintained since 2019, so it stays behind this module); `_run` runs them.
Only local files may be opened: a recording that names other files or addresses gets none of them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.messages import message
from pipeline.errors import ToolGarbled
from pipeline.tools.later import later
from pipeline.tools.run import run

ffmpeg: Any = later("ffmpeg")

_INPUT = {"protocol_whitelist": "file", "err_detect": "crccheck"}
"""Checksums inside a recording are not compared unless asked for."""
_STRICT_INPUT = _INPUT | {"err_detect": "crccheck+explode"}
_PROBE_SECONDS = 120.0
_ANY_ENDING = frozenset(range(124))
"""Exit codes of FFmpeg's own; those above are of `timeout` and of signals."""
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_INTERLACED = {"tt", "bb", "tb", "bt"}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")


class Unreadable(ValueError):
    """The file is no recording that FFmpeg can open; the text is its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One track: `kind` is video, audio, subtitle or data; `cover` is a still picture beside a recording."""

    index: int
    kind: str
    codec: str
    width: int = 0
    height: int = 0
    pixel_format: str = ""
    profile: str = ""
    channels: int = 0
    cover: bool = False
    interlaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What the container says: tracks, seconds (0 where it does not say), names of its format, all facts. `dated` tells
    whether its time of making is one: Broadcast Wave has the hour without the day, and FFmpeg would add today's."""

    streams: tuple[Stream, ...]
    seconds: float
    formats: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    dated: bool

    def tracks(self, kind: str) -> tuple[Stream, ...]:
        """Tracks of a kind, cover pictures left out."""
        return tuple(s for s in self.streams if s.kind == kind and not s.cover)


@cache
def version(scratch: Path) -> str:
    """Version of FFmpeg."""
    ran = run(["ffmpeg", "-version"], subject="-version", seconds=30, scratch=scratch)
    words = ran.stdout.decode("utf-8", "replace").split(" ", 3)
    if len(words) < 3:
        raise ToolGarbled(message("tool_without_version", tool="ffmpeg", package="ffmpeg"), tool="ffmpeg")
    return words[2]


def probe(path: Path, *, subject: str, scratch: Path) -> Probe:
    """Reads the container's structure, not the recording. Raises Unreadable where it is none."""
    arguments = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"]
    ran = run(
        [*arguments, "-protocol_whitelist", "file", str(path)],
        subject=subject,
        seconds=_PROBE_SECONDS,
        scratch=scratch,
        accepted=frozenset({0, 1}),
    )
    if ran.code:
        raise Unreadable(_plain(ran.complaints, path))
    try:
        answer = json.loads(ran.stdout)
        streams = tuple(_stream(entry) for entry in answer["streams"])
        container = answer["format"]
    except (ValueError, KeyError, TypeError) as error:
        said = message("tool_answers_oddly", tool="ffprobe", subject=subject)
        raise ToolGarbled(said, tool="ffprobe", subject=subject) from error
    container.pop("filename", None)
    return Probe(
        streams=streams,
        seconds=float(container.get("duration", 0) or 0),
        formats=tuple(str(container.get("format_name", "")).split(",")),
        facts=tuple(_flattened("", answer)),
        dated=bool(_INSTANT.fullmatch(str(container.get("tags", {}).get("creation_time", "")))),
    )


def _stream(entry: Mapping[str, Any]) -> Stream:
    return Stream(
        index=int(entry["index"]),
        kind=str(entry.get("codec_type", "data")),
        codec=str(entry.get("codec_name", "")),
        width=int(entry.get("width", 0)),
        height=int(entry.get("height", 0)),
        pixel_format=str(entry.get("pix_fmt", "")),
        profile=str(entry.get("profile", "")),
        channels=int(entry.get("channels", 0)),
        cover=bool(entry.get("disposition", {}).get("attached_pic", 0)),
        interlaced=entry.get("field_order") in _INTERLACED,
    )


def _flattened(prefix: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, below in value.items() for row in _flattened(f"{prefix}.{key}" if prefix else key, below)]
    if isinstance(value, list):
        return [row for number, below in enumerate(value) for row in _flattened(f"{prefix}.{number}", below)]
    return [(prefix, value if isinstance(value, str) else json.dumps(value))]


def decode(path: Path, *, subject: str, seconds: float, scratch: Path) -> str:
    """Decodes every track to its end; what FFmpeg complained of, or an empty string.

    Raises ToolTimedOut; damage is an answer, not an error.
    """
    spec = ffmpeg.input(str(path), **_INPUT).output("-", format="null").global_args(*_QUIET)
    arguments = _with_tracks(spec.compile(), ("0:v?", "0:a?"))
    ran = run(arguments, subject=subject, seconds=seconds, scratch=scratch, accepted=_ANY_ENDING)
    said = ran.complaints or (f"exit code {ran.code}" if ran.code else "")
    return _plain(said, path)


def _plain(said: str, path: Path) -> str:
    """Without addresses in memory, which differ from run to run, and without our paths."""
    return _ADDRESS.sub("", said).replace(str(path), path.name)


def _with_tracks(arguments: list[str], tracks: tuple[str, ...]) -> list[str]:
    """The tracks to take, behind the input; ffmpeg-python knows no repeated option with text values."""
    at = arguments.index("-i") + 2
    return [*arguments[:at], *(word for track in tracks for word in ("-map", track)), *arguments[at:]]


_QUIET = ("-hide_banner", "-nostdin", "-v", "error", "-nostats")
_WRITING = (*_QUIET, "-y")
_SAME_BYTES: dict[str, Any] = {
    "fflags": "+bitexact",
    "flags:v": "+bitexact",
    "flags:a": "+bitexact",
    "map_metadata": 0,
    "threads": 2,  # x264 gives the same bytes only for the same number
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlan:
    """How a reading copy of a video is made: codec settings, or `copy` of the tracks as they are. `dated` keeps the
    source's time of making; `deinterlace` makes whole pictures of half ones, which browsers show as combs."""

    copy_video: bool
    copy_audio: bool
    deinterlace: bool
    dated: bool
    longest_side: int
    crf: int
    preset: str
    audio_bitrate: str


def make_mp4(
    source: Path,
    target: Path,
    plan: VideoPlan,
    *,
    strict: bool,
    subject: str,
    seconds: float,
    max_bytes: int,
    scratch: Path,
) -> tuple[str, ...]:
    """Writes H.264 and AAC in MP4, index first, every audio track kept; the codec arguments, for the record.

    `strict` ends with ToolFailed at the first thing FFmpeg complains of.
    """
    options: dict[str, Any] = {"movflags": "+faststart", "f": "mp4", **_SAME_BYTES, **_date(plan.dated)}
    if plan.copy_video:
        options["c:v"] = "copy"
    else:
        side = plan.longest_side
        whole = "yadif=deint=interlaced," if plan.deinterlace else ""
        fit = f"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
        options |= {"c:v": "libx264", "crf": plan.crf, "preset": plan.preset, "pix_fmt": "yuv420p", "vf": whole + fit}
    options |= {"c:a": "copy"} if plan.copy_audio else {"c:a": "aac", "b:a": plan.audio_bitrate}
    return _convert(source, target, ("0:V", "0:a?"), options, strict, subject, seconds, max_bytes, scratch)


def _date(dated: bool) -> dict[str, str]:
    return {} if dated else {"metadata": "creation_time="}


def make_m4a(
    source: Path,
    target: Path,
    *,
    bitrate: str,
    dated: bool,
    strict: bool,
    subject: str,
    seconds: float,
    max_bytes: int,
    scratch: Path,
) -> tuple[str, ...]:
    """Writes AAC in M4A, index first, every track kept; the codec arguments, for the record; `strict` as above."""
    options = {"c:a": "aac", "b:a": bitrate, "movflags": "+faststart", "f": "ipod", **_SAME_BYTES, **_date(dated)}
    return _convert(source, target, ("0:a",), options, strict, subject, seconds, max_bytes, scratch)


def _convert(
    source: Path,
    target: Path,
    tracks: tuple[str, ...],
    options: dict[str, Any],
    strict: bool,
    subject: str,
    seconds: float,
    max_bytes: int,
    scratch: Path,
) -> tuple[str, ...]:
    spec = ffmpeg.input(str(source), **(_STRICT_INPUT if strict else _INPUT))
    words = (*_WRITING, "-xerror") if strict else _WRITING
    arguments = _with_tracks(spec.output(str(target), **options).global_args(*words).compile(), tracks)
    run(arguments, subject=subject, seconds=seconds, scratch=scratch, max_written=max_bytes)
    if not target.is_file() or not target.stat().st_size:
        raise ToolGarbled(message("tool_wrote_nothing", tool="ffmpeg", subject=subject), tool="ffmpeg", subject=subject)
    return tuple(arguments[arguments.index("-i") + 2 : arguments.index(str(target))])
