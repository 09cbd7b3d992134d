"""Recordings: what is in them, whether they decode, and that a copy loses no track."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ToolFailed, ToolTimedOut
from pipeline.tools import ffmpeg
from pipeline.tools.run import run
from tests.makers.received import DEMO, FILES

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


def converted(
    source: Path, folder: Path, plan: ffmpeg.VideoPlan = PLAN, *, name: str = "v.mp4", seconds: float = 60
) -> ffmpeg.Probe:
    ffmpeg.make_mp4(
        source,
        folder / name,
        plan,
        strict=True,
        subject="录像.mov",
        seconds=seconds,
        max_bytes=2**30,
        scratch=folder,
    )
    return ffmpeg.probe(folder / name, subject="x", scratch=folder)


def made(folder: Path, *arguments: str) -> Path:
    """A recording made by FFmpeg itself."""
    target = folder / "made.mkv"
    run(["ffmpeg", "-v", "error", *arguments, str(target)], subject="made.mkv", seconds=60, scratch=folder)
    return target


def test_what_is_in_a_video(tmp_path: Path) -> None:
    found = ffmpeg.probe(FILES / "sound.mp4", subject="x", scratch=tmp_path)
    assert [s.codec for s in found.tracks("video")] == ["h264"]
    assert [s.codec for s in found.tracks("audio")] == ["aac"]
    assert found.seconds == pytest.approx(1.5, abs=0.1)
    assert not any(str(FILES) in value for _, value in found.facts)


def test_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(ffmpeg.Unreadable) as caught:
        ffmpeg.probe(FILES / "corrupt.mkv", subject="x", scratch=tmp_path)
    assert str(FILES) not in str(caught.value) and "0x5" not in str(caught.value)


@pytest.mark.parametrize("name", ["sound.mp4", "sound.mp3", "sound.flac", "sound.avi", "sound.ogg", "sound.amr"])
def test_sound_ones_decode_to_their_end(tmp_path: Path, name: str) -> None:
    assert ffmpeg.decode(FILES / name, subject="x", seconds=60, scratch=tmp_path) == ""


def test_damage_inside_is_noticed(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    assert ffmpeg.decode(tmp_path / "hurt.flac", subject="x", seconds=60, scratch=tmp_path)


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
    words = ffmpeg.make_m4a(
        FILES / "sound.flac",
        tmp_path / "a.m4a",
        bitrate="128k",
        dated=True,
        strict=True,
        subject="x",
        seconds=60,
        max_bytes=2**30,
        scratch=tmp_path,
    )
    assert "128k" in words and not any(str(tmp_path) in word for word in words)
    after = ffmpeg.probe(tmp_path / "a.m4a", subject="x", scratch=tmp_path)
    before = ffmpeg.probe(FILES / "sound.flac", subject="x", scratch=tmp_path)
    assert [s.codec for s in after.tracks("audio")] == ["aac"]
    assert after.seconds == pytest.approx(before.seconds, abs=0.2)


def test_a_damaged_source_is_not_painted_over(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    with pytest.raises(ToolFailed):
        ffmpeg.make_m4a(
            tmp_path / "hurt.flac",
            tmp_path / "a.m4a",
            bitrate="128k",
            dated=True,
            strict=True,
            subject="x",
            seconds=60,
            max_bytes=2**30,
            scratch=tmp_path,
        )


def test_a_conversion_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    source = made(tmp_path, "-f", "lavfi", "-i", "testsrc=s=1280x720:d=20", "-c:v", "mpeg4")
    with pytest.raises(ToolTimedOut, match=r"录像\.mov"):
        converted(source, tmp_path, seconds=0.3)


def test_a_playlist_gets_no_other_file(tmp_path: Path) -> None:
    """A recording that names others: nothing is fetched, and no file beside it is read."""
    (tmp_path / "secret.ts").write_bytes(b"G" * 1000)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n", "utf-8")
    with pytest.raises(ffmpeg.Unreadable):
        ffmpeg.probe(playlist, subject="x", scratch=tmp_path)
