"""FFmpeg: whether a recording decodes to its end, and copies that browsers play. The owner of `ffmpeg`.

ffmpeg-python builds the argument lists (unmaintained since 2019, so it stays behind this module); `_run` runs them.
Only local files may be opened: a recording that names other files or addresses gets none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.tools.ffmpeg_log import Log, Read, read_log
from pipeline.tools.ffprobe import Stream
from pipeline.tools.later import later
from pipeline.tools.run import MAX_WRITTEN, run

ffmpeg: Any = later("ffmpeg")

_INPUT = {"protocol_whitelist": "file", "err_detect": "crccheck"}
"""Checksums inside a recording are not compared unless asked for."""
_STRICT_INPUT = _INPUT | {"err_detect": "crccheck+explode"}
_ANY_ENDING = frozenset(range(124))
"""Exit codes of FFmpeg's own; those above are of `timeout` and of signals."""
_GUESSED = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1"}
"""What so many channels are where the source does not say; FFmpeg 5.1 refuses some that it would guess itself."""
_FITTING_RATE = 48000
_STEREO = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: the file's name for people, how long it may take, how large a file it may write, where it works."""

    subject: str
    seconds: float
    scratch: Path
    max_bytes: int = MAX_WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What came of a conversion: codec arguments, for the record, and how much was read of each track of the source,
    by its number there."""

    arguments: tuple[str, ...]
    read: dict[int, Read] = field(default_factory=dict)


@cache
def version(scratch: Path) -> str:
    """Version of FFmpeg."""
    ran = run(["ffmpeg", "-version"], subject="-version", seconds=30, scratch=scratch)
    words = ran.stdout.decode("utf-8", "replace").split(" ", 3)
    if len(words) < 3:
        raise ToolGarbled(message("tool_without_version", tool="ffmpeg", package="ffmpeg"), tool="ffmpeg")
    return words[2]


def decode(path: Path, tracks: Sequence[Stream], call: Call) -> Log:
    """Decodes these tracks to their end; what FFmpeg says of that. Raises ToolTimedOut, and ToolCrashed where it dies;
    damage is an answer, not an error."""
    spec = ffmpeg.input(str(path), **_INPUT).output("-", format="null", fps_mode="passthrough").global_args(*_QUIET)
    log, code = _run(_with_tracks(spec.compile(), tracks), path, call)
    if code and not log.said:
        return Log(faults=(f"exit code {code}",), lacking=(), others=(), tracks=log.tracks)
    return log


def sound_md5(path: Path, track: Stream, bits: int, call: Call) -> str:
    """MD5 over the decoded samples of one track, little endian, `bits` (16 or 24) each; empty where it is none."""
    options = {"c:a": f"pcm_s{bits}le", "f": "md5"}
    spec = (
        ffmpeg.input(str(path), **_INPUT).output("-", **options).global_args("-hide_banner", "-nostdin", "-v", "error")
    )
    arguments = _with_tracks(spec.compile(), (track,))
    ran = run(arguments, subject=call.subject, seconds=call.seconds, scratch=call.scratch, accepted=_ANY_ENDING)
    return ran.stdout.decode("ascii", "replace").strip().removeprefix("MD5=")


def _run(arguments: list[str], path: Path, call: Call) -> tuple[Log, int]:
    ran = run(
        arguments,
        subject=call.subject,
        seconds=call.seconds,
        scratch=call.scratch,
        max_written=call.max_bytes,
        accepted=_ANY_ENDING,
    )
    return read_log(ran.stderr.decode("utf-8", "replace").replace(str(path), path.name)), ran.code


def _with_tracks(arguments: list[str], tracks: Sequence[Stream]) -> list[str]:
    """The tracks to take, behind the input; ffmpeg-python knows no repeated option with text values."""
    at = arguments.index("-i") + 2
    return [*arguments[:at], *(word for track in tracks for word in ("-map", f"0:{track.index}")), *arguments[at:]]


_QUIET = ("-hide_banner", "-nostdin", "-v", "level+verbose", "-nostats")
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
    source's time of making; `deinterlace` makes whole pictures of half ones, which browsers show as combs;
    `frame_rate` sets so many pictures a second where the source has no steady number, 0 keeps its own; `most_bits` is
    how many bits a second its picture may take, 0 any number."""

    copy_video: bool
    copy_audio: bool
    deinterlace: bool
    dated: bool
    longest_side: int
    crf: int
    preset: str
    audio_bitrate: str
    frame_rate: int = 0
    most_bits: int = 0


def make_mp4(
    source: Path, target: Path, tracks: Sequence[Stream], plan: VideoPlan, call: Call, *, strict: bool, fitted: bool
) -> Converted:
    """Writes H.264 and AAC in MP4, index first, of these tracks. `strict` ends with ToolFailed at the first thing
    FFmpeg complains of; `fitted` makes the sound such that its encoder takes it, whatever the source has."""
    options: dict[str, Any] = {"movflags": "+faststart", "f": "mp4", **_SAME_BYTES, **_date(plan.dated)}
    if plan.copy_video:
        options["c:v"] = "copy"
    else:
        side = plan.longest_side
        steady = f"fps={plan.frame_rate}," if plan.frame_rate else ""
        whole = "yadif=deint=interlaced," if plan.deinterlace else ""
        fit = f"scale=w='min({side},iw)':h='min({side},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
        options |= {"c:v": "libx264", "crf": plan.crf, "preset": plan.preset, "pix_fmt": "yuv420p"}
        options["vf"] = steady + whole + fit
        if plan.most_bits:
            options |= {"maxrate": plan.most_bits, "bufsize": 2 * plan.most_bits}
    if plan.copy_audio and not fitted:
        options["c:a"] = "copy"
    else:
        options |= {"c:a": "aac", "b:a": plan.audio_bitrate, **_placed(tracks, fitted)}
    return _convert(source, target, tracks, options, call, strict)


def make_m4a(
    source: Path,
    target: Path,
    tracks: Sequence[Stream],
    call: Call,
    *,
    bitrate: str,
    dated: bool,
    strict: bool,
    fitted: bool,
) -> Converted:
    """Writes AAC in M4A, index first, of these tracks; `strict` and `fitted` as above."""
    options = {"c:a": "aac", "b:a": bitrate, "movflags": "+faststart", "f": "ipod", **_SAME_BYTES, **_date(dated)}
    return _convert(source, target, tracks, options | _placed(tracks, fitted), call, strict)


def _date(dated: bool) -> dict[str, str]:
    return {} if dated else {"metadata": "creation_time="}


def mixed_down(track: Stream) -> bool:
    """Whether `fitted` leaves fewer channels than the track has."""
    return track.channels > _STEREO


def _placed(tracks: Sequence[Stream], fitted: bool) -> dict[str, str]:
    """A filter for each sound track whose channels have no place that the encoder knows; for each where `fitted`."""
    filters: dict[str, str] = {}
    for number, track in enumerate(t for t in tracks if t.kind == "audio"):
        layout = _GUESSED.get(track.channels, "stereo")
        if fitted:
            layout = "mono" if track.channels == 1 else "stereo"
            filters[f"filter:a:{number}"] = f"aresample={_FITTING_RATE},aformat=channel_layouts={layout}"
        elif not track.layout:
            filters[f"filter:a:{number}"] = f"aformat=channel_layouts={layout}"
    return filters


def _convert(
    source: Path, target: Path, tracks: Sequence[Stream], options: dict[str, Any], call: Call, strict: bool
) -> Converted:
    spec = ffmpeg.input(str(source), **(_STRICT_INPUT if strict else _INPUT))
    words = (*_WRITING, "-xerror") if strict else _WRITING
    arguments = _with_tracks(spec.output(str(target), **options).global_args(*words).compile(), tracks)
    log, code = _run(arguments, source, call)
    if code:
        reason = told_by_program(log.said.replace(str(target), target.name)) if log.said else ""
        said = message("tool_failed_with", tool="ffmpeg", subject=call.subject, exit=code, reason=reason)
        raise ToolFailed(said, tool="ffmpeg", subject=call.subject)
    if not target.is_file() or not target.stat().st_size:
        said = message("tool_wrote_nothing", tool="ffmpeg", subject=call.subject)
        raise ToolGarbled(said, tool="ffmpeg", subject=call.subject)
    shown = tuple(arguments[arguments.index("-i") + 2 : arguments.index(str(target))])
    return Converted(arguments=shown, read=log.tracks)
