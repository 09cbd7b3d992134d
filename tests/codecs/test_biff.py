"""Records of binary workbooks."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.biff import Kind, Record, Strings, records, rk_number
from pipeline.domain.messages import Invalid


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def test_records_with_what_continues_them() -> None:
    stream = record(Kind.SST, b"ab") + record(Kind.CONTINUE, b"cd") + record(Kind.EOF, b"")
    assert list(records(stream)) == [Record(Kind.SST, b"ab", (b"cd",)), Record(Kind.EOF, b"")]


def test_a_record_that_is_cut_short_is_refused() -> None:
    with pytest.raises(Invalid):
        list(records(record(Kind.EOF, b"abc")[:-1]))


@given(st.text(max_size=40), st.integers(0, 60))
def test_a_string_cut_anywhere_comes_back(text: str, cut: int) -> None:
    """The part behind the cut says anew how wide its characters are."""
    raw = text.encode("utf-16-le")
    units = len(raw) // 2
    at = min(cut, units)
    head = struct.pack("<HB", units, 1) + raw[: 2 * at]
    whole = Record(Kind.SST, head, (b"\x01" + raw[2 * at :],) if at < units else ())
    assert Strings(whole, 0).read() == text


def test_narrow_rich_and_short_strings() -> None:
    rich = struct.pack("<HBH", 2, 8, 1) + b"ab" + b"\0\0\0\0" + struct.pack("<HB", 1, 0) + b"c"
    strings = Strings(Record(Kind.SST, rich), 0)
    assert (strings.read(), strings.read()) == ("ab", "c")
    assert Strings(Record(Kind.BOUNDSHEET, b"\x03\x00abc"), 0).read(short=True) == "abc"


@pytest.mark.parametrize(
    ("raw", "value"), [(0x00000006, 1.0), (0x0000000B, 0.02), (0x3FF00000, 1.0), (0xFFFFFFFE, -1.0)]
)
def test_packed_numbers(raw: int, value: float) -> None:
    assert rk_number(raw) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_refused(data: bytes) -> None:
    try:
        found = list(records(data))
    except Invalid:
        return
    assert sum(len(each.data) + 4 + sum(len(c) + 4 for c in each.continued) for each in found) <= len(data)
