"""What is in a recording, as its container says."""

from pathlib import Path

import pytest

from pipeline.tools import ffprobe
from tests.makers.received import FILES
from tests.makers.recordings import film, tone


def test_what_is_in_a_video(tmp_path: Path) -> None:
    found = ffprobe.probe(FILES / "sound.mp4", subject="x", scratch=tmp_path)
    assert [s.codec for s in found.tracks("video")] == ["h264"]
    assert [s.codec for s in found.tracks("audio")] == ["aac"]
    assert found.seconds == pytest.approx(1.5, abs=0.1)
    assert not any(str(FILES) in value for _, value in found.facts)
    assert found.recorded == (*found.tracks("video"), *found.tracks("audio")) and not found.undecodable


def test_what_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(ffprobe.Unreadable) as caught:
        ffprobe.probe(FILES / "corrupt.mkv", subject="x", scratch=tmp_path)
    assert str(FILES) not in str(caught.value) and "0x5" not in str(caught.value)


@pytest.mark.parametrize("name", ["x.mp4", "x.mkv", "x.avi"])
def test_how_long_each_track_lasts(tmp_path: Path, name: str) -> None:
    made = film(tmp_path / name, "-c:v", "mpeg4", seconds=2.0)
    found = ffprobe.probe(made, subject="x", scratch=tmp_path)
    assert [round(track.seconds, 0) for track in found.recorded] == [2.0, 2.0]
    (picture,) = found.tracks("video")
    assert (picture.frame_rate, picture.mean_frame_rate) == (25.0, 25.0)


def test_rate_and_places_of_the_sound(tmp_path: Path) -> None:
    made = tone(tmp_path / "x.flac", "-ar", "8000", "-ac", "2")
    (sound,) = ffprobe.probe(made, subject="x", scratch=tmp_path).recorded
    assert (sound.rate, sound.channels, sound.layout) == (8000, 2, "stereo")


def test_an_unknown_codec_is_called_by_its_four_characters() -> None:
    assert ffprobe.Stream(index=0, kind="audio", codec="unknown", tag="apac").name == "apac"
    assert ffprobe.Stream(index=0, kind="audio", codec="aac", tag="mp4a").name == "aac"


def test_a_playlist_gets_no_other_file(tmp_path: Path) -> None:
    """A recording that names others: nothing is fetched, and no file beside it is read."""
    (tmp_path / "secret.ts").write_bytes(b"G" * 1000)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n", "utf-8")
    with pytest.raises(ffprobe.Unreadable):
        ffprobe.probe(playlist, subject="x", scratch=tmp_path)
