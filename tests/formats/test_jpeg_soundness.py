"""Damaged is what does not decode; what is only odd is told; what is sound passes without a word."""

from pathlib import Path

import pytest

from pipeline.domain.events import Agent
from pipeline.domain.formats import Soundness, Verdict
from pipeline.domain.messages import message
from pipeline.formats.jpeg_soundness import judged
from tests.makers import exif_blocks, jpegs
from tests.makers.received import DEMO, FILES

LIBVIPS = Agent(name="libvips", version="8")


def verdict(data: bytes, folder: Path) -> Soundness:
    path = folder / "a.jpg"
    path.write_bytes(data)
    return judged(path, max_pixels=10**9, libvips=LIBVIPS)[0]


def test_no_sound_jpeg_is_doubted(tmp_path: Path) -> None:
    own = [
        p for p in (*FILES.glob("*.jp*g"), *DEMO.rglob("*.jp*g")) if p.name not in {"truncated.jpg", "docx-named.jpg"}
    ]
    every = [*jpegs.sound(), *((path.name, path.read_bytes()) for path in own)]
    assert [name for name, data in every if verdict(data, tmp_path).verdict is not Verdict.SOUND] == []


@pytest.mark.parametrize("name", exif_blocks.BROKEN)
def test_broken_camera_data_is_no_damage(tmp_path: Path, name: str) -> None:
    assert verdict(jpegs.photo(exif=exif_blocks.BROKEN[name]), tmp_path).verdict is Verdict.SOUND


def test_zeros_in_the_data_are_told(tmp_path: Path) -> None:
    """As damage where they are no codes, as a doubt where they happen to be, and then end somewhere else."""
    sound = jpegs.photo()
    found = [verdict(jpegs.zeroed(sound, share / 10), tmp_path) for share in range(1, 10)]
    assert Verdict.SOUND not in {each.verdict for each in found}
    doubts = {each.reason for each in found if each.verdict is Verdict.COULD_NOT_TELL}
    assert doubts <= {(message("data_of_other_length"),)}


def test_most_turned_bits_are_told(tmp_path: Path) -> None:
    sound = jpegs.photo()
    found = [verdict(jpegs.flipped(sound, seed, bits=10), tmp_path).verdict for seed in range(12)]
    assert found.count(Verdict.SOUND) <= 2


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95, 0.999])
def test_a_jpeg_cut_short_is_damaged(tmp_path: Path, share: float, progressive: bool) -> None:
    """Of a progressive one the first scans alone make a picture, a blurred one."""
    whole = jpegs.photo(progressive=progressive)
    assert verdict(whole[: int(len(whole) * share)], tmp_path).verdict is Verdict.DAMAGED


def test_missing_scans_are_told(tmp_path: Path) -> None:
    whole = jpegs.photo(progressive=True)
    found = verdict(whole[: whole.rindex(b"\xff\xda")] + b"\xff\xd9", tmp_path)
    assert found.verdict is Verdict.COULD_NOT_TELL and found.reason == (message("scans_missing"),)


def test_a_missing_end_mark_is_a_doubt(tmp_path: Path) -> None:
    for progressive in (False, True):
        found = verdict(jpegs.photo(progressive=progressive)[:-2], tmp_path)
        assert found.verdict is Verdict.COULD_NOT_TELL and found.reason == (message("end_mark_missing"),)


@pytest.mark.parametrize("marker", [0xC3, 0xCB, 0xF7])
def test_a_kind_that_nobody_here_decodes_is_no_damage(tmp_path: Path, marker: int) -> None:
    """Lossless, lossless and arithmetic, JPEG-LS: told by the marker of the frame."""
    odd = jpegs.photo().replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    assert verdict(odd, tmp_path).verdict is Verdict.COULD_NOT_TELL
