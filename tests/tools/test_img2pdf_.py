"""Pictures in a PDF are the very pictures: their encoded bytes, or at least every pixel."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest
import pyvips
from PIL import Image, TiffImagePlugin

from pipeline.tools import img2pdf_
from tests.makers import real_files
from tests.makers.received import DEMO, FILES


@contextmanager
def embedded(path: Path, page: int = 0) -> Iterator[pikepdf.PdfImage]:
    """The picture of a page, while its document is open."""
    with pikepdf.open(path) as document:
        yield pikepdf.PdfImage(next(iter(document.pages[page].get_images().values())))


@pytest.mark.parametrize("name", ["sound.jpg", "cmyk.jpg", "grey.jpg"])
def test_jpeg_bytes_come_back_untouched(tmp_path: Path, name: str) -> None:
    source = FILES / name
    if name == "cmyk.jpg":
        source = tmp_path / name
        pyvips.Image.black(60, 40, bands=4).copy(interpretation="cmyk").jpegsave(str(source))
    if name == "grey.jpg":
        source = DEMO / "K021-WS·2019·D30-0015-001.jpg"
    img2pdf_.to_pdf(source, tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=True)
    with embedded(tmp_path / "p.pdf") as image:
        assert image.obj["/Filter"] == "/DCTDecode"
        assert image.obj.read_raw_bytes() == source.read_bytes()


def test_jpeg_2000_bytes_come_back_untouched(tmp_path: Path) -> None:
    img2pdf_.to_pdf(FILES / "sound.jp2", tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=True)
    with embedded(tmp_path / "p.pdf") as image:
        assert image.obj["/Filter"] == "/JPXDecode"
        assert image.obj.read_raw_bytes() == (FILES / "sound.jp2").read_bytes()


def pixels(image: Image.Image) -> bytes:
    return image.convert("RGB").tobytes()


@pytest.mark.parametrize(
    "source",
    [
        FILES / "sound.png",
        DEMO / "K021-ZY·FP·2019·Y-001" / "001.png",
        DEMO / "K021-ZY·FP·2019·Y-002" / "001.tif",
        DEMO / "K021-ZY·FP·2019·Y-002" / "007.tif",
        FILES / "sound.bmp",
        FILES / "sound.gif",
    ],
    ids=lambda p: p.name,
)
def test_every_pixel_comes_back(tmp_path: Path, source: Path) -> None:
    img2pdf_.to_pdf(source, tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=True)
    with Image.open(source) as before, embedded(tmp_path / "p.pdf") as image:
        assert pixels(image.as_pil_image()) == pixels(before)


def test_all_pages_of_a_tiff_in_order(tmp_path: Path) -> None:
    source = real_files.tiff(tmp_path / "three.tif", pages=3)
    img2pdf_.to_pdf(source, tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=False)
    with Image.open(source) as before:
        for number in range(3):
            before.seek(number)
            with embedded(tmp_path / "p.pdf", number) as image:
                assert pixels(image.as_pil_image()) == pixels(before)


def test_transparency_is_kept_as_a_mask(tmp_path: Path) -> None:
    picture = pyvips.Image.black(8, 8, bands=4).copy(interpretation="srgb").linear(1, [200, 100, 50, 128])
    picture.cast("uchar").pngsave(str(tmp_path / "half.png"))
    img2pdf_.to_pdf(tmp_path / "half.png", tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=True)
    with embedded(tmp_path / "p.pdf") as image:
        assert "/SMask" in image.obj


def test_the_page_has_the_picture_s_true_size_and_direction(tmp_path: Path) -> None:
    turned = DEMO / "K021-ZP·2019·D30-025" / "005.jpg"
    img2pdf_.to_pdf(turned, tmp_path / "p.pdf", default_dpi=150, lowest_dpi=100, first_only=True)
    with pikepdf.open(tmp_path / "p.pdf") as document:
        box = [float(v) for v in document.pages[0].mediabox]
        assert sorted(box[2:]) == pytest.approx([450 / 150 * 72, 600 / 150 * 72], abs=0.01)
        assert int(document.pages[0].get("/Rotate", 0)) == 90


def test_a_fax_is_as_tall_as_its_paper(tmp_path: Path) -> None:
    """204 dots per inch across, 98 down; the next page is of another resolution, and the last says none."""
    fax, plan, unknown = Image.new("1", (204, 98), 1), Image.new("L", (60, 30), 99), Image.new("L", (300, 300), 99)
    with TiffImagePlugin.AppendingTiffWriter(str(tmp_path / "fax.tif"), True) as out:
        for image, options in ((fax, {"dpi": (204, 98)}), (plan, {"dpi": (600, 600)}), (unknown, {})):
            image.save(out, format="TIFF", **options)
            out.newFrame()
    img2pdf_.to_pdf(tmp_path / "fax.tif", tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=False)
    with pikepdf.open(tmp_path / "p.pdf") as document:
        sizes = [tuple(float(v) for v in page.mediabox[2:]) for page in document.pages]
    assert sizes == [(72, 72), pytest.approx((7.2, 3.6)), (72, 72)]


@pytest.mark.parametrize("turned", [1, 2])
def test_a_tiff_with_a_turned_page_is_refused(tmp_path: Path, turned: int) -> None:
    """Pillow turns it, and so would the page be turned twice, or fax data be read by the wrong width."""
    leaves = [Image.new("1", (88, 590), 1), Image.new("1", (88, 590), 1)]
    with TiffImagePlugin.AppendingTiffWriter(str(tmp_path / "turned.tif"), True) as out:
        for number, image in enumerate(leaves, start=1):
            tags = {274: 6} if number == turned else {}
            image.save(out, format="TIFF", compression="group4", tiffinfo=tags)
            out.newFrame()
    with pytest.raises(img2pdf_.CannotPass):
        img2pdf_.to_pdf(tmp_path / "turned.tif", tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=False)


def test_a_full_disk_is_no_fault_of_the_picture(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        img2pdf_.to_pdf(FILES / "sound.jpg", Path("/dev/full"), default_dpi=300, lowest_dpi=100, first_only=True)


def test_a_page_no_reader_takes_is_made_smaller(tmp_path: Path) -> None:
    pyvips.Image.black(30_000, 10).pngsave(str(tmp_path / "long.png"))
    img2pdf_.to_pdf(tmp_path / "long.png", tmp_path / "p.pdf", default_dpi=100, lowest_dpi=100, first_only=True)
    with pikepdf.open(tmp_path / "p.pdf") as document:
        assert float(document.pages[0].mediabox[2]) == pytest.approx(14_400)


def test_sixteen_bits_of_a_tiff_are_refused_rather_than_cut_off(tmp_path: Path) -> None:
    (pyvips.Image.grey(64, 64) * 65535).cast("ushort").tiffsave(str(tmp_path / "deep.tif"))
    with pytest.raises(img2pdf_.CannotPass):
        img2pdf_.to_pdf(tmp_path / "deep.tif", tmp_path / "p.pdf", default_dpi=300, lowest_dpi=100, first_only=True)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        img2pdf_.to_pdf(FILES / "sound.jpg", tmp_path / name, default_dpi=300, lowest_dpi=100, first_only=True)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
