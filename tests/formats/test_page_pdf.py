"""Pages of one PDF: order, what is taken over as it is, what is refused."""

from pathlib import Path

import pikepdf
import pytest

from pipeline.formats.handler import Made, Refused
from pipeline.formats.page_parts import PageParameters
from tests.makers import real_files
from tests.makers.handling import made, original
from tests.makers.received import FILES


def scan_of(jpeg: bytes) -> bytes:
    return jpeg[jpeg.rindex(b"\xff\xda") :]


def test_pages_keep_their_order_and_their_data(tmp_path: Path) -> None:
    first, second = real_files.jpeg(tmp_path / "1.jpg", seed=1), real_files.jpeg(tmp_path / "2.jpg", 200, 100, seed=2)
    (copy,) = made(tmp_path, "image/pages", first, real_files.tiff(tmp_path / "m.tif", pages=2), second)
    assert isinstance(copy, Made) and copy.whole_record and len(copy.sources) == 3
    with pikepdf.open(copy.path) as pdf:
        assert len(pdf.pages) == 4
        for page, source in ((0, first), (3, second)):
            (picture,) = pdf.pages[page].get_images().values()
            assert scan_of(picture.read_raw_bytes()) == scan_of(source.read_bytes())


def test_what_cannot_be_a_page_is_refused_alone(tmp_path: Path) -> None:
    found = made(tmp_path, "image/pages", FILES / "header-only.cr2", FILES / "sound.jpg")
    refused = [each for each in found if isinstance(each, Refused)]
    (copy,) = [each for each in found if isinstance(each, Made)]
    assert [each.original.subject for each in refused] == ["header-only.cr2"]
    assert [source.subject for source in copy.sources] == ["sound.jpg"]


def test_without_any_page_there_is_no_pdf(tmp_path: Path) -> None:
    found = made(tmp_path, "image/pages", FILES / "sound.jpg", max_pixels=10)
    assert [type(each) for each in found] == [Refused]


def test_the_frames_of_a_moving_picture_are_no_pages(tmp_path: Path) -> None:
    found = made(tmp_path, "image/pages", original(FILES / "sound.gif", pages=7))
    assert [each.code for each in found if isinstance(each, Refused)] == ["partly_normalised"]
    assert len([each for each in found if isinstance(each, Made)]) == 1


@pytest.mark.parametrize("wrong", [{"default_dpi": 3}, {"quality": 101}])
def test_only_parameters_that_make_sense(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="parameter_out_of_range"):
        PageParameters(**wrong)  # type: ignore[arg-type]
