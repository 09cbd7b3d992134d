"""Whether a copy of a recording lasts as long as what it was made of: track with the same track.

Three lengths are compared: what the container says of the track, what was decoded of it, what the copy's track lasts. A
container's length that differs from the rest is a doubt, never damage: headers say many things that nobody relies on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.domain.messages import Message, message
from pipeline.tools.ffmpeg_log import Read
from pipeline.tools.ffprobe import Probe, Stream

_EXACT = {"mov", "mp4", "matroska", "webm", "wav", "flac", "ogg", "avi", "aiff"}
"""Containers that state their length; ASF counts its lead-in too, the others guess from the bit rate."""
_SLACK_SECONDS = 1.0
_SLACK_SHARE = 0.02
_GAP_SECONDS = 0.3
_GAP_SHARE = 0.01
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """`kept` is whether the copy may stand; `doubts` are what does not fit, track by track."""

    kept: bool
    doubts: tuple[Message, ...] = ()


def compared(before: Probe, after: Probe, read: Mapping[int, Read]) -> Lengths:
    """`read` is what was decoded of each track of the source, by its number; a track that was not decoded is not in it.
    The tracks of the copy are those of the source that can be decoded, in the same order."""
    exact = bool(_EXACT & set(before.formats))
    if not any(track.seconds for track in after.recorded):
        return Lengths(kept=False, doubts=(message("nothing_recorded"),))
    found = [
        each
        for here, there in zip(before.recorded, after.recorded, strict=True)
        for each in _of_track(here, there, exact, read.get(here.index))
    ]
    return Lengths(kept=all(kept for kept, _ in found), doubts=tuple(doubt for _, doubt in found))


def _of_track(here: Stream, there: Stream, exact: bool, read: Read | None) -> Iterator[tuple[bool, Message]]:
    """What does not fit, and whether the copy may stand all the same."""
    said = here.seconds if exact else 0.0
    decoded = read.samples / here.rate if read and read.samples and here.rate else 0.0
    as_said = bool(said) and not _differ(there.seconds, said)
    if decoded and abs(there.seconds - decoded) > max(_GAP_SECONDS, _GAP_SHARE * decoded):
        # the time stamps of the sound leave gaps: the copy keeps them, unless it would hold more gap than sound
        yield (
            decoded > _HALF * there.seconds and there.seconds > decoded and (as_said or not said),
            message("copy_lasts_otherwise", track=here.index, made=_shown(there.seconds), found=_shown(decoded)),
        )
    elif said and not as_said:
        whole = not decoded or decoded > _HALF * said
        yield whole, message("track_lasts_otherwise", track=here.index, said=_shown(said), found=_shown(there.seconds))


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > max(_SLACK_SECONDS, _SLACK_SHARE * max(one, other))


def _shown(seconds: float) -> str:
    return f"{seconds:.1f}"
