"""A copy that does not look like its original is thrown away and told; one that does is kept."""

import io
from pathlib import Path

import pytest
from PIL import Image

from pipeline.formats import likeness, page_pdf, photo
from pipeline.formats.handler import Failed, Made, Refused
from pipeline.tools import pillow, vips_copies
from tests.formats.test_tiff_kinds import middles, rendered
from tests.makers import jpegs, pictures, tiffs
from tests.makers.handling import made


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def sketch(folder: Path, picture: Image.Image) -> pillow.Sketch:
    picture.save(folder / "sketch.png")
    return pillow.sketches(folder / "sketch.png")[0]


def test_what_is_alike_and_what_is_not(tmp_path: Path) -> None:
    whole = jpegs.noise(400, 300)
    before = (sketch(tmp_path, whole),)
    for alike in (whole, whole.resize((200, 150)), whole.convert("P").convert("RGB")):
        assert likeness.difference(before, sketch(tmp_path, alike)) is None
    for other, code in (
        (Image.new("RGB", (400, 300), (128, 128, 128)), "picture_blank"),
        (whole.point(lambda value: value // 2), "copy_of_other_colours"),
        (whole.transpose(Image.Transpose.ROTATE_90), "copy_of_other_shape"),
        (Image.blend(whole, Image.new("RGB", whole.size, (128, 128, 128)), 0.8), "copy_of_other_contrast"),
        (Image.merge("RGB", [whole.split()[0].point(lambda v: v // 3), *whole.split()[1:]]), "copy_of_other_colours"),
    ):
        found = likeness.difference(before, sketch(tmp_path, other))
        assert found is not None and found.code == code, code
    assert likeness.difference((), sketch(tmp_path, whole)) is None, "nobody can tell"


@pytest.mark.parametrize("action", ["image/photo", "image/pages"])
@pytest.mark.parametrize("name", pictures.KINDS)
def test_a_copy_shows_what_the_picture_shows(tmp_path: Path, name: str, action: str) -> None:
    found = made(tmp_path, action, written(tmp_path, name, pictures.KINDS[name]))
    copies = [each for each in found if isinstance(each, Made)]
    if name == "inks 16.psd":
        assert not copies and [type(each) for each in found] == [Refused]
        return
    (copy,) = copies
    picture = rendered(copy.path) if action == "image/pages" else Image.open(copy.path)
    wanted = [(grey,) * 3 for grey in tiffs.GREYS] if "grey" in name else list(tiffs.QUARTERS)
    most = 90 if "inks" in name else 12 if "palette" in name else 3
    for is_, was in zip(middles(picture), wanted, strict=True):
        assert all(abs(a - b) <= most for a, b in zip(is_, was, strict=True)), (name, middles(picture))


@pytest.mark.parametrize("action", ["image/photo", "image/pages"])
@pytest.mark.parametrize("strokes", [pictures.white_strokes, pictures.black_strokes])
def test_strokes_on_nothing_are_seen(tmp_path: Path, action: str, strokes: object) -> None:
    (copy,) = made(tmp_path, action, written(tmp_path, "a.png", strokes()))  # type: ignore[operator]
    assert isinstance(copy, Made)
    picture = rendered(copy.path) if action == "image/pages" else Image.open(copy.path)
    lowest, highest = picture.convert("L").getextrema()
    assert highest - lowest > 90  # type: ignore[operator]


def test_a_photo_that_came_out_wrong_is_thrown_away_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(source: Path, media_type: str, target: Path, **_: object) -> None:
        Image.new("RGB", (64, 48), (255, 255, 255)).save(target, "JPEG")

    monkeypatch.setattr(photo.vips_copies, "reading_copy", wrong)
    (failed,) = made(tmp_path, "image/photo", written(tmp_path, "a.png", pictures.KINDS["colour.png"]))
    assert isinstance(failed, Failed) and "copy_differs" in str(failed.reason) and "picture_blank" in str(failed.reason)


def test_a_page_that_came_out_wrong_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(source: Path, media_type: str, target: Path, **_: object) -> None:
        Image.new("RGB", (64, 48), (240, 120, 132)).save(target, "PNG")

    monkeypatch.setattr(vips_copies, "lossless_png", wrong)
    deep = tiffs.written(tmp_path / "2.tif", tiffs.PAGES["colour 16"])
    first = written(tmp_path, "1.jpg", jpegs.photo())
    third = written(tmp_path, "3.png", pictures.KINDS["colour.png"])
    found = made(tmp_path, "image/pages", first, deep, third)
    (failed,) = [each for each in found if isinstance(each, Failed)]
    (copy,) = [each for each in found if isinstance(each, Made)]
    assert failed.original.subject == "2.tif" and "copy_differs" in str(failed.reason)
    assert [each.subject for each in copy.sources] == ["1.jpg", "3.png"]
    assert page_pdf.pdf.page_count(copy.path, subject="x") == 2


def test_grounds_of_a_transparent_picture(tmp_path: Path) -> None:
    on_white, on_grey = pillow.sketches(written(tmp_path, "a.png", pictures.white_strokes()))
    assert on_white.contrast < 1 < on_grey.contrast
    with Image.open(io.BytesIO(pictures.white_strokes())) as picture:
        assert picture.mode == "RGBA"
