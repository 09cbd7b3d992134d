"""A copy lasts as long as its source: track with track, and never taken for damage."""

import pytest

from pipeline.formats.recording_lengths import compared
from pipeline.tools.ffmpeg_log import Read
from pipeline.tools.ffprobe import Probe, Stream


def probe(*streams: Stream, format: str = "mp4") -> Probe:
    return Probe(streams=streams, seconds=999.0, formats=(format,), facts=(), dated=True)


def sound(seconds: float, index: int = 0) -> Stream:
    return Stream(index=index, kind="audio", codec="aac", seconds=seconds, rate=8000)


def decoded(seconds: float) -> Read:
    return Read(packets=1, frames=1, samples=int(seconds * 8000))


def test_what_lasts_as_long_is_kept() -> None:
    found = compared(probe(sound(10.0)), probe(sound(10.02)), {0: decoded(10.0)})
    assert found.kept and not found.doubts


def test_other_tracks_and_the_whole_file_do_not_count() -> None:
    subtitles = Stream(index=1, kind="subtitle", codec="mov_text", seconds=30.0)
    found = compared(probe(sound(3.0), subtitles), probe(sound(3.0)), {0: decoded(3.0)})
    assert found.kept and not found.doubts


@pytest.mark.parametrize(
    ("said", "made", "read", "kept", "code"),
    [
        (20.0, 20.0, 2.0, False, "copy_lasts_otherwise"),  # one frame of each packet was decoded
        (20.0, 20.0, 17.0, True, "copy_lasts_otherwise"),  # a recorder that was paused
        (20.0, 25.0, 20.0, False, "copy_lasts_otherwise"),
        (20.0, 16.0, 16.0, True, "track_lasts_otherwise"),  # a length that nobody relies on
        (20.0, 2.0, 2.0, False, "track_lasts_otherwise"),
        (0.0, 25.0, 20.0, True, "copy_lasts_otherwise"),
        (0.0, 15.0, 20.0, False, "copy_lasts_otherwise"),
        (3.0, 3.0, 2.0, True, "copy_lasts_otherwise"),
    ],
)
def test_what_does_not_is_a_doubt(said: float, made: float, read: float, kept: bool, code: str) -> None:
    found = compared(probe(sound(said)), probe(sound(made)), {0: decoded(read)})
    assert found.kept is kept and [doubt.code for doubt in found.doubts] == [code]


def test_containers_that_guess_their_length_are_not_believed() -> None:
    assert not compared(probe(sound(20.0), format="mp3"), probe(sound(10.0)), {0: decoded(10.0)}).doubts


def test_pictures_are_compared_by_what_the_container_says() -> None:
    def picture(seconds: float) -> Stream:
        return Stream(index=0, kind="video", codec="vp8", seconds=seconds)

    (doubt,) = compared(probe(picture(10.0)), probe(picture(12.0)), {0: Read(packets=9, frames=9, samples=0)}).doubts
    assert doubt.code == "track_lasts_otherwise"


def test_a_copy_without_anything_is_none() -> None:
    found = compared(probe(sound(1.0)), probe(sound(0.0)), {})
    assert not found.kept and [doubt.code for doubt in found.doubts] == ["nothing_recorded"]
