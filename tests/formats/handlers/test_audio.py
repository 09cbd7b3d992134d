"""Sound: its structure is read at once, the recording itself when its copy is made."""

from pathlib import Path

import pytest

from pipeline.domain.formats import AUDIO, Verdict
from pipeline.domain.messages import message
from pipeline.formats.handler import Made, Refused
from pipeline.formats.handlers.audio import AudioParameters
from tests.makers.handling import cut_short, examined, made
from tests.makers.received import FILES


@pytest.mark.parametrize("name", ["sound.mp3", "sound.flac", "sound.ogg", "sound.amr", "sound.wav"])
def test_structure_is_read_and_the_rest_decided_later(tmp_path: Path, name: str) -> None:
    found = examined(FILES / name, tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.decides_later and found.extracted
    assert found.soundness.reason == message("decoded_when_copied") and found.kind == AUDIO
    assert any(tool == "ffprobe" and key == "format.format_name" for tool, key, _ in found.facts)


def test_a_recording_cut_short_is_damaged(tmp_path: Path) -> None:
    assert examined(cut_short(FILES / "sound.wav", tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_its_copy_is_m4a_and_proves_that_it_was_read(tmp_path: Path) -> None:
    (copy,) = made(tmp_path, "audio/m4a", FILES / "sound.flac", parameters=AudioParameters(bitrate="64k"))
    assert isinstance(copy, Made) and copy.extension == "m4a" and copy.checked and "64k" in copy.detail


def test_one_that_does_not_decode_is_damaged(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.flac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 500] = bytes(500)
    (tmp_path / "hurt.flac").write_bytes(data)
    (refused,) = made(tmp_path, "audio/m4a", tmp_path / "hurt.flac")
    assert isinstance(refused, Refused) and refused.code == "damaged_file" and refused.reason


@pytest.mark.parametrize("bitrate", ["", "loud", "8k", "9999k", "64"])
def test_only_bitrates_that_make_sense(bitrate: str) -> None:
    with pytest.raises(ValueError, match="parameter_out_of_range"):
        AudioParameters(bitrate=bitrate)
