"""Compound files: streams large and small, and chains that lead nowhere."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.compound import SIGNATURE, Compound
from pipeline.domain.messages import Invalid

LOCKED = (Path(__file__).parents[1] / "fixtures" / "files" / "password.docx").read_bytes()


def test_streams_by_name() -> None:
    container = Compound(LOCKED)
    assert "EncryptedPackage" in container and "encryptedpackage" in container
    assert "Workbook" not in container
    assert len(container.stream("EncryptedPackage")) > 4096


@pytest.mark.parametrize("data", [b"", SIGNATURE, SIGNATURE + bytes(600), b"PK\x03\x04" + bytes(600)])
def test_what_is_no_compound_file_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        Compound(data)


@given(st.lists(st.tuples(st.integers(24, 2000), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_give_streams_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    data = bytearray(LOCKED)
    for at, value in changes:
        data[at] = value
    try:
        container = Compound(bytes(data))
        if "EncryptedPackage" in container:
            assert len(container.stream("EncryptedPackage")) <= len(data)
    except Invalid:
        pass
