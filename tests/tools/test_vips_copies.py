"""Reading copies have the right size, direction and colours."""

from pathlib import Path

import pytest
import pyvips

from pipeline.errors import ToolFailed
from pipeline.tools import vips, vips_copies
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


def test_a_reading_copy_is_upright_and_reduced(tmp_path: Path) -> None:
    size = vips_copies.reading_copy(TURNED, JPEG, tmp_path / "copy.jpg", longest_side=300, quality=85, subject="x")
    assert size == (300, 225)
    copy = vips.header(tmp_path / "copy.jpg", JPEG)
    assert (copy.width, copy.height, copy.orientation) == (300, 225, 1)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("small.heic", "image/heic"),
        ("sound.jp2", "image/jp2"),
        ("sound.png", "image/png"),
        ("sound.webp", "image/webp"),
        ("sound.bmp", "image/bmp"),
        ("sound.gif", "image/gif"),
        ("multipage.tif", "image/tiff"),
        ("sound.avif", "image/avif"),
    ],
)
def test_reading_copies_of_all_kinds_keep_their_size(tmp_path: Path, name: str, media_type: str) -> None:
    """JPEG 2000 among them: libvips 8.14 made thumbnails of its smallest resolution."""
    before = vips.header(FILES / name, media_type)
    scale = min(1, 1000 / max(before.width, before.height))
    size = vips_copies.reading_copy(
        FILES / name, media_type, tmp_path / "c.jpg", longest_side=1000, quality=85, subject="x"
    )
    assert size == pytest.approx((before.width * scale, before.height * scale), abs=1.5)


def test_a_reading_copy_keeps_camera_metadata(tmp_path: Path) -> None:
    source = DEMO / "K021-ZP·2019·D30-025" / "001.jpg"
    vips_copies.reading_copy(source, JPEG, tmp_path / "c.jpg", longest_side=300, quality=85, subject="x")
    fields = pyvips.Image.jpegload(str(tmp_path / "c.jpg")).get_fields()
    assert "exif-ifd3-GPSLatitude" in fields


def test_cmyk_and_sixteen_bits_become_srgb(tmp_path: Path) -> None:
    grey = pyvips.Image.grey(64, 64) * 65535
    grey.cast("ushort").copy(interpretation="grey16").tiffsave(str(tmp_path / "deep.tif"))
    vips_copies.reading_copy(
        tmp_path / "deep.tif", "image/tiff", tmp_path / "g.jpg", longest_side=64, quality=85, subject="x"
    )
    made = pyvips.Image.jpegload(str(tmp_path / "g.jpg"))
    assert made.interpretation in {"b-w", "srgb"} and made.avg() == pytest.approx(127, abs=3)
    cmyk = pyvips.Image.black(64, 64, bands=4).copy(interpretation="cmyk")
    cmyk.jpegsave(str(tmp_path / "ink.jpg"))
    vips_copies.reading_copy(tmp_path / "ink.jpg", JPEG, tmp_path / "c.jpg", longest_side=64, quality=85, subject="x")
    white = pyvips.Image.jpegload(str(tmp_path / "c.jpg"))
    assert white.interpretation == "srgb" and white.avg() > 240


def test_transparency_becomes_white(tmp_path: Path) -> None:
    clear = pyvips.Image.black(40, 30, bands=4).copy(interpretation="srgb")
    clear.pngsave(str(tmp_path / "clear.png"))
    vips_copies.reading_copy(
        tmp_path / "clear.png", "image/png", tmp_path / "c.jpg", longest_side=99, quality=85, subject="x"
    )
    assert pyvips.Image.jpegload(str(tmp_path / "c.jpg")).avg() > 250


def test_a_ruined_source_makes_no_copy(tmp_path: Path) -> None:
    cut = changed(PAGE, tmp_path / "cut.jpg", keep=0.5)
    with pytest.raises(ToolFailed, match=r"照片\.jpg"):
        vips_copies.reading_copy(cut, JPEG, tmp_path / "c.jpg", longest_side=600, quality=85, subject="照片.jpg")


def test_the_same_photo_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        vips_copies.reading_copy(TURNED, JPEG, tmp_path / name, longest_side=300, quality=85, subject="x")
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()


def test_what_is_a_reading_copy_already() -> None:
    photo = DEMO / "K021-ZP·2019·D30-025" / "001.jpg"
    assert vips_copies.is_web_jpeg(photo, JPEG, longest_side=2560)
    assert not vips_copies.is_web_jpeg(photo, JPEG, longest_side=100)
    assert not vips_copies.is_web_jpeg(TURNED, JPEG, longest_side=2560)
    assert not vips_copies.is_web_jpeg(FILES / "sound.png", "image/png", longest_side=2560)
    assert not vips_copies.is_web_jpeg(FILES / "sound.jpg", JPEG, longest_side=2560), "its colours are not sRGB"


def test_a_reading_copy_of_a_pyramid_is_of_its_full_page(tmp_path: Path) -> None:
    page = pyvips.Image.black(1024, 512, bands=3).copy(interpretation="srgb")
    page.tiffsave(str(tmp_path / "a.tif"), tile=True, pyramid=True, compression="deflate")
    size = vips_copies.reading_copy(
        tmp_path / "a.tif", "image/tiff", tmp_path / "c.jpg", longest_side=2000, quality=85, subject="x"
    )
    assert size == (1024, 512)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_tiff_becomes_an_upright_photo(tmp_path: Path, orientation: int) -> None:
    picture = pyvips.Image.black(300, 200, bands=3).copy(interpretation="srgb")
    picture.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    picture.tiffsave(str(tmp_path / "a.tif"))
    size = vips_copies.reading_copy(
        tmp_path / "a.tif", "image/tiff", tmp_path / "c.jpg", longest_side=2000, quality=85, subject="x"
    )
    assert size == ((300, 200) if orientation < 5 else (200, 300))
