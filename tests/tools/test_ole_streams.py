"""Streams of compound files: read, written over, and never beyond their chains."""

from pathlib import Path

import pytest

from pipeline.tools.ole_streams import CompoundFile, OleGarbled
from tests.makers.received import FILES


def test_streams_are_listed_and_read() -> None:
    file = CompoundFile.read_from(FILES / "sound.doc")
    assert {"WordDocument", "1Table"} <= set(file.streams)
    assert file.read("WordDocument")[:2] == b"\xec\xa5" and file.read("nothing") == b""


def test_what_is_written_over_is_read_back_and_nothing_else_moves(tmp_path: Path) -> None:
    file = CompoundFile.read_from(FILES / "sound.doc")
    before = {name: file.read(name) for name in file.streams}
    for name in ("1Table", "\x01CompObj"):  # a large stream, and one in mini sectors
        other = bytes(255 - byte for byte in before[name])
        file.write_over(name, other)
        before[name] = other
    file.write_to(tmp_path / "new.doc")
    again = CompoundFile.read_from(tmp_path / "new.doc")
    assert file.changed and {name: again.read(name) for name in again.streams} == before
    assert (tmp_path / "new.doc").stat().st_size == (FILES / "sound.doc").stat().st_size


def test_other_lengths_are_refused() -> None:
    file = CompoundFile.read_from(FILES / "sound.doc")
    with pytest.raises(OleGarbled):
        file.write_over("1Table", b"short")


def test_broken_chains_are_told() -> None:
    raw = bytearray((FILES / "sound.doc").read_bytes())
    table = (int.from_bytes(raw[76:80], "little") + 1) * 512
    raw[table : table + 512] = bytes(512)  # every sector is followed by the first: a circle
    with pytest.raises(OleGarbled):
        CompoundFile(raw)
    with pytest.raises(OleGarbled):
        CompoundFile(bytearray(b"PK\x03\x04" * 200))
