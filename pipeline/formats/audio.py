"""Sound: an M4A copy that browsers play and that takes a description (MP3 takes none from ExifTool)."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.formats import recording
from pipeline.formats.handler import FormatHandler, Made, Original, Refused
from pipeline.formats.policy import AudioParameters
from pipeline.tools import ffmpeg
from pipeline.tools.toolbox import Toolbox


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


HANDLER = FormatHandler(name="audio", examine=recording.examine, actions={"m4a": make_m4a})
