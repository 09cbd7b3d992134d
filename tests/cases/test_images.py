"""Pictures that were once judged wrongly: each delivery is taken in whole."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageStat

from pipeline.domain.outcomes import State
from tests.makers.cases import Taken, case, taken


def told(outcome: object) -> str:
    """All that is said of a record, reasons and all."""
    return str([(f.code, f.subject, [str(value) for value in dict(f.facts).values()]) for f in outcome.findings])  # type: ignore[attr-defined]


def no_internal_path(found: Taken, root: Path) -> bool:
    words = "".join(told(each) for each in found.outcomes)
    return str(root) not in words and "/work/" not in words and "p00001" not in words


def test_a_jpeg_that_lacks_its_end_mark_is_a_doubt(tmp_path: Path) -> None:
    found = taken(case("jpeg-lacks-end", tmp_path), tmp_path)
    for code in ("371", "372", "3701"):
        assert found.of(code).state is State.STORED and found.codes(code) == {"soundness_unknown"}
        assert found.copies(code)
    assert found.of("373").state is State.STORED and "damaged_file" not in found.codes("373")
    assert found.of("374").state is State.HELD and found.codes("374") == {"damaged_file"}


def test_damage_that_libjpeg_forgives_is_found(tmp_path: Path) -> None:
    found = taken(case("jpeg-broken-scan", tmp_path), tmp_path)
    assert found.of("0001").state is State.STORED and not found.codes("0001")
    assert found.of("0002").state is State.HELD and found.codes("0002") == {"damaged_file"}


@pytest.mark.parametrize("name", ["jpeg-broken-exif", "photo-group-broken-exif"])
def test_broken_camera_data_costs_no_copy(tmp_path: Path, name: str) -> None:
    found = taken(case(name, tmp_path), tmp_path)
    assert found.exit_code == 0 and found.states() == {State.STORED}
    for each in found.outcomes:
        assert "tool_failed" not in {f.code for f in each.findings}
        originals = [path for path in found.members(each.archival_code) if path.startswith("data/original/")]
        assert len(found.copies(each.archival_code)) == len(originals)
    assert no_internal_path(found, tmp_path)
    odd = {"881"} if name.startswith("photo") else {"802", "803", "804", "805", "806"}
    assert {
        each.archival_code[-3:] for each in found.outcomes if "partly_normalised" in found.codes(each.archival_code)
    } == odd


def test_odd_tags_are_no_damage(tmp_path: Path) -> None:
    delivery = case("tiff-odd-tags", tmp_path)
    found = taken(delivery, tmp_path)
    assert found.exit_code == 0 and found.states() == {State.STORED}
    for each in found.outcomes:
        assert "damaged_file" not in found.codes(each.archival_code)
        (pdf,) = found.copies(each.archival_code).values()
        source = next((delivery / "files" / each.archival_code).iterdir())
        with Image.open(source) as before, pikepdf.open(io.BytesIO(pdf)) as document:
            (page,) = document.pages
            (picture,) = page.get_images().values()
            after = pikepdf.PdfImage(picture).as_pil_image()
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    assert no_internal_path(found, tmp_path)


def test_the_colours_of_ycbcr_are_right(tmp_path: Path) -> None:
    found = taken(case("tiff-ycbcr", tmp_path), tmp_path)
    assert found.exit_code == 0
    for copy in found.copies("331").values():
        with Image.open(io.BytesIO(copy)) as picture:
            assert all(abs(a - b) <= 3 for a, b in zip(picture.getpixel((5, 5)), (246, 240, 226), strict=True))
    (pdf,) = found.copies("3301").values()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 3
        for page in document.pages:
            (image,) = page.get_images().values()
            pixel = pikepdf.PdfImage(image).as_pil_image().convert("RGB").getpixel((5, 5))
            assert all(abs(a - b) <= 3 for a, b in zip(pixel, (246, 240, 226), strict=True))


def test_floating_point_shows_its_ramp(tmp_path: Path) -> None:
    found = taken(case("tiff-float", tmp_path), tmp_path)
    assert found.exit_code == 0
    (copy,) = found.copies("0001").values()
    with Image.open(io.BytesIO(copy)) as picture:
        assert all(abs(mean - 127) < 3 for mean in ImageStat.Stat(picture.convert("RGB")).mean)
        for at, wanted in (((0, 0), (0, 0, 255)), ((100, 100), (127, 127, 127)), ((199, 199), (254, 254, 1))):
            pixel = picture.convert("RGB").getpixel(at)
            assert all(abs(a - b) <= 8 for a, b in zip(pixel, wanted, strict=True)), (at, pixel)


def test_metadata_that_a_tool_does_not_know_cost_no_copy(tmp_path: Path) -> None:
    found = taken(case("tool-output-not-utf8", tmp_path), tmp_path)
    assert found.exit_code == 0 and found.copies("0001") and no_internal_path(found, tmp_path)


def test_a_png_without_its_end_is_told(tmp_path: Path) -> None:
    found = taken(case("png-without-end", tmp_path), tmp_path)
    assert found.states() == {State.STORED} and not found.codes("0001")
    assert "soundness_unknown" in found.codes("0002") and found.copies("0002")
