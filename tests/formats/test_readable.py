"""What stands in for a file: its picture is the same, and it says no more than it must."""

from pathlib import Path

from PIL import Image

from pipeline.formats import readable
from tests.makers import exif_blocks, jpegs


def test_a_whole_and_plain_jpeg_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpegs.photo())
    assert readable.ended(path, tmp_path) == path
    assert readable.for_pdf(path, tmp_path, orientation=1) == path


def test_an_end_mark_is_added(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpegs.photo()[:-2])
    assert readable.ended(path, tmp_path).read_bytes() == jpegs.photo()


def test_a_page_says_its_direction_and_resolution_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpegs.photo(exif=exif_blocks.block(orientation=6)) + b"more")
    plain = readable.for_pdf(path, tmp_path, orientation=6)
    data = plain.read_bytes()
    assert not any(word in data for word in (exif_blocks.GPS_TEXT, *exif_blocks.SERIALS, b"Lantai", b"more"))
    with Image.open(plain) as picture, Image.open(path) as before:
        assert picture.tobytes() == before.tobytes()
        assert dict(picture.getexif()) == {0x0112: 6, 0x011A: 300, 0x011B: 300, 0x0128: 2}


def test_what_is_no_jpeg_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"no picture")
    assert readable.ended(path, tmp_path) == readable.for_pdf(path, tmp_path, orientation=1) == path
