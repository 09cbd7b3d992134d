"""Encodings and lines of tag files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.bag_text import breach, decode_text, lines, shown


def codes(data: bytes, encoding: str = "UTF-8", *, strict: bool = True) -> list[str]:
    return [each.code for each in decode_text(data, name="x.txt", encoding=encoding, strict=strict)[1]]


@pytest.mark.parametrize("encoding", ["UTF-8", "utf8", "UTF-16", "GB18030", "ISO-8859-1"])
def test_a_text_in_its_encoding(encoding: str) -> None:
    plain = "abc" if encoding == "ISO-8859-1" else "汇总 𠮷"
    assert decode_text(plain.encode(encoding), name="x.txt", encoding=encoding) == (plain, ())


def test_a_byte_order_mark_is_left_out_and_told_by_the_rules_of_the_version() -> None:
    data = "\ufeffabc".encode()
    assert decode_text(data, name="x.txt")[0] == "abc"
    assert codes(data) == ["bag_bom"]
    assert codes(data, strict=False) == ["bag_tolerated"]


def test_bytes_that_are_no_utf8_come_back_as_they_were() -> None:
    data = "汇总".encode("gb18030")
    text, found = decode_text(data, name="x.txt")
    assert text is not None and text.encode("utf-8", "surrogateescape") == data
    assert [each.code for each in found] == ["bag_not_utf8"]


@pytest.mark.parametrize("encoding", ["klingon", "", "zip", "hex", "a\0b"])
def test_an_encoding_that_is_none(encoding: str) -> None:
    assert decode_text(b"abc", name="x.txt", encoding=encoding)[0] is None
    assert codes(b"abc", encoding) == ["bag_encoding_unknown"]


def test_bytes_that_do_not_fit_the_encoding() -> None:
    assert decode_text(b"\xff\xff\xff", name="x.txt", encoding="GB18030")[0] is None
    assert codes(b"\xff\xff\xff", "GB18030") == ["bag_undecodable"]


@given(st.binary(max_size=60), st.sampled_from(["UTF-8", "UTF-16", "GB18030", "idna", "punycode", "rot13"]))
def test_without_a_text_there_is_a_finding(data: bytes, encoding: str) -> None:
    text, found = decode_text(data, name="x.txt", encoding=encoding)
    assert text is not None or found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\nb\r\nc\rd", ["a", "b", "c", "d"]),
        ("a\n", ["a"]),
        ("a\n\n", ["a", ""]),
        ("a\u2028b\x0bc\x85d", ["a\u2028b\x0bc\x85d"]),
    ],
)
def test_lines_end_where_the_rfc_says(text: str, found: list[str]) -> None:
    assert lines(text) == found


def test_a_path_is_shown_without_what_would_move_the_cursor() -> None:
    assert shown("a/汇总.tif") == "a/汇总.tif"
    assert shown("a\x1b[2J\n") == "a\\x1b[2J\\n"
    assert shown("\udcff") == "\\xff"


def test_a_rule_binds_or_its_breach_is_noted() -> None:
    binding, noted = (breach("bag_bom", "x.txt", strict=strict) for strict in (True, False))
    assert (binding.code, binding.subject) == ("bag_bom", "x.txt")
    assert (noted.code, noted.fact("rule")) == ("bag_tolerated", "bag_bom")
