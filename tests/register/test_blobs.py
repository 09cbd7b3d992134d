"""Values as they lie in the register's columns."""

import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message
from pipeline.errors import HouseError, RegisterError
from pipeline.ports import HeldRecord
from pipeline.register.blobs import from_json, pack, pack_index, to_json, unpack, unpack_index
from tests.contracts.register import a_held
from tests.makers.real_packages import an_index, some_members

FOUND = finding("page_gap", "𠮷.tif", record="K021-1", row=3, missing="3", why=message("file_gone", path="x"))


def test_an_index_comes_back_with_the_bytes_it_was_written_in() -> None:
    index = an_index(members=some_members(300))
    packed = pack_index(index)
    assert len(packed) < len(index.written) / 2
    assert unpack_index(packed) == index


def test_an_index_that_was_never_written_is_our_fault() -> None:
    with pytest.raises(HouseError, match="index_never_written"):
        pack_index(replace(an_index(), written=b""))


def test_values_come_back() -> None:
    assert unpack(pack(FOUND), Finding) == from_json(to_json(FOUND), Finding) == FOUND
    assert from_json(to_json(a_held()), HeldRecord) == a_held()


def test_the_same_value_gives_the_same_text() -> None:
    assert to_json(FOUND) == to_json(replace(FOUND))


@pytest.mark.parametrize("damaged", [b"", b"\0", zlib.compress(b"{"), zlib.compress(b"{}"), zlib.compress(b"[1]")])
def test_a_damaged_column_is_told_and_never_another_value(damaged: bytes) -> None:
    for read in (lambda: unpack_index(damaged), lambda: unpack(damaged, Finding)):
        with pytest.raises(RegisterError, match="register_value_unreadable"):
            read()


@given(st.text())
def test_a_text_that_is_no_value_is_told(text: str) -> None:
    with pytest.raises(RegisterError, match="Finding"):
        from_json(text, Finding)
