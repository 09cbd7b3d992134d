"""Rows that are added below a picture show whether its data ends where it should."""

import io
import itertools

from PIL import Image

from pipeline.tools import jpeg, jpeg_row, vips
from tests.makers import jpegs


def added(data: bytes) -> bytes:
    return jpeg_row.added(data, jpeg.read_parts(data))


def test_the_picture_stays_and_grey_follows() -> None:
    for mode, subsampling, optimize in itertools.product(("L", "RGB"), (0, 1, 2), (False, True)):
        out = io.BytesIO()
        options = {"subsampling": subsampling} if mode == "RGB" else {}
        jpegs.noise(401, 333, mode).save(out, "JPEG", optimize=optimize, **options)
        taller = added(out.getvalue())
        with Image.open(out) as before, Image.open(io.BytesIO(taller)) as after:
            assert after.width == 401 and after.height >= 333 + 192
            assert after.crop((0, 0, 401, 320)).tobytes() == before.crop((0, 0, 401, 320)).tobytes()
            grey = after.crop((0, 360, 401, after.height)).getextrema()
            assert grey in {(128, 128), ((128, 128),) * 3}
        assert not vips.has_warnings(taller)


def test_data_left_over_or_lacking_is_warned_of() -> None:
    whole = jpegs.photo()
    assert not vips.has_warnings(added(whole))
    assert vips.has_warnings(added(whole[:-2] + b"\x12\x34" * 20 + whole[-2:])), "left over"
    assert vips.has_warnings(added(whole[:-24] + whole[-2:])), "lacking"
    assert not vips.has_warnings(added(whole[:-2] + b"\xff\xff" + whole[-2:])), "fill bytes are allowed"


def test_what_takes_no_row_stays_as_it_is() -> None:
    for data in (jpegs.photo(progressive=True), jpegs.photo(restart_marker_blocks=4), jpegs.photo(size=(40, 40))):
        assert added(data) == jpeg.picture_alone(data, jpeg.read_parts(data))


def test_no_sound_jpeg_is_warned_of() -> None:
    assert [name for name, data in jpegs.sound() if vips.has_warnings(added(data))] == []


def test_broken_tables_make_no_row() -> None:
    whole = jpegs.photo()
    huffman = whole.index(b"\xff\xc4") + 5
    for at in range(huffman, huffman + 17):
        added(whole[:at] + b"\xff" + whole[at + 1 :])
