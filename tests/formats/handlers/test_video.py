"""Video: what browsers play is copied track by track, the rest encoded."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.formats import VIDEO, Verdict
from pipeline.formats.handler import Made
from pipeline.formats.handlers.video import VideoParameters, plan_for
from pipeline.tools import ffmpeg
from tests.makers.handling import cut_short, examined, made
from tests.makers.received import FILES

PLAYABLE = ffmpeg.Stream(
    index=0, kind="video", codec="h264", width=640, height=480, pixel_format="yuv420p", profile="High"
)
SOUND = ffmpeg.Stream(index=1, kind="audio", codec="aac", profile="LC", channels=2)


def plan(video: ffmpeg.Stream, sound: ffmpeg.Stream = SOUND) -> ffmpeg.VideoPlan:
    probe = ffmpeg.Probe(streams=(video, sound), seconds=1.0, formats=("mp4",), facts=(), dated=True)
    return plan_for(probe, VideoParameters())


def test_structure_is_read_and_the_rest_decided_later(tmp_path: Path) -> None:
    found = examined(FILES / "sound.mkv", tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.decides_later and found.kind == VIDEO
    assert examined(FILES / "corrupt.mkv", tmp_path).soundness.verdict is Verdict.DAMAGED
    assert examined(cut_short(FILES / "sound.mp4", tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_its_copy_is_mp4(tmp_path: Path) -> None:
    (copy,) = made(tmp_path, "video/mp4", FILES / "sound.avi")
    assert isinstance(copy, Made) and copy.extension == "mp4" and copy.checked


def test_tracks_that_fit_are_copied() -> None:
    assert plan(PLAYABLE).copy_video and plan(PLAYABLE).copy_audio and not plan(PLAYABLE).deinterlace


@pytest.mark.parametrize(
    "unfit",
    [{"codec": "mpeg2video"}, {"pixel_format": "yuv422p"}, {"profile": "High 4:2:2"}, {"width": 4096}],
    ids=lambda changed: next(iter(changed)),
)
def test_pictures_that_do_not_fit_are_encoded(unfit: dict[str, object]) -> None:
    changed = plan(replace(PLAYABLE, **unfit))
    assert not changed.copy_video and changed.copy_audio


def test_half_pictures_become_whole_ones_and_other_sound_is_encoded() -> None:
    assert plan(replace(PLAYABLE, interlaced=True)).deinterlace
    assert not plan(PLAYABLE, replace(SOUND, codec="mp3")).copy_audio


@pytest.mark.parametrize("wrong", [{"longest_side": 1}, {"crf": 99}, {"preset": "placebo"}, {"audio_bitrate": "x"}])
def test_only_parameters_that_make_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"parameter_out_of_range|preset_unknown"):
        VideoParameters(**wrong)  # type: ignore[arg-type]
