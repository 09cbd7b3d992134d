"""Sound: an M4A copy that browsers play and that takes a description (MP3 takes none from ExifTool)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.formats import AUDIO
from pipeline.formats import recording
from pipeline.formats.handler import Action, FormatHandler, Made, Original, Refused
from pipeline.formats.parameters import bitrate
from pipeline.tools import ffmpeg
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioParameters:
    """AAC in M4A."""

    bitrate: str = "160k"

    def __post_init__(self) -> None:
        bitrate("bitrate", self.bitrate)


def make_m4a(
    originals: tuple[Original, ...], parameters: AudioParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """AAC in M4A. A source that does not decode to its end is damaged, and nothing is made of it."""
    for number, original in enumerate(originals, start=1):
        yield _made(original, parameters, folder / f"a{number:05d}.m4a", toolbox)


def _made(original: Original, parameters: AudioParameters, target: Path, toolbox: Toolbox) -> Made | Refused:
    toolbox.announce(original.subject, original.size)
    before = ffmpeg.probe(original.path, subject=original.subject, scratch=toolbox.scratch)

    def make(strict: bool) -> tuple[str, ...]:
        return ffmpeg.make_m4a(
            original.path,
            target,
            bitrate=parameters.bitrate,
            dated=before.dated,
            strict=strict,
            subject=original.subject,
            seconds=toolbox.announce(original.subject, original.size),
            max_bytes=toolbox.limits.max_derived_bytes,
            scratch=toolbox.scratch,
        )

    arguments = recording.convert(original, make, toolbox)
    if isinstance(arguments, Refused):
        return arguments
    fault = recording.difference(before, recording.probe_copy(target, original, toolbox))
    if fault:
        return Refused(original=original, reason=fault, code="damaged_file")
    return Made(
        path=target,
        extension="m4a",
        sources=(original,),
        agent=recording.agent(toolbox),
        detail=" ".join(arguments),
        checked=True,
    )


HANDLER = FormatHandler(
    kinds=(AUDIO,),
    examine=recording.examine,
    needs=("ffmpeg",),
    actions={"m4a": Action(make=make_m4a, parameters=AudioParameters, needs=("ffmpeg",))},
)
