"""Compound files cut short."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.messages import Message
from pipeline.tools.ole import shorter_than_declared
from tests.makers.received import FILES


def test_whole_ones_pass() -> None:
    assert shorter_than_declared(FILES / "sound.doc") is None
    assert shorter_than_declared(FILES / "password.docx") is None
    assert shorter_than_declared(FILES / "sound.jpg") is None


@pytest.mark.parametrize("keep", [0.001, 0.05, 0.3, 0.9, 0.97])
def test_cut_ones_are_noticed(tmp_path: Path, keep: float) -> None:
    data = (FILES / "sound.doc").read_bytes()
    (tmp_path / "cut.doc").write_bytes(data[: int(len(data) * keep)])
    assert shorter_than_declared(tmp_path / "cut.doc")


@given(data=st.binary(max_size=1500))
def test_any_bytes_end(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.doc"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + data)
    assert isinstance(shorter_than_declared(path), Message | None)
