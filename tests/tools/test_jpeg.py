"""Parts of a JPEG: the picture's data untouched, and nothing said that was not asked for."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.tools import jpeg
from tests.makers import exif_blocks, jpegs


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.tobytes()


def test_nothing_but_the_picture_stays() -> None:
    camera = jpegs.with_camera(icc_profile=b"profile" * 100, dpi=(300, 300), comment=b"hello")
    noisy = camera + b"a second picture, or a film"
    plain = jpeg.with_metadata(noisy)
    assert pixels(plain) == pixels(noisy) and plain.endswith(jpeg.END_MARK)
    for word in (b"Lantai", b"hello", b"a film", exif_blocks.GPS_TEXT, *exif_blocks.SERIALS):
        assert word in noisy and word not in plain
    with Image.open(io.BytesIO(plain)) as picture:
        assert picture.info["icc_profile"] == b"profile" * 100 and picture.info["dpi"] == (300, 300)
        assert not picture.getexif()


def test_every_make_keeps_its_pixels() -> None:
    for name, data in jpegs.sound():
        assert pixels(jpeg.with_metadata(data, exif=exif_blocks.block(), xmp=b"<x/>")) == pixels(data), name
        parts = jpeg.read_parts(data)
        assert parts.usual and parts.end == len(data), name
        assert not parts.lacks_end and not parts.stray and not parts.odd_scan, name


def test_a_missing_end_mark_is_noticed_and_added() -> None:
    whole = jpegs.photo()
    assert jpeg.read_parts(whole[:-2]).lacks_end
    assert jpeg.with_metadata(whole[:-2]) == jpeg.with_metadata(whole)
    assert not jpeg.read_parts(jpeg.picture_alone(whole[:-2], jpeg.read_parts(whole[:-2]))).lacks_end


def test_stray_bytes_and_odd_scans_are_noticed() -> None:
    whole = jpegs.photo()
    scan = whole.index(b"\xff\xda")
    assert jpeg.read_parts(whole[:scan] + b"\0\1\2" + whole[scan:]).stray == 3
    assert jpeg.read_parts(whole[:scan] + b"\xff\xff\xff" + whole[scan:]).stray == 0, "fill bytes are allowed"
    spectral = scan + 2 + int.from_bytes(whole[scan + 2 : scan + 4], "big") - 2
    assert jpeg.read_parts(whole[:spectral] + b"\0" + whole[spectral + 1 :]).odd_scan


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"PNG", b"\xff\xd8\xff\xe1\xff\xff"])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(jpeg.NoJpeg):
        jpeg.read_parts(data)


def test_a_block_too_long_for_a_segment_is_refused() -> None:
    with pytest.raises(ValueError, match="segment"):
        jpeg.with_metadata(jpegs.photo(), xmp=bytes(70_000))


@given(st.binary(max_size=300), st.integers(0, 600))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    whole = jpegs.photo(size=(16, 16))
    data = whole[:at] + noise + whole[at + len(noise) :]
    try:
        parts = jpeg.read_parts(data)
    except jpeg.NoJpeg:
        return
    assert 0 < parts.scans <= parts.end <= len(data)
    jpeg.picture_alone(data, parts)
