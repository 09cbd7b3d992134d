"""What video and sound share: reading the container, decoding to the end, and judging a copy against its source."""

from collections.abc import Callable
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import AUDIO, VIDEO
from pipeline.domain.messages import Fact, message, told_by_program
from pipeline.errors import ToolFailed, ToolGarbled
from pipeline.formats.handler import Examined, Original, Refused, could_not_tell, damaged
from pipeline.tools import container_length, ffmpeg
from pipeline.tools.toolbox import Toolbox

_EXACT_SECONDS = {"mov", "mp4", "matroska", "webm", "wav", "flac", "ogg", "avi", "aiff"}
"""Containers that state their length; ASF counts its lead-in too, the others guess from the bit rate."""
_SLACK_SECONDS = 1.0
_SLACK_SHARE = 0.02


def agent(toolbox: Toolbox) -> Agent:
    """FFmpeg with its version."""
    return Agent(name="FFmpeg", version=ffmpeg.version(toolbox.scratch))


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """The container's structure. Decoding takes minutes for a long recording, and making the reading copy does it."""
    who = agent(toolbox)
    cut = container_length.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(who, cut), agent=who)
    try:
        found = ffmpeg.probe(original.path, subject=original.subject, scratch=toolbox.scratch)
    except ffmpeg.Unreadable as error:
        return Examined(soundness=damaged(who, told_by_program(error)), agent=who)
    kind = VIDEO if found.tracks("video") else AUDIO
    facts = tuple(("ffprobe", key, value) for key, value in found.facts)
    if not found.tracks("video") and not found.tracks("audio"):
        reason = message("no_picture_no_sound")
        return Examined(soundness=damaged(who, reason), agent=who, facts=facts, extracted=True)
    later = could_not_tell(who, message("decoded_when_copied"))
    return Examined(soundness=later, agent=who, facts=facts, kind=kind, decides_later=True, extracted=True)


def probe_copy(target: Path, original: Original, toolbox: Toolbox) -> ffmpeg.Probe:
    """What is in a copy we have made. Raises ToolGarbled where it is none: that is no fault of its source."""
    try:
        return ffmpeg.probe(target, subject=original.subject, scratch=toolbox.scratch)
    except ffmpeg.Unreadable as error:
        said = message("copy_no_recording", subject=original.subject, words=str(error))
        raise ToolGarbled(said, tool="ffmpeg", subject=original.subject) from error


def fault_of_tracks(target: Path, original: Original, toolbox: Toolbox) -> Fact:
    """What FFmpeg says of tracks that were copied, if it says so of the source as well: empty where they decode.

    Raises ToolGarbled where only the copy does not.
    """
    seconds = toolbox.announce(original.subject, original.size)
    said = ffmpeg.decode(target, subject=original.subject, seconds=seconds, scratch=toolbox.scratch)
    if not said:
        return ""
    seconds = toolbox.announce(original.subject, original.size)
    before = ffmpeg.decode(original.path, subject=original.subject, seconds=seconds, scratch=toolbox.scratch)
    if not before:
        told = message("copy_does_not_decode", subject=original.subject, words=said)
        raise ToolGarbled(told, tool="ffmpeg", subject=original.subject)
    return told_by_program(before)


def difference(before: ffmpeg.Probe, after: ffmpeg.Probe) -> Fact:
    """What a copy lacks against its source, or an empty string."""
    for kind in ("video", "audio"):
        here, there = len(before.tracks(kind)), len(after.tracks(kind))
        if here != there:
            code = "video_tracks_lost" if kind == "video" else "audio_tracks_lost"
            return message(code, made=there, found=here)
    exact = _EXACT_SECONDS & set(before.formats) and before.seconds
    slack = max(_SLACK_SECONDS, _SLACK_SHARE * before.seconds)
    if exact and abs(before.seconds - after.seconds) > slack:
        return message("duration_differs", said=f"{before.seconds:.1f}", found=f"{after.seconds:.1f}")
    return "" if after.seconds > 0 else message("nothing_read")


def why_not(original: Original, error: ToolFailed, toolbox: Toolbox) -> str:
    """After a strict conversion that failed: what FFmpeg says of the source when it only reads it.

    An empty string where every track decodes: then its time stamps are out of order, no more. Raises the error
    where FFmpeg itself died.
    """
    if type(error) is not ToolFailed:
        raise error
    seconds = toolbox.announce(original.subject, original.size)
    return ffmpeg.decode(original.path, subject=original.subject, seconds=seconds, scratch=toolbox.scratch)


def convert(original: Original, make: Callable[[bool], tuple[str, ...]], toolbox: Toolbox) -> tuple[str, ...] | Refused:
    """Runs `make(strict)`: strictly first, so that no damage is painted over; without once the source has proved
    to decode to its end."""
    try:
        return make(True)
    except ToolFailed as error:
        said = why_not(original, error, toolbox)
    if said:
        return Refused(original=original, reason=told_by_program(said), code="damaged_file")
    return make(False)
