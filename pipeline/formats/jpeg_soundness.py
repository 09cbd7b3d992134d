"""Whether a JPEG is sound: its structure by ourselves, its data by FFmpeg's decoder, and by libjpeg where that is at a
loss.

Damaged is what does not decode; what only lacks its end mark, or carries odd bytes, is told as a doubt.
"""

from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import Soundness
from pipeline.domain.messages import Message, message, told_by_program
from pipeline.formats.handler import could_not_tell, damaged, sound
from pipeline.tools import jpeg, jpeg_row, libavcodec, vips


def judged(path: Path, *, max_pixels: int, libvips: Agent) -> tuple[Soundness, Agent]:
    """The verdict, and who gave it; `libvips` is asked where FFmpeg's decoder does not know this kind of JPEG."""
    data = path.read_bytes()
    try:
        parts = jpeg.read_parts(data)
    except jpeg.NoJpeg:
        return _by_libjpeg(path, libvips, usual=True), libvips
    agent = Agent(name="libavcodec", version=libavcodec.version())
    ended = libavcodec.decode_jpeg(jpeg.picture_alone(data, parts), max_pixels=max_pixels)
    if ended is libavcodec.Ended.NOT_KNOWN:
        return _by_libjpeg(path, libvips, usual=parts.usual), libvips
    if ended is libavcodec.Ended.DAMAGED:
        also = vips.decode(path, "image/jpeg", pages=1)
        return damaged(agent, message("picture_data_damaged", words=also.fault or also.doubt)), agent
    warned = parts.usual and vips.has_warnings(jpeg_row.added(data, parts))
    if parts.lacks_end and (parts.lacks_scans or (warned and not parts.odd_scan)):
        return damaged(agent, message("bytes_lacking_at_end")), agent
    doubts = tuple(_doubts(parts, warned=warned))
    return (could_not_tell(agent, doubts) if doubts else sound(agent)), agent


def _doubts(parts: jpeg.Parts, *, warned: bool) -> list[Message]:
    """What is odd about a JPEG that decodes. Zeros and turned bits may happen to be codes: then there is more or less
    data than the picture needs, of which libjpeg warns where a row follows that it knows."""
    found = []
    if parts.lacks_end:
        found.append(message("end_mark_missing"))
    if parts.stray:
        found.append(message("stray_bytes", count=parts.stray))
    if parts.odd_scan:
        found.append(message("odd_scan_header"))
    if parts.lacks_scans and not parts.odd_scan:
        found.append(message("scans_missing"))
    if warned and not found:
        found.append(message("data_of_other_length"))
    return found


def _by_libjpeg(path: Path, agent: Agent, *, usual: bool) -> Soundness:
    """What libjpeg says; a kind that not everybody decodes is not damaged for being refused."""
    read = vips.decode(path, "image/jpeg", pages=1)
    if read.fault and usual and read.supported:
        return damaged(agent, told_by_program(read.fault))
    if read.fault or read.doubt:
        return could_not_tell(agent, told_by_program(read.fault or read.doubt))
    return sound(agent)
