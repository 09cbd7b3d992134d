"""What stands at the head of a FLAC file."""

from pathlib import Path

from pipeline.tools.flac import stream_info
from tests.makers.received import FILES
from tests.makers.recordings import tone


def test_samples_bits_and_md5(tmp_path: Path) -> None:
    found = stream_info(tone(tmp_path / "x.flac", "-ar", "8000", "-bitexact"))
    assert found is not None and (found.samples, found.bits) == (16000, 16) and len(found.md5) == 32


def test_others_have_none(tmp_path: Path) -> None:
    (tmp_path / "short.flac").write_bytes(b"fLaC")
    assert stream_info(tmp_path / "short.flac") is None and stream_info(FILES / "sound.mp3") is None
