"""FFmpeg's decoder passes every sound JPEG and finds the damage that libjpeg paints over."""

from pipeline.tools import libavcodec
from pipeline.tools.libavcodec import Ended
from tests.makers import jpegs

MOST = 10**9


def test_no_sound_jpeg_of_any_make_is_damaged() -> None:
    ends = {name: libavcodec.decode_jpeg(data, max_pixels=MOST) for name, data in jpegs.sound()}
    assert {end for name, end in ends.items() if " CMYK " not in name} == {Ended.WHOLE}
    assert Ended.DAMAGED not in ends.values(), "subsampled CMYK is not known to it"


def test_codes_that_there_are_not_are_found() -> None:
    """Of codes made for the picture; of the standard's own, zeros are codes, too."""
    sound = jpegs.photo(optimize=True)
    zeros = [libavcodec.decode_jpeg(jpegs.zeroed(sound, share / 10), max_pixels=MOST) for share in range(1, 10)]
    bits = [libavcodec.decode_jpeg(jpegs.flipped(sound, seed, bits=10), max_pixels=MOST) for seed in range(12)]
    assert zeros.count(Ended.DAMAGED) > 4 and bits.count(Ended.DAMAGED) > 6
    assert Ended.NOT_KNOWN not in (*zeros, *bits)


def test_what_it_does_not_know_is_no_damage() -> None:
    sound = jpegs.photo()
    arithmetic = sound.replace(b"\xff\xc0", b"\xff\xc9", 1)
    assert libavcodec.decode_jpeg(arithmetic, max_pixels=MOST) is Ended.NOT_KNOWN
    assert libavcodec.decode_jpeg(b"\xff\xd8\xff\xd9", max_pixels=MOST) is Ended.NOT_KNOWN
    assert libavcodec.decode_jpeg(b"", max_pixels=MOST) is not Ended.WHOLE


def test_more_pixels_than_allowed_are_not_decoded() -> None:
    assert libavcodec.decode_jpeg(jpegs.photo(), max_pixels=100) is not Ended.WHOLE


def test_it_is_here_and_says_its_version() -> None:
    assert libavcodec.located() and libavcodec.version()[0].isdigit()
