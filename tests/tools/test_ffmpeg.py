"""Recordings: what is in them, whether they decode, and that a copy loses no track."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ToolFailed, ToolTimedOut
from pipeline.tools import ffmpeg, ffprobe
from pipeline.tools.ffmpeg import Call
from pipeline.tools.flac import stream_info
from pipeline.tools.run import run
from tests.makers.received import DEMO, FILES
from tests.makers.recordings import tone

PLAN = ffmpeg.VideoPlan(
    copy_video=False,
    copy_audio=False,
    deinterlace=False,
    dated=True,
    longest_side=1920,
    crf=30,
    preset="ultrafast",
    audio_bitrate="96k",
)


def call(folder: Path, seconds: float = 60) -> Call:
    return Call(subject="录像.mov", seconds=seconds, scratch=folder, max_bytes=2**30)


def probed(path: Path, folder: Path) -> ffprobe.Probe:
    return ffprobe.probe(path, subject="x", scratch=folder)


def converted(
    source: Path, folder: Path, plan: ffmpeg.VideoPlan = PLAN, *, name: str = "v.mp4", seconds: float = 60
) -> ffprobe.Probe:
    tracks = probed(source, folder).recorded
    ffmpeg.make_mp4(source, folder / name, tracks, plan, call(folder, seconds), strict=True, fitted=False)
    return probed(folder / name, folder)


def sound_of(source: Path, target: Path, *, fitted: bool = False) -> ffmpeg.Converted:
    tracks = probed(source, target.parent).recorded
    return ffmpeg.make_m4a(
        source, target, tracks, call(target.parent), bitrate="128k", dated=True, strict=True, fitted=fitted
    )


def faults(path: Path, folder: Path) -> tuple[str, ...]:
    return ffmpeg.decode(path, probed(path, folder).recorded, call(folder)).faults


def made(folder: Path, *arguments: str) -> Path:
    """A recording made by FFmpeg itself."""
    target = folder / "made.mkv"
    run(["ffmpeg", "-v", "error", *arguments, str(target)], subject="made.mkv", seconds=60, scratch=folder)
    return target


@pytest.mark.parametrize("name", ["sound.mp4", "sound.mp3", "sound.flac", "sound.avi", "sound.ogg", "sound.amr"])
def test_sound_ones_decode_to_their_end(tmp_path: Path, name: str) -> None:
    assert faults(FILES / name, tmp_path) == ()


def test_damage_inside_is_noticed(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    assert faults(tmp_path / "hurt.flac", tmp_path)


def test_a_copy_browsers_play(tmp_path: Path) -> None:
    after = converted(DEMO / "K021-LX·2019·Y-001" / "001.mov", tmp_path)
    (video,) = after.tracks("video")
    assert (video.codec, video.pixel_format) == ("h264", "yuv420p")
    head = (tmp_path / "v.mp4").read_bytes()[:65536]
    assert head.index(b"moov") < head.find(b"mdat") % 2**32, "the index comes first"


def test_every_sound_track_is_kept(tmp_path: Path) -> None:
    two = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=64x48:d=1",
        "-f",
        "lavfi",
        "-i",
        "sine=300:d=1",
        "-f",
        "lavfi",
        "-i",
        "sine=900:d=1",
    ]
    source = made(tmp_path, *two, "-map", "0", "-map", "1", "-map", "2", "-c:v", "ffv1", "-c:a", "pcm_s16le")
    assert len(converted(source, tmp_path).tracks("audio")) == 2


def test_odd_sizes_become_even_and_large_ones_smaller(tmp_path: Path) -> None:
    source = made(tmp_path, "-f", "lavfi", "-i", "testsrc=s=639x361:d=0.2", "-c:v", "ffv1")
    (video,) = converted(source, tmp_path).tracks("video")
    assert video.width % 2 == 0 and video.height % 2 == 0 and video.width in {638, 640}
    plan = replace(PLAN, longest_side=320)
    (small,) = converted(source, tmp_path, plan, name="s.mp4").tracks("video")
    assert max(small.width, small.height) == 320


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        converted(DEMO / "K021-LX·2019·Y-001" / "001.mov", tmp_path, name=name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_sound_becomes_m4a(tmp_path: Path) -> None:
    done = sound_of(FILES / "sound.flac", tmp_path / "a.m4a")
    assert "128k" in done.arguments and not any(str(tmp_path) in word for word in done.arguments)
    after, before = probed(tmp_path / "a.m4a", tmp_path), probed(FILES / "sound.flac", tmp_path)
    assert [s.codec for s in after.tracks("audio")] == ["aac"]
    assert after.seconds == pytest.approx(before.seconds, abs=0.2)
    assert done.read[0].samples == pytest.approx(before.seconds * before.recorded[0].rate, rel=0.01)


def test_sound_of_any_shape_fits(tmp_path: Path) -> None:
    odd = tone(tmp_path / "odd.wav", "-ar", "6000", "-af", "aformat=channel_layouts=hexadecagonal")
    sound_of(odd, tmp_path / "a.m4a", fitted=True)
    (made,) = probed(tmp_path / "a.m4a", tmp_path).recorded
    assert (made.rate, made.layout) == (48000, "stereo")
    assert ffmpeg.mixed_down(probed(odd, tmp_path).recorded[0]) and not ffmpeg.mixed_down(made)


def test_the_md5_that_the_encoder_wrote(tmp_path: Path) -> None:
    for bits in (16, 24):
        source = tone(tmp_path / f"{bits}.flac", "-sample_fmt", f"s{16 if bits == 16 else 32}")
        said = stream_info(source)
        assert said is not None and said.bits == bits
        assert ffmpeg.sound_md5(source, probed(source, tmp_path).recorded[0], bits, call(tmp_path)) == said.md5


def test_a_damaged_source_is_not_painted_over(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    with pytest.raises(ToolFailed):
        sound_of(tmp_path / "hurt.flac", tmp_path / "a.m4a")


def test_a_conversion_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    source = made(tmp_path, "-f", "lavfi", "-i", "testsrc=s=1280x720:d=20", "-c:v", "mpeg4")
    with pytest.raises(ToolTimedOut, match=r"录像\.mov"):
        converted(source, tmp_path, seconds=0.3)
