"""MP3: how long its encoder says it is."""

from pathlib import Path

import pytest

from pipeline.tools import mp3
from tests.makers.received import FILES
from tests.makers.recordings import tone


@pytest.mark.parametrize("tags", [("-id3v2_version", "0"), ("-metadata", "title=" + "x" * 3000)])
def test_one_cut_short(tmp_path: Path, tags: tuple[str, str]) -> None:
    whole = tone(tmp_path / "x.mp3", "-c:a", "libmp3lame", *tags)
    assert mp3.shorter_than_said(whole) is None
    data = whole.read_bytes()
    whole.write_bytes(data[:-2000])
    assert mp3.shorter_than_said(whole)
    whole.write_bytes(data + b"TAG" + bytes(125))
    assert mp3.shorter_than_said(whole) is None


def test_what_says_nothing(tmp_path: Path) -> None:
    untagged = tone(tmp_path / "x.mp3", "-c:a", "libmp3lame", "-write_xing", "0")
    untagged.write_bytes(untagged.read_bytes()[:-2000])
    assert mp3.shorter_than_said(untagged) is None
    for name in ("sound.ogg", "sound.wav", "blns.txt"):
        assert mp3.shorter_than_said(FILES / name) is None
