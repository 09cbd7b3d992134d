"""Video: a copy that browsers play, every sound track kept; tracks that already fit are copied as they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.formats import VIDEO
from pipeline.domain.messages import Invalid, message
from pipeline.formats import recording
from pipeline.formats.handler import Action, FormatHandler, Made, Original, Refused
from pipeline.formats.parameters import bitrate, within
from pipeline.tools import ffmpeg
from pipeline.tools.toolbox import Toolbox

_PLAYABLE_PROFILES = {"Constrained Baseline", "Baseline", "Main", "High"}


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
) -> Iterator[Made | Refused]:
    """MP4 with H.264 and AAC. A source that does not decode to its end is damaged, and nothing is made of it."""
    for number, original in enumerate(originals, start=1):
        yield from _made(original, parameters, folder / f"v{number:05d}.mp4", toolbox)


def _made(original: Original, parameters: VideoParameters, target: Path, toolbox: Toolbox) -> Iterator[Made | Refused]:
    toolbox.announce(original.subject, original.size)
    before = ffmpeg.probe(original.path, subject=original.subject, scratch=toolbox.scratch)
    plan = plan_for(before, parameters)

    def make(strict: bool) -> tuple[str, ...]:
        return ffmpeg.make_mp4(
            original.path,
            target,
            plan,
            strict=strict,
            subject=original.subject,
            seconds=toolbox.announce(original.subject, original.size),
            max_bytes=toolbox.limits.max_derived_bytes,
            scratch=toolbox.scratch,
        )

    arguments = recording.convert(original, make, toolbox)
    if isinstance(arguments, Refused):
        yield arguments
        return
    fault = recording.difference(before, recording.probe_copy(target, original, toolbox))
    if not fault and (plan.copy_video or plan.copy_audio):
        fault = recording.fault_of_tracks(target, original, toolbox)
    if fault:
        yield Refused(original=original, reason=fault, code="damaged_file")
        return
    yield Made(
        path=target,
        extension="mp4",
        sources=(original,),
        agent=recording.agent(toolbox),
        detail=" ".join(arguments),
        checked=True,
    )
    if subtitles := len(before.tracks("subtitle")):
        reason = message("subtitles_left_out", number=subtitles)
        yield Refused(original=original, reason=reason, code="partly_normalised")


def plan_for(source: ffmpeg.Probe, parameters: VideoParameters) -> ffmpeg.VideoPlan:
    """Copies what browsers already play and the policy allows in size; encodes the rest."""
    copy_video = all(
        track.codec == "h264"
        and track.pixel_format in {"yuv420p", "yuvj420p"}
        and track.profile in _PLAYABLE_PROFILES
        and max(track.width, track.height) <= parameters.longest_side
        and not track.interlaced
        for track in source.tracks("video")
    )
    return ffmpeg.VideoPlan(
        copy_video=copy_video,
        copy_audio=all(track.codec == "aac" and track.profile == "LC" for track in source.tracks("audio")),
        deinterlace=any(track.interlaced for track in source.tracks("video")),
        dated=source.dated,
        longest_side=parameters.longest_side,
        crf=parameters.crf,
        preset=parameters.preset,
        audio_bitrate=parameters.audio_bitrate,
    )


HANDLER = FormatHandler(
    kinds=(VIDEO,),
    examine=recording.examine,
    needs=("ffmpeg",),
    actions={"mp4": Action(make=make_mp4, parameters=VideoParameters, needs=("ffmpeg",))},
)
