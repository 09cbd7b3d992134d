"""Sound: an M4A copy that browsers play and that takes a description (MP3 takes none from ExifTool)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.formats import AUDIO
from pipeline.formats import recording
from pipeline.formats.handler import Action, Failed, FormatHandler, Made, Original, Refused
from pipeline.formats.parameters import bitrate
from pipeline.formats.recording import How
from pipeline.tools import ffmpeg, ffprobe
from pipeline.tools.ffmpeg import Call, Converted
from pipeline.tools.ffprobe import Stream
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioParameters:
    """AAC in M4A."""

    bitrate: str = "160k"

    def __post_init__(self) -> None:
        bitrate("bitrate", self.bitrate)


def make_m4a(
    originals: tuple[Original, ...], parameters: AudioParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """AAC in M4A. A source that does not decode to its end is damaged, and nothing is made of it."""
    for number, original in enumerate(originals, start=1):
        yield from _made(original, parameters, folder / f"a{number:05d}.m4a", toolbox)


def _made(
    original: Original, parameters: AudioParameters, target: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    toolbox.announce(original.subject, original.size)
    before = ffprobe.probe(original.path, subject=original.subject, scratch=toolbox.scratch)

    def convert(tracks: tuple[Stream, ...], how: How, call: Call) -> Converted:
        return ffmpeg.make_m4a(
            original.path,
            target,
            tracks,
            call,
            bitrate=parameters.bitrate,
            dated=before.dated,
            strict=how.strict,
            fitted=how.fitted,
        )

    yield from recording.copied(original, target, before, convert, toolbox, taken_over=False)


HANDLER = FormatHandler(
    kinds=(AUDIO,),
    examine=recording.examine,
    needs=("ffmpeg",),
    actions={"m4a": Action(make=make_m4a, parameters=AudioParameters, needs=("ffmpeg",))},
)
