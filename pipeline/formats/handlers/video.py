"""Video: a copy that browsers play, every sound track kept; tracks that already fit are copied as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.formats import VIDEO
from pipeline.domain.messages import Invalid, message
from pipeline.formats import recording
from pipeline.formats.handler import Action, Failed, FormatHandler, Made, Original, Refused
from pipeline.formats.parameters import bitrate, within
from pipeline.formats.recording import How
from pipeline.tools import ffmpeg, ffprobe
from pipeline.tools.ffmpeg import Call, Converted
from pipeline.tools.ffprobe import Stream
from pipeline.tools.toolbox import Toolbox

_PLAYABLE_PROFILES = {"Constrained Baseline", "Baseline", "Main", "High"}
_SLOWEST, _ORDINARY, _FASTEST = 5, 30, 60
"""Pictures a second."""
_STEADY_SHARE = 0.02
_TIGHT, _GROWTH, _FEWEST_BITS = 1_000_000, 2, 64_000
"""Bits a second: below which a recording counts as packed tightly, by how much its copy may grow, the least it gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoParameters:
    """H.264 and AAC in MP4. What is so already, and no longer than `longest_side`, is copied track by track."""

    longest_side: int = 1920
    crf: int = 23
    preset: str = "veryfast"
    audio_bitrate: str = "160k"

    def __post_init__(self) -> None:
        within("longest_side", self.longest_side, 160, 8192)
        within("crf", self.crf, 0, 51)
        bitrate("audio_bitrate", self.audio_bitrate)
        if self.preset not in {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"}:
            raise Invalid(message("preset_unknown", value=self.preset))


def make_mp4(
    originals: tuple[Original, ...], parameters: VideoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """MP4 with H.264 and AAC. A source that does not decode to its end is damaged, and nothing is made of it."""
    for number, original in enumerate(originals, start=1):
        yield from _made(original, parameters, folder / f"v{number:05d}.mp4", toolbox)


def _made(
    original: Original, parameters: VideoParameters, target: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    toolbox.announce(original.subject, original.size)
    before = ffprobe.probe(original.path, subject=original.subject, scratch=toolbox.scratch)
    plan = plan_for(before, parameters, size=original.size)

    def convert(tracks: tuple[Stream, ...], how: How, call: Call) -> Converted:
        return ffmpeg.make_mp4(original.path, target, tracks, plan, call, strict=how.strict, fitted=how.fitted)

    taken_over = plan.copy_video or plan.copy_audio
    yield from recording.copied(original, target, before, convert, toolbox, taken_over=taken_over)


def plan_for(source: ffprobe.Probe, parameters: VideoParameters, *, size: int = 0) -> ffmpeg.VideoPlan:
    """Copies what browsers already play and the policy allows in size; encodes the rest. `size` is the source's, in
    bytes, 0 where it does not matter."""
    pictures = [track for track in source.recorded if track.kind == "video"]
    sounds = [track for track in source.recorded if track.kind == "audio"]
    copy_video = all(
        track.codec == "h264"
        and track.pixel_format in {"yuv420p", "yuvj420p"}
        and track.profile in _PLAYABLE_PROFILES
        and max(track.width, track.height) <= parameters.longest_side
        and not track.interlaced
        for track in pictures
    )
    return ffmpeg.VideoPlan(
        copy_video=copy_video,
        copy_audio=all(track.codec == "aac" and track.profile == "LC" for track in sounds),
        deinterlace=any(track.interlaced for track in pictures),
        dated=source.dated,
        longest_side=parameters.longest_side,
        crf=parameters.crf,
        preset=parameters.preset,
        audio_bitrate=parameters.audio_bitrate,
        frame_rate=max((_steady(track) for track in pictures), default=0),
        most_bits=_most_bits(source, size),
    )


def _most_bits(source: ffprobe.Probe, size: int) -> int:
    """A ceiling for what is packed tightly already: encoded freely it would become several times as large, and show no
    more."""
    bits = round(8 * size / source.seconds) if source.seconds else 0
    return max(_GROWTH * bits, _FEWEST_BITS) if 0 < bits < _TIGHT else 0


def _steady(track: Stream) -> int:
    """Pictures a second to give a track that has no steady number of its own, 0 for one that has.

    FFmpeg guesses the number from the time stamps, and stretches the last picture, or all, where it guesses wrong.
    """
    finest, mean = track.frame_rate, track.mean_frame_rate
    if _SLOWEST <= finest <= _FASTEST and (not mean or abs(finest - mean) <= _STEADY_SHARE * finest):
        return 0
    return _FASTEST if mean > _ORDINARY else _ORDINARY


HANDLER = FormatHandler(
    kinds=(VIDEO,),
    examine=recording.examine,
    needs=("ffmpeg",),
    actions={"mp4": Action(make=make_mp4, parameters=VideoParameters, needs=("ffmpeg",))},
)
