"""Ogg: every page is there, and what its checksum says."""

from pathlib import Path

import pytest

from pipeline.tools import ogg
from tests.makers.received import FILES


def test_whole_ones_and_others_have_no_fault(tmp_path: Path) -> None:
    assert ogg.fault(FILES / "sound.ogg") is None and ogg.fault(FILES / "sound.mp3") is None
    (tmp_path / "padded.ogg").write_bytes((FILES / "sound.ogg").read_bytes() + bytes(10))
    assert ogg.fault(tmp_path / "padded.ogg") is None


@pytest.mark.parametrize("keep", [0.3, 0.99])
def test_cut_ones(tmp_path: Path, keep: float) -> None:
    data = (FILES / "sound.ogg").read_bytes()
    (tmp_path / "cut.ogg").write_bytes(data[: int(len(data) * keep)])
    assert ogg.fault(tmp_path / "cut.ogg")


def test_a_changed_byte(tmp_path: Path) -> None:
    data = bytearray((FILES / "sound.ogg").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "x.ogg").write_bytes(data)
    found = ogg.fault(tmp_path / "x.ogg")
    assert found is not None and found.code == "ogg_page_damaged"
