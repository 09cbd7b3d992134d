"""Recordings that say how long they are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.messages import Message, message
from pipeline.tools.container_length import recordings_in, shorter_than_declared
from tests.makers.received import DEMO, FILES
from tests.makers.recordings import tone

WHOLE = [FILES / f"sound.{e}" for e in ("mp4", "wav", "avi", "mkv", "flac", "ogg", "jpg")] + [
    DEMO / "K021-LX·2019·Y-001" / "001.mov"
]


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.name)
def test_whole_files_pass(path: Path) -> None:
    assert shorter_than_declared(path) is None


@pytest.mark.parametrize("name", ["sound.mp4", "sound.wav", "sound.avi", "sound.mkv"])
@pytest.mark.parametrize("keep", [0.2, 0.99])
def test_cut_files_are_noticed(tmp_path: Path, name: str, keep: float) -> None:
    data = (FILES / name).read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(len(data) * keep)])
    assert shorter_than_declared(tmp_path / "cut")


def test_a_recorder_that_was_switched_off_tells_nothing(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.wav").read_bytes())
    data[4:8] = b"\xff\xff\xff\xff"
    (tmp_path / "open.wav").write_bytes(data)
    assert shorter_than_declared(tmp_path / "open.wav") is None


def test_a_missing_table_of_contents(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(b"\0\0\0\x14ftypisom\0\0\0\0isom" + b"\0\0\0\x10mdat12345678")
    assert shorter_than_declared(tmp_path / "x.mp4") == message("moov_missing")


@pytest.mark.parametrize("tail", [b"\x40\x42\x0f\x00DEFGvendor", b"\x00\x00\x00\x03abc", b"x", bytes(64)])
def test_what_follows_the_last_box_counts_for_nothing(tmp_path: Path, tail: bytes) -> None:
    (tmp_path / "x.mp4").write_bytes((FILES / "sound.mp4").read_bytes() + tail)
    assert shorter_than_declared(tmp_path / "x.mp4") is None


def test_a_sound_file_of_apple_cut_short(tmp_path: Path) -> None:
    whole = tone(tmp_path / "x.aiff")
    assert shorter_than_declared(whole) is None
    whole.write_bytes(whole.read_bytes()[:-1000])
    assert shorter_than_declared(whole)


@pytest.mark.parametrize(("name", "times"), [("sound.mkv", 1), ("sound.mkv", 2), ("sound.mp4", 3), ("sound.wav", 1)])
def test_how_many_recordings_stand_in_a_file(tmp_path: Path, name: str, times: int) -> None:
    (tmp_path / name).write_bytes((FILES / name).read_bytes() * times)
    assert recordings_in(tmp_path / name) == times
    assert shorter_than_declared(tmp_path / name) is None


@given(data=st.binary(max_size=100))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mp4"
    for head in (b"\0\0\0\x10ftyp", b"RIFF", b"\0\0\0\x01mdat", b""):
        path.write_bytes(head + data)
        assert isinstance(shorter_than_declared(path), Message | None)
