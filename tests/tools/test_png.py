"""Chunks of a PNG: what is missing or ruined is named, and its data comes back in one piece."""

import contextlib
import io
import struct
import zlib
from pathlib import Path

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.tools import png
from tests.makers import jpegs

WHOLE = io.BytesIO()
jpegs.noise(300, 200).save(WHOLE, "PNG", dpi=(300, 300), icc_profile=b"profile" * 99)


def written(folder: Path, data: bytes) -> Path:
    (folder / "a.png").write_bytes(data)
    return folder / "a.png"


def test_a_whole_one(tmp_path: Path) -> None:
    found = png.read_chunks(written(tmp_path, WHOLE.getvalue()))
    assert (found.width, found.height, found.depth, found.channels) == (300, 200, 8, 3)
    assert not (found.ruined or found.odd or found.lacks_end or found.behind or found.interlaced or found.clear)
    assert found.dpi == pytest.approx((300, 300), abs=0.1) and found.profile == b"profile" * 99


def test_data_in_many_pieces_is_one_stream(tmp_path: Path) -> None:
    picture = pyvips.Image.gaussnoise(600, 400).cast("uchar").copy(interpretation="b-w")
    picture.pngsave(str(tmp_path / "a.png"))
    found = png.read_chunks(tmp_path / "a.png")
    assert len(found.data) > 10
    assert len(zlib.decompress(png.picture_data(tmp_path / "a.png", found))) == 400 * 601


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:-12], "lacks_end"),
        (lambda data: data[:-5], "lacks_end"),
        (lambda data: data[: len(data) // 2], "ruined"),
        (lambda data: data + b"more", "behind"),
        (lambda data: data.replace(b"pHYs\0", b"pHYs\1"), "odd"),
        (lambda data: data[: len(data) // 2] + b"\0" + data[len(data) // 2 + 1 :], "ruined"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: object, said: str) -> None:
    found = png.read_chunks(written(tmp_path, change(WHOLE.getvalue())))  # type: ignore[operator]
    assert getattr(found, said)
    assert not found.ruined or said == "ruined"


def test_what_is_no_png_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 0, b"IEND") + bytes(4)):
        with pytest.raises(png.NoPng):
            png.read_chunks(written(tmp_path, data))


@given(noise=st.binary(max_size=60), at=st.integers(0, 400))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    whole = WHOLE.getvalue()
    path = written(tmp_path_factory.getbasetemp(), whole[:at] + noise + whole[at + len(noise) :])
    with contextlib.suppress(png.NoPng):
        png.picture_data(path, png.read_chunks(path))


def test_transparent_ones_have_no_channels_for_a_pdf(tmp_path: Path) -> None:
    for mode in ("RGBA", "LA"):
        Image.new(mode, (4, 4)).save(tmp_path / "a.png")
        assert png.read_chunks(tmp_path / "a.png").channels == 0
