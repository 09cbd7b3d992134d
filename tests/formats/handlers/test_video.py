"""Video: what browsers play is copied track by track, the rest encoded."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.formats import VIDEO, Verdict
from pipeline.formats.handler import Made
from pipeline.formats.handlers.video import VideoParameters, plan_for
from pipeline.tools import ffmpeg, ffprobe
from tests.makers.handling import cut_short, examined, made
from tests.makers.received import FILES
from tests.makers.recordings import film

PLAYABLE = ffprobe.Stream(
    index=0, kind="video", codec="h264", width=640, height=480, pixel_format="yuv420p", profile="High", frame_rate=25.0
)
SOUND = ffprobe.Stream(index=1, kind="audio", codec="aac", profile="LC", channels=2)


def plan(video: ffprobe.Stream, sound: ffprobe.Stream = SOUND) -> ffmpeg.VideoPlan:
    probe = ffprobe.Probe(streams=(video, sound), seconds=1.0, formats=("mp4",), facts=(), dated=True)
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


@pytest.mark.parametrize(
    ("finest", "mean", "given"),
    [(25.0, 25.0, 0), (29.97, 29.9, 0), (25.0, 0.0, 0), (0.5, 1.0, 30), (30.0, 11.8, 30), (1000.0, 55.0, 60)],
)
def test_pictures_at_no_steady_rate_are_given_one(finest: float, mean: float, given: int) -> None:
    assert plan(replace(PLAYABLE, frame_rate=finest, mean_frame_rate=mean)).frame_rate == given


@pytest.mark.parametrize(("size", "seconds", "most"), [(12_500, 1.0, 200_000), (1_000, 1.0, 64_000), (10**6, 1.0, 0)])
def test_what_is_packed_tightly_grows_no_more_than_twice(size: int, seconds: float, most: int) -> None:
    probe = ffprobe.Probe(streams=(PLAYABLE,), seconds=seconds, formats=("webm",), facts=(), dated=True)
    assert plan_for(probe, VideoParameters(), size=size).most_bits == most
    assert plan_for(replace(probe, seconds=0.0), VideoParameters(), size=size).most_bits == 0


def test_a_track_without_decoder_is_not_asked_for() -> None:
    assert plan(PLAYABLE, replace(SOUND, codec="unknown", decodable=False)).copy_audio


def test_pictures_at_any_rate_last_as_long_as_before(tmp_path: Path) -> None:
    uneven = ("-vf", "select='not(mod(n\\,7))+not(mod(n\\,3))'", "-fps_mode", "vfr", "-c:v", "libvpx", "-an")
    source = film(tmp_path / "uneven.webm", *uneven, seconds=4)
    copy, *told = made(tmp_path, "video/mp4", source)
    assert isinstance(copy, Made) and not told
    assert ffprobe.probe(copy.path, subject="x", scratch=tmp_path).seconds == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("wrong", [{"longest_side": 1}, {"crf": 99}, {"preset": "placebo"}, {"audio_bitrate": "x"}])
def test_only_parameters_that_make_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"parameter_out_of_range|preset_unknown"):
        VideoParameters(**wrong)  # type: ignore[arg-type]
