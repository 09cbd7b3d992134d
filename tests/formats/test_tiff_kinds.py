"""A copy of a TIFF shows what other readers see in it, or there is none: kinds of sample × photo and page × direction.

What a page shows was written into it by `tests.makers.tiffs`; a PDF is read by poppler, a JPEG by Pillow.
"""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from pipeline.formats.handler import Made, Refused
from pipeline.formats.tiff_kinds import Reading, reading_of
from pipeline.tools.tiff_tags import read_directories
from tests.makers import jpegs, tiffs
from tests.makers.handling import made

NONE = {"grey int16", "grey int32", "grey float16", "grey float64", "grey float32 of metres"}
"""Of these nobody can tell what is black and what white."""
LOOSE = {"ink 8": 85, "ink 16": 85, "Lab 8": 12}
"""Colours of ink and of Lab depend on the profile."""


def shown(name: str) -> list[tuple[int, int, int]]:
    if name.startswith(("grey", "Lab")):
        return [(grey, grey, grey) for grey in tiffs.GREYS]
    return list(tiffs.QUARTERS)


def middles(picture: Image.Image) -> list[tuple[int, ...]]:
    width, height = picture.size
    rgb = picture.convert("RGB")
    return [rgb.getpixel((width * x // 4, height * y // 4)) for y in (1, 3) for x in (1, 3)]  # type: ignore[misc]


def rendered(pdf: Path) -> Image.Image:
    command = ["pdftoppm", "-r", "300", "-singlefile", str(pdf), str(pdf.with_suffix(""))]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return Image.open(io.BytesIO(pdf.with_suffix(".ppm").read_bytes()))


def assert_alike(found: list[tuple[int, ...]], name: str) -> None:
    most = LOOSE.get(name, 3)
    for is_, wanted in zip(found, shown(name), strict=True):
        assert all(abs(a - b) <= most for a, b in zip(is_, wanted, strict=True)), (name, found, shown(name))


@pytest.mark.parametrize("name", tiffs.PAGES)
@pytest.mark.parametrize("action", ["image/photo", "image/pages"])
def test_a_copy_shows_what_the_page_shows(tmp_path: Path, name: str, action: str) -> None:
    found = made(tmp_path, action, tiffs.written(tmp_path / "a.tif", tiffs.PAGES[name]))
    copies = [each for each in found if isinstance(each, Made)]
    assert bool(copies) is (name not in NONE), found
    if copies:
        (copy,) = copies
        picture = rendered(copy.path) if action == "image/pages" else Image.open(copy.path)
        assert_alike(middles(picture), name)
    else:
        assert [each.code for each in found if isinstance(each, Refused)] == ["not_normalised"]


@pytest.mark.parametrize("name", ["colour float32", "YCbCr 2:2", "grey 12", "colour and unused alpha"])
@pytest.mark.parametrize("action", ["image/photo", "image/pages"])
def test_a_turned_page_is_upright(tmp_path: Path, name: str, action: str) -> None:
    """Direction 3: upside down."""
    page = tiffs.PAGES[name]
    turned = tiffs.Page(
        data=page.data,
        bits=page.bits,
        photometric=page.photometric,
        sample_format=page.sample_format,
        more={**page.more, 274: (3, (3,))},
    )
    (copy,) = made(tmp_path, action, tiffs.written(tmp_path / "a.tif", turned))
    assert isinstance(copy, Made)
    picture = rendered(copy.path) if action == "image/pages" else Image.open(copy.path)
    assert_alike(middles(picture)[::-1], name)


def test_a_page_that_nobody_can_show_is_named(tmp_path: Path) -> None:
    path = tiffs.written(tmp_path / "a.tif", tiffs.PAGES["colour 8"], tiffs.PAGES["grey int16"])
    (refused,) = made(tmp_path, "image/pages", path)
    assert isinstance(refused, Refused) and "on_page (page=2" in str(refused.reason)


def test_pages_of_several_kinds_keep_their_order(tmp_path: Path) -> None:
    names = ["colour 8", "YCbCr 2:1", "grey float32", "palette 8"]
    path = tiffs.written(tmp_path / "a.tif", *(tiffs.PAGES[name] for name in names))
    (copy,) = made(tmp_path, "image/pages", path)
    assert isinstance(copy, Made)
    for number, name in enumerate(names, start=1):
        command = ["pdftoppm", "-r", "300", "-f", str(number), "-l", str(number), str(copy.path)]
        out = subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL, capture_output=True).stdout
        assert_alike(middles(Image.open(io.BytesIO(out))), name)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("grey 16", Reading.PLAIN),
        ("grey 12", Reading.ODD_DEPTH),
        ("grey int16", Reading.SIGNED),
        ("colour float32", Reading.FLOATING),
        ("YCbCr 1:1", Reading.YCBCR),
        ("colour and unused alpha", Reading.UNNAMED),
    ],
)
def test_how_a_page_is_read(tmp_path: Path, name: str, reading: Reading) -> None:
    (page,) = read_directories(tiffs.written(tmp_path / "a.tif", tiffs.PAGES[name]), max_directories=1)
    assert reading_of(page) is reading


def test_jpeg_in_a_tiff_does_not_grow(tmp_path: Path) -> None:
    jpegs.noise(800, 600).save(tmp_path / "a.tif", "TIFF", compression="jpeg", quality=80)
    (copy,) = made(tmp_path, "image/pages", tmp_path / "a.tif")
    assert isinstance(copy, Made) and "as JPEG quality" in copy.detail
    assert copy.path.stat().st_size < 2 * (tmp_path / "a.tif").stat().st_size
