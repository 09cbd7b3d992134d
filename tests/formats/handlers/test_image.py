"""Images: read to the last pixel, one JPEG per photo, and what is left alone."""

from pathlib import Path

import pytest
import pyvips

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats.handler import Made, Refused, Taking, all_handlers
from pipeline.formats.handlers.image import HANDLER, PhotoParameters
from tests.makers import real_files
from tests.makers.handling import cut_short, examined, made
from tests.makers.received import FILES


@pytest.mark.parametrize(
    "name", [*(f"sound.{e}" for e in ["jpg", "png", "gif", "webp", "bmp", "jp2", "avif"]), "multipage.tif"]
)
def test_sound_pictures(tmp_path: Path, name: str) -> None:
    found = examined(FILES / name, tmp_path)
    assert found.soundness.verdict is Verdict.SOUND and found.soundness.by, found.soundness


@pytest.mark.parametrize("name", ["truncated.jpg", "libtiff_segfault.tif", "decompression_bomb.gif"])
def test_damaged_pictures(tmp_path: Path, name: str) -> None:
    found = examined(FILES / name, tmp_path)
    assert found.soundness.verdict is Verdict.DAMAGED and found.soundness.reason


@pytest.mark.parametrize("name", ["sound.jpg", "sound.png"])
def test_pictures_cut_short(tmp_path: Path, name: str) -> None:
    assert examined(cut_short(FILES / name, tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_what_has_no_decoder_is_neither(tmp_path: Path) -> None:
    found = examined(FILES / "header-only.cr2", tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL
    assert found.soundness.reason == message("no_decoder", what="image/x-raw")


def test_too_many_pixels_or_pages_are_not_decoded(tmp_path: Path) -> None:
    found = examined(FILES / "sound.jpg", tmp_path, max_pixels=1000)
    assert found.too_large and found.soundness.verdict is Verdict.COULD_NOT_TELL
    found = examined(FILES / "multipage.tif", tmp_path, max_frames=2)
    assert found.soundness.verdict is not Verdict.SOUND and (found.too_large or found.soundness.reason)


def test_pages_are_counted_and_smaller_copies_of_a_page_are_not(tmp_path: Path) -> None:
    assert examined(real_files.tiff(tmp_path / "a.tif", pages=4), tmp_path).pages == 4
    page = pyvips.Image.black(1024, 512, bands=3).copy(interpretation="srgb")
    page.tiffsave(str(tmp_path / "b.tif"), tile=True, pyramid=True, compression="deflate")
    found = examined(tmp_path / "b.tif", tmp_path)
    assert found.pages == 1 and found.soundness.verdict is Verdict.SOUND


def test_a_photo_becomes_a_jpeg_no_longer_than_asked(tmp_path: Path) -> None:
    photo = real_files.png(tmp_path / "a.png", 800, 600)
    (copy,) = made(tmp_path, "image/photo", photo, parameters=PhotoParameters(longest_side=200))
    assert isinstance(copy, Made) and copy.extension == "jpg" and "longest side 200" in copy.detail
    picture = pyvips.Image.new_from_file(str(copy.path))
    assert (picture.width, picture.height) == (200, 150)


def test_a_photo_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    (refused,) = made(tmp_path, "image/photo", FILES / "sound.jpg", max_pixels=1000)
    assert isinstance(refused, Refused) and "too_many_pixels" in str(refused.reason)


def test_what_is_kept_as_it_came_is_told(tmp_path: Path) -> None:
    (refused,) = made(tmp_path, "image/none", FILES / "header-only.cr2")
    assert isinstance(refused, Refused) and refused.reason == message("kept_as_it_came", what="Canon RAW")


def test_what_it_declares() -> None:
    assert all_handlers().of_kind("image") is HANDLER and HANDLER.needs == ("libvips", "libavcodec")
    assert HANDLER.actions["photo"].taking is Taking.EACH and HANDLER.actions["pages"].taking is Taking.WHOLE
