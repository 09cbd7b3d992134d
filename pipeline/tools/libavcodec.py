"""FFmpeg's decoders in this process, through ctypes: whether the picture data of a JPEG decodes to its end.

libjpeg forgives much that it paints over in grey: codes that run past a block, zeros where data was. FFmpeg's decoder
is stricter, and answers with codes of its own. Only functions are called whose form has not changed from FFmpeg 4 to 8,
and no structure of theirs is looked into. A process for each file would cost ten times as much as the decoding.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.domain.messages import message
from pipeline.errors import MissingTool

_FOLDERS = ("/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib")
_CODEC_NUMBERS = range(62, 57, -1)
"""FFmpeg 8 to 4."""
_UTIL_BEHIND = 2
"""The number of libavutil is that of libavcodec less two."""
_QUIET = -8
_PADDING = 64
_EIGHTH = b"3"
"""`lowres`: an eighth of the size, its entropy-coded data read whole all the same."""
_INVALID_DATA = -int.from_bytes(b"INDA", "little")


class Ended(Enum):
    """How decoding ended; `NOT_KNOWN` where the decoder does not know this kind of picture."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    NOT_KNOWN = "not known"


class _Libraries(NamedTuple):
    codec: ctypes.CDLL
    util: ctypes.CDLL


@cache
def located() -> tuple[Path, Path] | None:
    """The newest libavcodec with the libavutil that belongs to it; None where they are not here. Nothing is loaded."""
    for number in _CODEC_NUMBERS:
        for folder in _FOLDERS:
            for codec in sorted(Path("/").glob(f"{folder[1:]}/libavcodec.so.{number}")):
                util = codec.with_name(f"libavutil.so.{number - _UTIL_BEHIND}")
                if util.exists():
                    return codec, util
    return None


@cache
def _loaded() -> _Libraries:
    """Raises MissingTool."""
    found = located()
    try:
        if found is None:
            raise OSError("libavcodec.so")
        util, codec = ctypes.CDLL(str(found[1])), ctypes.CDLL(str(found[0]))
    except OSError as error:
        said = message("library_does_not_load", library="libavcodec", words=error)
        raise MissingTool(said, tool="libavcodec") from error
    pointer, text, whole = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    declared: dict[ctypes.CDLL, dict[str, tuple[Any, ...]]] = {
        codec: {
            "avcodec_find_decoder_by_name": (pointer, text),
            "avcodec_alloc_context3": (pointer, pointer),
            "avcodec_open2": (whole, pointer, pointer, pointer),
            "avcodec_free_context": (None, pointer),
            "avcodec_send_packet": (whole, pointer, pointer),
            "avcodec_receive_frame": (whole, pointer, pointer),
            "av_packet_alloc": (pointer,),
            "av_packet_from_data": (whole, pointer, pointer, whole),
            "av_packet_free": (None, pointer),
        },
        util: {
            "av_malloc": (pointer, ctypes.c_size_t),
            "av_free": (None, pointer),
            "av_frame_alloc": (pointer,),
            "av_frame_free": (None, pointer),
            "av_opt_set": (whole, pointer, text, text, whole),
            "av_log_set_level": (None, whole),
            "av_version_info": (text,),
        },
    }
    for library, functions in declared.items():
        for name, (result, *arguments) in functions.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    util.av_log_set_level(_QUIET)
    return _Libraries(codec, util)


def version() -> str:
    """Version of FFmpeg. Raises MissingTool."""
    return str(_loaded().util.av_version_info().decode("ascii", "replace"))


def decode_jpeg(data: bytes, *, max_pixels: int) -> Ended:
    """Decodes one JPEG, from its first byte to its end mark, at an eighth of its size. Raises MissingTool."""
    ended = _decode(data, {b"lowres": _EIGHTH}, max_pixels)
    if ended is Ended.DAMAGED and _decode(data, {b"skip_frame": b"all"}, max_pixels) is Ended.DAMAGED:
        return Ended.NOT_KNOWN  # what it stumbles over is the header: nothing can be said of the data
    return ended


def _decode(data: bytes, options: dict[bytes, bytes], max_pixels: int) -> Ended:
    codec, util = _loaded()
    decoder = codec.avcodec_find_decoder_by_name(b"mjpeg")
    fixed = {b"err_detect": b"explode", b"threads": b"1", b"max_pixels": str(max_pixels).encode()}
    with (
        _held(codec.avcodec_alloc_context3(decoder), codec.avcodec_free_context) as context,
        _held(codec.av_packet_alloc(), codec.av_packet_free) as packet,
        _held(util.av_frame_alloc(), util.av_frame_free) as frame,
    ):
        for name, value in (fixed | options).items():
            util.av_opt_set(context, name, value, 0)
        if codec.avcodec_open2(context, decoder, None) < 0:
            return Ended.NOT_KNOWN
        _fill(packet, data)
        for code in (codec.avcodec_send_packet(context, packet), codec.avcodec_receive_frame(context, frame)):
            if code == _INVALID_DATA:
                return Ended.DAMAGED
            if code < 0:
                return Ended.NOT_KNOWN
    return Ended.WHOLE


def _fill(packet: int, data: bytes) -> None:
    """Gives the packet a copy of the data, with the zeros behind it that decoders want."""
    codec, util = _loaded()
    room = util.av_malloc(len(data) + _PADDING)
    if not room:
        raise MemoryError
    ctypes.memmove(room, data, len(data))
    ctypes.memset(room + len(data), 0, _PADDING)
    if codec.av_packet_from_data(packet, room, len(data)) < 0:
        util.av_free(room)
        raise MemoryError


@contextmanager
def _held(made: int | None, free: Callable[[object], object]) -> Iterator[int]:
    """Something of FFmpeg's own, freed at the end."""
    if not made:
        raise MemoryError
    try:
        yield made
    finally:
        free(ctypes.byref(ctypes.c_void_p(made)))
