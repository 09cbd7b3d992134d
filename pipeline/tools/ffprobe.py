"""ffprobe: what is in a recording, as its container says, track by track.

Only local files may be opened: a recording that names other files or addresses gets none of them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.messages import message
from pipeline.errors import ToolGarbled
from pipeline.tools.run import run

_SECONDS = 120.0
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_INTERLACED = {"tt", "bb", "tb", "bt"}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_CLOCK = re.compile(r"(\d+):(\d{2}):(\d{2}(?:\.\d+)?)")
_CODEC_LINE = re.compile(r"^ ([D.])[E.][VASDT.][I.][L.][S.] (\S+)", re.MULTILINE)
_RECORDED = ("video", "audio")


class Unreadable(ValueError):
    """The file is no recording that FFmpeg can open; the text is its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One track: `kind` is video, audio, subtitle, data or attachment; `cover` is a still picture beside a recording.

    `seconds` is how long the container says that this track lasts, 0 where it does not say; `rate` samples of sound a
    second, `frame_rate` and `mean_frame_rate` pictures a second (the finest step, and over all); `layout` names the
    places of the channels, empty where nobody knows them; `decodable` whether this FFmpeg has a decoder for it.
    """

    index: int
    kind: str
    codec: str
    tag: str = ""
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    pixel_format: str = ""
    profile: str = ""
    channels: int = 0
    layout: str = ""
    rate: int = 0
    frame_rate: float = 0.0
    mean_frame_rate: float = 0.0
    cover: bool = False
    interlaced: bool = False
    decodable: bool = True

    @property
    def name(self) -> str:
        """What to call its codec: FFmpeg's name, else the four characters that stand in the file."""
        return self.codec if self.codec not in {"", "unknown", "none"} else self.tag or "?"


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

    def without(self, indexes: set[int]) -> "Probe":
        """The same, without the tracks of these numbers."""
        return replace(self, streams=tuple(s for s in self.streams if s.index not in indexes))

    @property
    def recorded(self) -> tuple[Stream, ...]:
        """Picture and sound that can be decoded here, in the order of the container."""
        return tuple(s for s in self.streams if s.kind in _RECORDED and not s.cover and s.decodable)

    @property
    def undecodable(self) -> tuple[Stream, ...]:
        """Picture and sound for which this FFmpeg has no decoder."""
        return tuple(s for s in self.streams if s.kind in _RECORDED and not s.cover and not s.decodable)


def probe(path: Path, *, subject: str, scratch: Path) -> Probe:
    """Reads the container's structure, not the recording. Raises Unreadable where it is none."""
    arguments = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"]
    ran = run(
        [*arguments, "-protocol_whitelist", "file", str(path)],
        subject=subject,
        seconds=_SECONDS,
        scratch=scratch,
        accepted=frozenset({0, 1}),
    )
    if ran.code:
        raise Unreadable(plain(ran.complaints, path))
    known = _decodable(scratch)
    try:
        answer = json.loads(ran.stdout.decode("utf-8", "replace"))
        streams = tuple(_stream(entry, known) for entry in answer["streams"])
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


def plain(said: str, path: Path) -> str:
    """Without addresses in memory, which differ from run to run, and without our paths."""
    return _ADDRESS.sub("", said).replace(str(path), path.name)


@cache
def _decodable(scratch: Path) -> frozenset[str]:
    """Names of the codecs that this FFmpeg decodes; asked once by a process."""
    ran = run(["ffprobe", "-v", "error", "-codecs"], subject="-codecs", seconds=30, scratch=scratch)
    found = _CODEC_LINE.findall(ran.stdout.decode("utf-8", "replace"))
    return frozenset(name for decodes, name in found if decodes == "D")


def _stream(entry: Mapping[str, Any], known: frozenset[str]) -> Stream:
    codec, layout = str(entry.get("codec_name", "")), str(entry.get("channel_layout", ""))
    return Stream(
        index=int(entry["index"]),
        kind=str(entry.get("codec_type", "data")),
        codec=codec,
        tag=str(entry.get("codec_tag_string", "")),
        seconds=_seconds(entry),
        width=int(entry.get("width", 0)),
        height=int(entry.get("height", 0)),
        pixel_format=str(entry.get("pix_fmt", "")),
        profile=str(entry.get("profile", "")),
        channels=int(entry.get("channels", 0)),
        layout="" if layout == "unknown" or layout.endswith("channels") else layout,
        rate=int(entry.get("sample_rate", 0) or 0),
        frame_rate=_ratio(entry.get("r_frame_rate")),
        mean_frame_rate=_ratio(entry.get("avg_frame_rate")),
        cover=bool(entry.get("disposition", {}).get("attached_pic", 0)),
        interlaced=entry.get("field_order") in _INTERLACED,
        decodable=codec in known,
    )


def _seconds(entry: Mapping[str, Any]) -> float:
    """Of the track itself. Matroska keeps it as a tag, which counts from the start of the file."""
    if entry.get("duration") is not None:
        return float(entry["duration"])
    tags = {str(name).upper(): str(value) for name, value in entry.get("tags", {}).items()}
    found = _CLOCK.match(tags.get("DURATION", ""))
    if found is None:
        return 0.0
    hours, minutes, seconds = found.groups()
    end = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return max(end - max(float(entry.get("start_time", 0) or 0), 0.0), 0.0)


def _ratio(text: object) -> float:
    above, _, below = str(text or "0/1").partition("/")
    return float(above) / float(below) if float(below or 1) else 0.0


def _flattened(prefix: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, below in value.items() for row in _flattened(f"{prefix}.{key}" if prefix else key, below)]
    if isinstance(value, list):
        return [row for number, below in enumerate(value) for row in _flattened(f"{prefix}.{number}", below)]
    return [(prefix, value if isinstance(value, str) else json.dumps(value))]
