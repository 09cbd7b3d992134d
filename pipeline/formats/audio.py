"""Sound: an M4A copy that browsers play and that takes a description (MP3 takes none from ExifTool)."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.formats import _recording
from pipeline.formats._handler import FormatHandler, Made, Original, Refused
from pipeline.formats._policy import AudioParameters
from pipeline.tools import ffmpeg
from pipeline.tools.bench import Bench


def make_m4a(
    originals: tuple[Original, ...], parameters: AudioParameters, folder: Path, bench: Bench
) -> Iterator[Made | Refused]:
    """AAC in M4A. A source that does not decode to its end is damaged, and nothing is made of it."""
    for number, original in enumerate(originals, start=1):
        yield _made(original, parameters, folder / f"a{number:05d}.m4a", bench)


def _made(original: Original, parameters: AudioParameters, target: Path, bench: Bench) -> Made | Refused:
    bench.begin(original.subject, original.size)
    before = ffmpeg.probe(original.path, subject=original.subject, scratch=bench.scratch)

    def make(strict: bool) -> tuple[str, ...]:
        return ffmpeg.make_m4a(
            original.path,
            target,
            bitrate=parameters.bitrate,
            dated=before.dated,
            strict=strict,
            subject=original.subject,
            seconds=bench.begin(original.subject, original.size),
            max_bytes=bench.limits.max_derived_bytes,
            scratch=bench.scratch,
        )

    arguments = _recording.convert(original, make, bench)
    if isinstance(arguments, Refused):
        return arguments
    fault = _recording.difference(before, _recording.probe_copy(target, original, bench))
    if fault:
        return Refused(original=original, reason=fault, code="damaged_file")
    return Made(
        path=target,
        extension="m4a",
        sources=(original,),
        agent=_recording.agent(bench),
        detail=" ".join(arguments),
        checked=True,
    )


HANDLER = FormatHandler(name="audio", examine=_recording.examine, actions={"m4a": make_m4a})
