"""Copies of photos: what the camera wrote, without where it stood; broken camera data costs no copy."""

import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.domain.messages import message
from pipeline.formats.handler import Made, Refused
from pipeline.formats.photo import PhotoParameters
from tests.makers import exif_blocks, jpegs
from tests.makers.handling import made

SECRET = (exif_blocks.GPS_TEXT, *exif_blocks.SERIALS)


def copy_of(folder: Path, data: bytes, *, name: str = "a.jpg", **parameters: int) -> tuple[bytes, list[Refused]]:
    path = folder / name
    path.write_bytes(data)
    found = made(folder, "image/photo", path, parameters=PhotoParameters(**parameters))
    (copy,) = [each for each in found if isinstance(each, Made)]
    return copy.path.read_bytes(), [each for each in found if isinstance(each, Refused)]


@pytest.mark.parametrize("longest_side", [2560, 200], ids=["kept", "encoded"])
def test_place_and_serial_numbers_do_not_go_out(tmp_path: Path, longest_side: int) -> None:
    source = jpegs.with_camera() + b"behind the end: " + exif_blocks.GPS_TEXT
    copy, told = copy_of(tmp_path, source, longest_side=longest_side)
    assert told == [] and all(word in source and word not in copy for word in SECRET)
    with Image.open(io.BytesIO(copy)) as picture:
        read = picture.getexif()
        assert read[0x010F] == "Lantai" and read.get_ifd(0x8769)[0x9003] == "2019:03:15 10:11:12"
        assert not read.get_ifd(0x8825)


@pytest.mark.parametrize("longest_side", [2560, 200], ids=["kept", "encoded"])
def test_they_do_where_the_profile_says_so(tmp_path: Path, longest_side: int) -> None:
    copy, _ = copy_of(tmp_path, jpegs.with_camera(), longest_side=longest_side, positions=True)
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.getexif().get_ifd(0x8825)[2] == (30.0, 15.0, 30.0)
    assert b"BODY-4711" in copy and b"LENS-0815" in copy


@pytest.mark.parametrize("longest_side", [2560, 200], ids=["kept", "encoded"])
@pytest.mark.parametrize("name", exif_blocks.BROKEN)
def test_broken_camera_data_costs_no_copy_and_is_told(tmp_path: Path, name: str, longest_side: int) -> None:
    copy, told = copy_of(tmp_path, jpegs.photo(exif=exif_blocks.BROKEN[name]), longest_side=longest_side)
    with Image.open(io.BytesIO(copy)) as picture:
        picture.load()
    assert [each.code for each in told] in (["partly_normalised"], [])
    if told:
        assert told[0].reason == message("camera_data_broken")
    else:
        assert name == "a directory that holds itself"


def test_a_photo_without_its_end_mark_has_a_copy(tmp_path: Path) -> None:
    for number, side in enumerate((2560, 200)):
        folder = tmp_path / str(number)
        folder.mkdir()
        copy, _ = copy_of(folder, jpegs.photo()[:-2], longest_side=side)
        with Image.open(io.BytesIO(copy)) as picture:
            picture.load()
