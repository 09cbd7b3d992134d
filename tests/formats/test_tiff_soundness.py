"""Damage is what lies beyond the end or does not decode; odd tags and rare kinds are told."""

from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.formats.handler import Examined
from tests.makers import tiffs
from tests.makers.handling import examined

RARE = {"grey 12", "grey float16", "grey float64", "YCbCr 1:1", "YCbCr 2:1", "YCbCr 2:2"}
ODD = {
    "direction": {274: (3, (0,))},
    "direction 9": {274: (3, (9,))},
    "unit": {296: (3, (0,))},
    "unit of a type": {296: (4, (70_000,))},
    "resolution": {282: (5, (0, 0)), 283: (5, (0, 0))},
    "both": {274: (3, (0,)), 296: (3, (7,))},
    "date": {306: (2, b"?")},
}


def found(folder: Path, *pages: tiffs.Page) -> Examined:
    return examined(tiffs.written(folder / "a.tif", *pages), folder)


@pytest.mark.parametrize("name", tiffs.PAGES)
def test_no_kind_of_sample_is_damage(tmp_path: Path, name: str) -> None:
    verdict = found(tmp_path, tiffs.PAGES[name]).soundness.verdict
    assert verdict is (Verdict.COULD_NOT_TELL if name in RARE else Verdict.SOUND)


def test_a_rare_second_page_is_told(tmp_path: Path) -> None:
    seen = found(tmp_path, tiffs.PAGES["colour 8"], tiffs.PAGES["YCbCr 2:2"])
    assert seen.pages == 2 and seen.soundness.verdict is Verdict.COULD_NOT_TELL
    (reason,) = seen.soundness.reason
    assert "page_of_rare_kind" in str(reason) and "page=2" in str(reason)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("pages", [1, 3])
def test_odd_tags_are_no_damage(tmp_path: Path, name: str, pages: int) -> None:
    page = tiffs.Page(data=tiffs.PAGES["colour 8"].data, more=ODD[name])  # type: ignore[arg-type]
    seen = found(tmp_path, *[page] * pages)
    assert seen.pages == pages and seen.soundness.verdict is not Verdict.DAMAGED
    if name.startswith("direction") or name == "both":
        assert "odd_tags" in str(seen.soundness.reason)


def test_data_beyond_the_end_is_damage(tmp_path: Path) -> None:
    page = tiffs.Page(data=tiffs.PAGES["colour 8"].data, more={279: (4, (1 << 20,)), 274: (3, (0,))})
    assert found(tmp_path, page).soundness.verdict is Verdict.DAMAGED


def test_ruined_data_is_damage_beside_odd_tags_too(tmp_path: Path) -> None:
    page = tiffs.Page(data=b"\x7f\x12" * 2000, compression=8, more={274: (3, (0,))})
    assert found(tmp_path, page).soundness.verdict is Verdict.DAMAGED


def test_a_compression_that_nobody_knows_is_no_damage(tmp_path: Path) -> None:
    page = tiffs.Page(data=b"\x7f\x12" * 2000, compression=34712)
    assert found(tmp_path, page).soundness.verdict is Verdict.COULD_NOT_TELL


def test_too_many_pixels_are_not_decoded(tmp_path: Path) -> None:
    seen = examined(tiffs.written(tmp_path / "a.tif", tiffs.PAGES["colour 8"]), tmp_path, max_pixels=100)
    assert seen.too_large and seen.soundness.verdict is Verdict.COULD_NOT_TELL
