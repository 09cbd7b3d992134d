"""Second judges of recordings: what an encoder wrote down of its own work, where FFmpeg is silent.

FLAC has number and MD5 of its samples, Ogg a checksum and a number on each page, MP3 mostly its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.domain.messages import Message, message
from pipeline.formats.handler import Original
from pipeline.tools import ffmpeg, flac, mp3, ogg
from pipeline.tools.ffmpeg import Call
from pipeline.tools.ffmpeg_log import Log, Read
from pipeline.tools.ffprobe import Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """`fault` is content that was lost; `doubts` what looks as if; `whole` that the sound was proved, sample by sample,
    to be what the encoder was given."""

    fault: Message | None = None
    doubts: tuple[Message, ...] = ()
    whole: bool = False


_NONE = Opinion()
_STREAMS = {"mpegts", "mpeg", "mp3", "aac", "ac3", "eac3", "dts", "h264", "hevc", "mpegvideo", "m4v"}
"""Containers that are none: packets one behind the other, with or without a frame round them."""
_FEW = 2


def opinion(original: Original, before: Probe, read: Mapping[int, Read], call: Call) -> Opinion:
    """What the file's own notes say; `read` is what was decoded of each track."""
    if "flac" in before.formats:
        return _flac(original, before, read, call)
    if "ogg" in before.formats:
        return Opinion(fault=ogg.fault(original.path))
    if "mp3" in before.formats:
        short = mp3.shorter_than_said(original.path)
        return Opinion(doubts=(short,)) if short else _NONE
    return _NONE


def frayed(before: Probe, log: Log) -> bool:
    """Whether no more was lost than a packet or two of a stream without beginning and end, which a receiver or a
    recorder cuts anywhere: of its edges no decoder can make anything."""
    few = len(log.faults) <= _FEW and all(0 <= track.packets - track.frames <= _FEW for track in log.tracks.values())
    return few and bool(_STREAMS & set(before.formats)) and any(t.packets > t.frames for t in log.tracks.values())


def _flac(original: Original, before: Probe, read: Mapping[int, Read], call: Call) -> Opinion:
    made_with = flac.stream_info(original.path)
    if made_with is None or len(before.recorded) != 1:
        return _NONE
    (track,) = before.recorded
    decoded = read.get(track.index)
    if made_with.samples and decoded is not None and decoded.samples != made_with.samples:
        differ = message("samples_differ", said=made_with.samples, found=decoded.samples)
        return Opinion(fault=differ) if decoded.samples < made_with.samples else Opinion(doubts=(differ,))
    if not made_with.md5 or made_with.bits not in flac.WHOLE_BYTES:
        return _NONE
    if ffmpeg.sound_md5(original.path, track, made_with.bits, call) == made_with.md5:
        return Opinion(whole=True)
    return Opinion(fault=message("sound_md5_differs"))
