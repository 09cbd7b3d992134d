"""What a camera wrote is read as far as it can be, written anew, and says no place and no number by itself."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.tools import exif, jpeg
from pipeline.tools.exiftool import ExifTool
from tests.makers import exif_blocks, jpegs

ALL = {0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0132}


@pytest.mark.parametrize("order", ["<", ">"])
def test_camera_and_time_stay_place_and_numbers_do_not(order: str) -> None:
    camera = exif.read(exif_blocks.block(order), identifying=False)
    assert set(camera.image) == ALL and not camera.position and not camera.broken
    made = exif.written(camera)
    for word in (exif_blocks.GPS_TEXT, *exif_blocks.SERIALS):
        assert word not in made
    with Image.open(io.BytesIO(jpeg.with_metadata(jpegs.photo(), exif=made))) as picture:
        read = picture.getexif()
        assert read[0x010F] == "Lantai" and read[0x011A] == 300 and 0x0112 not in read
        below = read.get_ifd(0x8769)
        assert below[0x9003] == "2019:03:15 10:11:12" and below[0x8827] == 400 and below[0x829A] == 1 / 125


def test_place_and_numbers_stay_where_they_are_wanted(tmp_path: Path) -> None:
    camera = exif.read(exif_blocks.block(), identifying=True)
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg.with_metadata(jpegs.photo(), exif=exif.written(camera)))
    tool = ExifTool(tmp_path)
    try:
        facts = dict(tool.read([path], seconds=60)[path])
    finally:
        tool.close()
    assert float(facts["GPS:GPSLatitude"]) == pytest.approx(30.2583, abs=1e-3)
    assert facts["ExifIFD:SerialNumber"] == "BODY-4711" and facts["ExifIFD:LensSerialNumber"] == "LENS-0815"
    assert not any("Warning" in key or "Error" in key or key.startswith("MakerNotes") for key in facts), facts


@pytest.mark.parametrize("name", exif_blocks.BROKEN)
def test_of_a_broken_block_what_can_be_read_is_read(name: str) -> None:
    camera = exif.read(exif_blocks.BROKEN[name], identifying=True)
    assert camera.broken or name == "a directory that holds itself"
    if name.startswith(("interop", "camera")):
        assert set(camera.image) == ALL
    exif.read(exif.written(camera), identifying=True)


def test_the_direction_is_only_what_is_given() -> None:
    camera = exif.read(exif_blocks.block(orientation=6), identifying=False)
    assert exif.read(exif.written(camera), identifying=False) == camera
    turned = jpeg.with_metadata(jpegs.photo(), exif=exif.written(exif.Camera(), orientation=6))
    with Image.open(io.BytesIO(turned)) as picture:
        assert dict(picture.getexif()) == {0x0112: 6}


def test_nothing_to_say_is_no_block() -> None:
    assert exif.written(exif.Camera()) == b"" and not exif.Camera()
    assert exif.read(b"", identifying=True) == exif.Camera()


@given(st.binary(max_size=40), st.integers(0, 400))
def test_any_bytes_can_be_read(noise: bytes, at: int) -> None:
    whole = exif_blocks.block()
    camera = exif.read(whole[:at] + noise + whole[at + len(noise) :], identifying=True)
    again = exif.read(exif.written(camera), identifying=True)
    assert set(again.camera) == set(camera.camera) and set(again.image) == set(camera.image)
