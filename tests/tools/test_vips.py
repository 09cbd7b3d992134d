"""Pictures are read to their last byte."""

from pathlib import Path

import pytest
import pyvips

from pipeline.tools import vips
from tests.makers import real_files
from tests.makers.received import DEMO, FILES

JPEG = "image/jpeg"
PAGE = DEMO / "K021-ZY·FP·2019·Y-003" / "001.jpg"
TURNED = DEMO / "K021-ZP·2019·D30-025" / "005.jpg"


def changed(source: Path, target: Path, *, keep: float = 1.0, zero_from: float = 1.0) -> Path:
    """A copy cut short, or with its tail overwritten by zeros."""
    data = bytearray(source.read_bytes())
    start = int(len(data) * zero_from)
    data[start:] = bytes(len(data) - start)
    target.write_bytes(data[: int(len(data) * keep)])
    return target


@pytest.mark.parametrize(
    ("name", "media_type", "pages"),
    [
        ("sound.jpg", JPEG, 1),
        ("sound.png", "image/png", 1),
        ("multipage.tif", "image/tiff", 3),
        ("sound.gif", "image/gif", 1),
        ("sound.webp", "image/webp", 1),
        ("sound.bmp", "image/bmp", 1),
        ("sound.jp2", "image/jp2", 1),
        ("small.heic", "image/heic", 1),
        ("sound.avif", "image/avif", 1),
    ],
)
def test_sound_pictures_read_to_their_end(name: str, media_type: str, pages: int) -> None:
    header = vips.header(FILES / name, media_type)
    assert header.pages == pages
    assert vips.decode(FILES / name, media_type, pages=pages) == vips.Decoded(pages=pages)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
def test_a_jpeg_cut_short_is_damaged(tmp_path: Path, keep: float) -> None:
    cut = changed(PAGE, tmp_path / "cut.jpg", keep=keep)
    assert vips.decode(cut, JPEG, pages=1).fault


@pytest.mark.parametrize("zero_from", [0.5, 0.9])
def test_a_jpeg_with_a_ruined_tail_is_noticed(tmp_path: Path, zero_from: float) -> None:
    """Damage inside is painted over by libjpeg with a warning at most: told as a fault or as a doubt, never passed."""
    read = vips.decode(changed(PAGE, tmp_path / "ruined.jpg", zero_from=zero_from), JPEG, pages=1)
    assert read.fault or read.doubt


def test_one_bit_in_a_png_is_noticed(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.png").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bit.png").write_bytes(data)
    assert vips.decode(tmp_path / "bit.png", "image/png", pages=1).fault


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_a_png_cut_short_is_damaged(tmp_path: Path, keep: float) -> None:
    assert vips.decode(changed(FILES / "sound.png", tmp_path / "cut.png", keep=keep), "image/png", pages=1).fault


def test_a_page_in_the_middle_of_a_tiff_is_read(tmp_path: Path) -> None:
    path = real_files.tiff(tmp_path / "three.tif", pages=3)
    assert vips.decode(path, "image/tiff", pages=3) == vips.Decoded(pages=3)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle - 2000 : middle + 2000] = b"\xff" * 4000
    path.write_bytes(data)
    assert vips.decode(path, "image/tiff", pages=3).fault


def test_reasons_hold_no_path_of_ours(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").write_bytes(b"II*\0")
    with pytest.raises(vips.Undecodable) as caught:
        vips.header(tmp_path / "empty.tif", "image/tiff")
    assert str(tmp_path) not in str(caught.value)


def test_a_header_is_read_without_pixels() -> None:
    header = vips.header(TURNED, JPEG)
    assert (header.width, header.height, header.orientation, header.bands, header.bits) == (450, 600, 6, 3, 8)
    assert vips.header(FILES / "multipage.tif", "image/tiff").pages == 3


def test_formats_that_could_fetch_or_run_things_are_not_loaded(tmp_path: Path) -> None:
    vips.header(FILES / "sound.jpg", JPEG)
    (tmp_path / "x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "utf-8")
    with pytest.raises(pyvips.Error):
        pyvips.Image.svgload(str(tmp_path / "x.svg"))


def test_damage_in_fax_data_is_noticed_though_it_is_painted_over(tmp_path: Path) -> None:
    lines = [
        pyvips.Image.black(width, 4).linear(0, 255).cast("uchar").embed(0, 0, 640, 4) for width in range(9, 500, 7)
    ]
    page = pyvips.Image.arrayjoin(lines, across=1).copy(interpretation="b-w")
    page.tiffsave(str(tmp_path / "fax.tif"), bitdepth=1, compression="ccittfax4")
    assert vips.decode(tmp_path / "fax.tif", "image/tiff", pages=1) == vips.Decoded(pages=1)
    data = bytearray((tmp_path / "fax.tif").read_bytes())
    data[200:208] = bytes(8)
    (tmp_path / "fax.tif").write_bytes(data)
    assert vips.decode(tmp_path / "fax.tif", "image/tiff", pages=1).fault


@pytest.mark.parametrize(("width", "height"), [(1, 1), (400, 3), (7, 8)])
def test_a_jpeg_too_narrow_to_be_read_at_an_eighth_is_read_whole(tmp_path: Path, width: int, height: int) -> None:
    path = real_files.jpeg(tmp_path / "strip.jpg", width, height)
    assert vips.decode(path, JPEG, pages=1) == vips.Decoded(pages=1)
