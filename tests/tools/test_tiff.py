"""The chain of pages in a TIFF."""

import struct
from pathlib import Path

import pytest
import pyvips
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tools import vips
from pipeline.tools.tiff import Chain, read_chain
from tests.makers import real_files
from tests.makers.received import FILES


def chain(*links: int, order: str = "<") -> bytes:
    """A TIFF of directories with one entry each, every one pointing to the offset given (0 ends the chain)."""
    body = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    for link in links:
        body += struct.pack(order + "HHHIII", 1, 256, 3, 1, 1, link)
    return body


def test_whole_chains(tmp_path: Path) -> None:
    assert read_chain(FILES / "multipage.tif", max_directories=10) == Chain(pages=(0, 1, 2))
    assert read_chain(real_files.tiff(tmp_path / "a.tif", pages=2), max_directories=10).pages == (0, 1)


@pytest.mark.parametrize("order", "<>")
def test_a_chain_of_two(tmp_path: Path, order: str) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(chain(26, 0, order=order))
    assert read_chain(path, max_directories=10) == Chain(pages=(0, 1))
    path.write_bytes(chain(26, 0, order=order)[:-1])
    assert "page_beyond_end (page=2)" in str(read_chain(path, max_directories=10).fault)


@pytest.mark.parametrize("big", [False, True])
def test_smaller_copies_of_a_page_are_no_pages(tmp_path: Path, big: bool) -> None:
    """A pyramid, as libvips and scanners write it: one page in several sizes."""
    page = pyvips.Image.black(1024, 512, bands=3).copy(interpretation="srgb")
    page.tiffsave(str(tmp_path / "a.tif"), tile=True, pyramid=True, bigtiff=big, compression="deflate")
    assert vips.header(tmp_path / "a.tif", "image/tiff").pages > 1
    assert read_chain(tmp_path / "a.tif", max_directories=10).pages == (0,)


@pytest.mark.parametrize(("tag", "value"), [(254, 1), (254, 5), (255, 2)])
@pytest.mark.parametrize("order", "<>")
def test_the_words_for_a_smaller_copy(tmp_path: Path, tag: int, value: int, order: str) -> None:
    data = bytearray(chain(26, 0, order=order))
    data[28:40] = struct.pack(order + "HHIHH", tag, 3, 1, value, 0)
    (tmp_path / "a.tif").write_bytes(data)
    assert read_chain(tmp_path / "a.tif", max_directories=10).pages == (0,)


def test_a_circle_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(chain(26, 8))
    assert "pages_in_a_circle (page=2)" in str(read_chain(tmp_path / "a.tif", max_directories=10).fault)


def test_too_many_pages(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(chain(26, 44, 0))
    assert "pages_over (most=2)" in str(read_chain(tmp_path / "a.tif", max_directories=2).fault)


def test_a_page_cut_off_is_noticed_though_decoders_do_not(tmp_path: Path) -> None:
    data = real_files.tiff(tmp_path / "a.tif", pages=3).read_bytes()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) * 6 // 10])
    assert "page_beyond_end" in str(read_chain(tmp_path / "cut.tif", max_directories=10).fault)


@given(data=st.binary(max_size=200))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.tif"
    for head in (b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b""):
        path.write_bytes(head + data)
        assert isinstance(read_chain(path, max_directories=50), Chain)
