"""What video and sound share: reading the container, decoding to the end, and judging a copy against its source."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import AUDIO, VIDEO
from pipeline.domain.messages import Fact, Message, message, told_by_program
from pipeline.errors import HouseError, ToolFailed, ToolGarbled
from pipeline.formats.handler import Examined, Failed, Made, Original, Refused, could_not_tell, damaged
from pipeline.formats.recording_judges import frayed, opinion
from pipeline.formats.recording_lengths import compared
from pipeline.tools import container_length, ffmpeg, ffprobe
from pipeline.tools.ffmpeg import Call, Converted
from pipeline.tools.ffmpeg_log import Log, Read
from pipeline.tools.ffprobe import Probe, Stream
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How one conversion is tried: `strict` ends at the first complaint, `fitted` forces sound that can be encoded."""

    strict: bool
    fitted: bool = False


_TRIES = (How(strict=True), How(strict=False), How(strict=False, fitted=True))

Convert = Callable[[tuple[Stream, ...], How, Call], Converted]
"""Makes a copy of these tracks. Raises ToolFailed."""


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
        found = ffprobe.probe(original.path, subject=original.subject, scratch=toolbox.scratch)
    except ffprobe.Unreadable as error:
        return Examined(soundness=damaged(who, told_by_program(error)), agent=who)
    kind = VIDEO if found.tracks("video") else AUDIO
    facts = tuple(("ffprobe", key, value) for key, value in found.facts)
    if not found.tracks("video") and not found.tracks("audio"):
        unknown = could_not_tell(who, message("no_picture_no_sound"))
        return Examined(soundness=unknown, agent=who, facts=facts, extracted=True)
    later = could_not_tell(who, message("decoded_when_copied"))
    return Examined(soundness=later, agent=who, facts=facts, kind=kind, decides_later=True, extracted=True)


def probe_copy(target: Path, original: Original, toolbox: Toolbox) -> Probe:
    """What is in a copy we have made. Raises ToolGarbled where it is none: that is no fault of its source."""
    try:
        return ffprobe.probe(target, subject=original.subject, scratch=toolbox.scratch)
    except ffprobe.Unreadable as error:
        said = message("copy_no_recording", subject=original.subject, words=str(error))
        raise ToolGarbled(said, tool="ffmpeg", subject=original.subject) from error


def copied(
    original: Original, target: Path, before: Probe, convert: Convert, toolbox: Toolbox, *, taken_over: bool
) -> Iterator[Made | Refused | Failed]:
    """The copy in `target`, judged against its source, and what is to be told of it; where it may not stand, why.

    `taken_over` says that tracks are copied as they are encoded: then the copy itself is decoded. Raises ToolError.
    """
    doubt = _not_to_be_copied(original, before)
    if doubt:
        yield _untold(original, doubt)
        return
    done = _converted(original, before, convert, toolbox)
    if isinstance(done, Refused):
        yield done
        return
    read = done.converted.read
    if not any(track.packets for track in read.values()):
        yield _untold(original, (message("nothing_recorded"),))
        return
    filled = before.without({index for index, track in read.items() if not track.packets})
    after = probe_copy(target, original, toolbox)
    lost = _lost_tracks(filled, after)
    if lost:
        yield Failed(original=original, reason=lost)
        return
    noticed: tuple[Message, ...] | Refused = done.noticed
    if taken_over:
        noticed = of_tracks(original, target, filled, after, toolbox)
    elif not noticed:
        noticed = _second_opinion(original, filled, read, toolbox)
    if isinstance(noticed, Refused):
        yield noticed
        return
    yield from _judged(original, target, before, filled, after, done, noticed, toolbox)


def _judged(
    original: Original,
    target: Path,
    before: Probe,
    filled: Probe,
    after: Probe,
    done: "_Done",
    noticed: tuple[Message, ...],
    toolbox: Toolbox,
) -> Iterator[Made | Refused]:
    """The copy, if it lasts as long as what it was made of, and what is to be told; `filled` are the tracks that hold
    anything."""
    lengths = compared(filled, after, done.converted.read)
    if not lengths.kept:
        yield _untold(original, lengths.doubts)
        return
    doubts = (*noticed, *lengths.doubts)
    yield _made(original, target, done.converted, toolbox, read=not doubts and not before.undecodable)
    if doubts:
        yield Refused(original=original, reason=doubts, code="soundness_unknown")
    left_out = tuple(_left_out(before, filled, after, done.how))
    if left_out:
        yield Refused(original=original, reason=left_out, code="partly_normalised")


def _made(original: Original, target: Path, converted: Converted, toolbox: Toolbox, *, read: bool) -> Made:
    return Made(
        path=target,
        extension=target.suffix.removeprefix("."),
        sources=(original,),
        agent=agent(toolbox),
        detail=" ".join(converted.arguments),
        checked=read,
    )


def _untold(original: Original, doubts: tuple[Message, ...]) -> Refused:
    """Nobody can tell whether the source is sound, and no copy of it is kept."""
    return Refused(original=original, reason=(*doubts, message("no_copy_kept")), code="soundness_unknown")


def _not_to_be_copied(original: Original, before: Probe) -> tuple[Message, ...]:
    """Why nothing is made of it that could stand for it; empty where nothing speaks against it."""
    several = container_length.recordings_in(original.path)
    if several > 1:
        return (message("recordings_joined", number=several),)
    if not before.recorded:
        return (message("no_decoder", what=", ".join(_called(before.undecodable))),)
    return ()


def _called(tracks: tuple[Stream, ...]) -> list[str]:
    """Each track by its number and codec: `#2 apac`."""
    return [f"#{track.index} {track.name}" for track in tracks]


def _left_out(before: Probe, filled: Probe, after: Probe, how: How) -> Iterator[Message]:
    """What stands in the source and not in the copy."""
    if before.undecodable:
        yield message("tracks_undecodable", tracks=", ".join(_called(before.undecodable)))
    if subtitles := len(before.tracks("subtitle")):
        yield message("subtitles_left_out", number=subtitles)
    if covers := sum(track.cover for track in before.streams):
        yield message("covers_left_out", number=covers)
    known = {"video", "audio", "subtitle"}
    kept = {track.tag for track in after.streams}
    empty = set(before.recorded) - set(filled.recorded)
    others = tuple(
        track
        for track in before.streams
        if track in empty or (track.kind not in known and not track.cover and track.tag not in kept)
    )
    if others:
        yield message("tracks_left_out", tracks=", ".join(_called(others)))
    if how.fitted and any(ffmpeg.mixed_down(track) for track in before.recorded):
        yield message("sound_mixed_down")


def _lost_tracks(before: Probe, after: Probe) -> Fact:
    for kind in ("video", "audio"):
        here = sum(track.kind == kind for track in before.recorded)
        there = sum(track.kind == kind for track in after.recorded)
        if here != there:
            return message("video_tracks_lost" if kind == "video" else "audio_tracks_lost", made=there, found=here)
    return ""


def _second_opinion(
    original: Original, before: Probe, read: Mapping[int, Read], toolbox: Toolbox
) -> tuple[Message, ...] | Refused:
    """What the file's own notes say of a recording in which FFmpeg finds nothing wrong."""
    found = opinion(original, before, read, _call(original, toolbox))
    return found.doubts if found.fault is None else _damaged(original, found.fault)


def _damaged(original: Original, reason: Fact) -> Refused:
    return Refused(original=original, reason=reason, code="damaged_file")


def of_tracks(
    original: Original, target: Path, before: Probe, after: Probe, toolbox: Toolbox
) -> tuple[Message, ...] | Refused:
    """What FFmpeg says of tracks that were copied, if it says so of the source as well: nothing where they decode.

    Raises ToolGarbled where only the copy does not.
    """
    said = ffmpeg.decode(target, after.recorded, _call(original, toolbox))
    if not said.faults:
        return ()
    source = ffmpeg.decode(original.path, before.recorded, _call(original, toolbox))
    if not source.faults:
        told = message("copy_does_not_decode", subject=original.subject, words=said.said)
        raise ToolGarbled(told, tool="ffmpeg", subject=original.subject)
    return _of_log(original, before, source, toolbox)


def _of_log(original: Original, before: Probe, log: Log, toolbox: Toolbox) -> tuple[Message, ...] | Refused:
    """FFmpeg's complaints about a source: a doubt where nothing but an edge was lost, or where its sound is proved to
    be whole; else damage."""
    said = told_by_program(log.said)
    if frayed(before, log):
        return (message("edges_frayed", reason=said),)
    if opinion(original, before, log.tracks, _call(original, toolbox)).whole:
        return (said,)
    return _damaged(original, said)


def _call(original: Original, toolbox: Toolbox) -> Call:
    seconds, most = toolbox.announce(original.subject, original.size), toolbox.limits.max_derived_bytes
    return Call(subject=original.subject, seconds=seconds, scratch=toolbox.scratch, max_bytes=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was converted, how in the end, and what FFmpeg noticed in a source that is sound all the same."""

    converted: Converted
    how: How
    noticed: tuple[Message, ...] = ()


def _converted(original: Original, before: Probe, convert: Convert, toolbox: Toolbox) -> _Done | Refused:
    """Strictly first, so that no damage is painted over; without once the source has proved to decode to its end; with
    sound that any encoder takes where that is what was wrong. Raises ToolFailed where even that fails."""
    noticed: tuple[Message, ...] = ()
    for how in _TRIES:
        try:
            converted = convert(before.recorded, how, _call(original, toolbox))
            return _Done(converted=converted, how=how, noticed=noticed)
        except ToolFailed as error:
            if type(error) is not ToolFailed or how is _TRIES[-1]:
                raise
        if how.strict:
            judged = _why_not(original, before, toolbox)
            if isinstance(judged, Refused):
                return judged
            noticed = judged
    raise HouseError(message("own_fault", what="no conversion was tried"))


def _why_not(original: Original, before: Probe, toolbox: Toolbox) -> Refused | tuple[Message, ...]:
    """What FFmpeg finds in the source when it only reads it. Where every track decodes, its time stamps are out of
    order, or its sound is none that can be encoded, no more: then only what is to be told, if anything."""
    log = ffmpeg.decode(original.path, before.recorded, _call(original, toolbox))
    if log.lacking:
        return _untold(original, (told_by_program(log.said),))
    if log.faults:
        return _of_log(original, before, log, toolbox)
    if not any(read.frames for read in log.tracks.values()):
        return _untold(original, (message("nothing_recorded"),))
    return ()
