"""Directories say what their pictures are; a plain copy keeps the pixels and says nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.tools.tiff_tags import plain_copy, read_directories
from tests.makers import tiffs
from tests.makers.received import FILES

ODD = {274: (3, (0,)), 296: (3, (0,)), 305: (2, b"program"), 34853: (4, (8,))}


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_a_page_is(tmp_path: Path, order: str) -> None:
    pages = [tiffs.PAGES[name] for name in ("grey 12", "colour 16", "YCbCr 2:1", "colour and unused alpha")]
    if order == ">":
        pages = pages[3:]
    found = read_directories(tiffs.written(tmp_path / "a.tif", *pages, order=order), max_directories=10)
    assert [each.bits for each in found][-1] == 8 and found[-1].extra == (0,) and found[-1].samples == 4
    assert all((each.width, each.height) == (64, 48) and not each.cut_short for each in found)
    if order == "<":
        assert [each.bits for each in found] == [12, 16, 8, 8]
        assert [each.photometric for each in found] == [1, 2, 6, 2] and found[2].tags[530] == (2, 1)


def test_data_beyond_the_end_is_seen(tmp_path: Path) -> None:
    whole = tiffs.written(tmp_path / "a.tif", tiffs.PAGES["colour 8"])
    long = tiffs.Page(data=tiffs.PAGES["colour 8"].data, more={279: (4, (1_000_000,))})
    assert not read_directories(whole, max_directories=1)[0].cut_short
    assert read_directories(tiffs.written(tmp_path / "b.tif", long), max_directories=1)[0].cut_short


def test_a_plain_copy_keeps_every_pixel_of_every_page(tmp_path: Path) -> None:
    pages = [tiffs.Page(data=tiffs.PAGES["colour 8"].data, more=ODD) for _ in range(3)]  # type: ignore[arg-type]
    source = tiffs.written(tmp_path / "a.tif", *pages)
    plain_copy(source, tmp_path / "b.tif", max_directories=10)
    assert len(read_directories(tmp_path / "b.tif", max_directories=10)) == 3
    with Image.open(source) as before, Image.open(tmp_path / "b.tif") as after:
        for page in range(3):
            before.seek(page)
            after.seek(page)
            assert before.tobytes() == after.tobytes()
            assert not {*ODD} & {*after.tag_v2} - {296}  # type: ignore[attr-defined]
    assert b"program" in source.read_bytes()


@given(data=st.binary(max_size=300))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.tif"
    for head in (b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"", b"II*\0\x08\0\0\0"):
        path.write_bytes(head + data)
        read_directories(path, max_directories=20)
        plain_copy(path, path.with_name("plain.tif"), max_directories=20)


def test_real_files() -> None:
    assert [each.compression for each in read_directories(FILES / "multipage.tif", max_directories=9)] == [4, 4, 4]
