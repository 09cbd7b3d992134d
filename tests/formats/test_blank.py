"""Blank pages, and pages with one short line."""

from pathlib import Path

import pytest
import pyvips

from pipeline.formats.blank import is_blank

SIZE = (1654, 2339)
SAVED = {"jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff"}


def page(folder: Path, ending: str, *, line: bool = False, noise: float = 0.0, rim: bool = False) -> Path:
    image = pyvips.Image.black(*SIZE) + 246
    if noise:
        image = image + pyvips.Image.gaussnoise(*SIZE, mean=0, sigma=noise, seed=1)
    image = image.cast("uchar").copy_memory()
    if line:
        image = image.draw_rect(20, 400, 1200, 300, 6, fill=True)
    if rim:
        image = image.draw_rect(0, 0, 0, 30, SIZE[1], fill=True)
    path = folder / f"page.{ending}"
    image.write_to_file(str(path))
    return path


@pytest.mark.parametrize("ending", SAVED)
def test_pages(tmp_path: Path, ending: str) -> None:
    def judged(**how: object) -> bool:
        path = page(tmp_path, ending, **how)  # type: ignore[arg-type]
        return is_blank(path, SAVED[ending], path.stat().st_size)

    assert judged()
    assert judged(rim=True), "the shadow of the lid is no writing"
    assert not judged(line=True)


def test_the_noise_of_a_scanner_is_no_writing(tmp_path: Path) -> None:
    path = page(tmp_path, "tif", noise=2.0)
    assert is_blank(path, "image/tiff", path.stat().st_size)


def test_what_cannot_be_told_is_not_called_blank(tmp_path: Path) -> None:
    (tmp_path / "page.jpg").write_bytes(b"no picture")
    assert not is_blank(tmp_path / "page.jpg", "image/jpeg", 10)
