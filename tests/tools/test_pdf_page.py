"""A page takes over a PNG's data as it is, and shows the very pixels."""

import time
from pathlib import Path

import pikepdf
import pytest
import pyvips
from PIL import Image

from pipeline.formats.handler import Made
from tests.makers import jpegs
from tests.makers.handling import made


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_the_very_pixels(tmp_path: Path, mode: str) -> None:
    source = tmp_path / "a.png"
    if mode == "I;16":
        (pyvips.Image.grey(64, 48) * 65535).cast("ushort").copy(interpretation="grey16").pngsave(str(source))
    else:
        picture = jpegs.noise(301, 203)
        (picture.quantize(7) if mode == "P" else picture.convert(mode)).save(source, dpi=(200, 100))
    (copy,) = made(tmp_path, "image/pages", source)
    assert isinstance(copy, Made)
    with pikepdf.open(copy.path) as document, Image.open(source) as before:
        (page,) = document.pages
        (image,) = page.get_images().values()
        if mode == "I;16":
            assert image.read_bytes() == b"".join(before.tobytes()[n : n + 2][::-1] for n in range(0, 64 * 48 * 2, 2))
        else:
            after = pikepdf.PdfImage(image).as_pil_image()
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
            assert [float(v) for v in page.mediabox[2:]] == pytest.approx([301 * 72 / 200, 203 * 72 / 100], abs=0.05)


def test_ten_megapixels_in_many_pieces_take_seconds(tmp_path: Path) -> None:
    noise = pyvips.Image.gaussnoise(3600, 2700).cast("uchar").copy(interpretation="b-w")
    noise.pngsave(str(tmp_path / "a.png"), compression=1)
    began = time.process_time()
    (copy,) = made(tmp_path, "image/pages", tmp_path / "a.png")
    assert isinstance(copy, Made) and time.process_time() - began < 3
