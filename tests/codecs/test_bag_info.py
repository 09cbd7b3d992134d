import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.bag_info import (
    Declaration,
    decode_bag_info,
    decode_bagit_txt,
    encode_bag_info,
    encode_bagit_txt,
    parse_oxum,
    values,
)
from pipeline.codecs.bag_text import lines, shown

PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)
LABELS = PLAIN.map(lambda t: t.replace(":", "").strip(" \t")).filter(bool).filter(lambda t: not t.startswith("\ufeff"))
VALUES = PLAIN.map(lambda t: t.strip(" \t"))


def codes(found: tuple[object, ...]) -> list[str]:
    return [each.code for each in found]  # type: ignore[attr-defined]


@given(st.lists(st.tuples(LABELS, VALUES), max_size=8))
def test_tags_come_back_in_order_and_repeated(tags: list[tuple[str, str]]) -> None:
    decoded, found = decode_bag_info(encode_bag_info(tags))
    assert (list(decoded), found) == (tags, ())


@given(st.binary(max_size=300))
def test_no_bytes_are_too_bad_for_a_finding(data: bytes) -> None:
    found = (
        *decode_bag_info(data)[1],
        *decode_bag_info(data, strict=False, encoding="UTF-16")[1],
        *decode_bagit_txt(data)[1],
    )
    assert all(each.code.startswith("bag_") for each in found)


def test_a_value_of_several_lines_is_folded() -> None:
    data = encode_bag_info([("External-Description", "第一行\r\n  第二行\n第三行"), ("档号", "K021")])
    assert data.decode() == "External-Description: 第一行\n  第二行\n  第三行\n档号: K021\n"
    assert decode_bag_info(data)[0] == (("External-Description", "第一行 第二行 第三行"), ("档号", "K021"))


@pytest.mark.parametrize("label", ["", " a", "a ", "a:b", "a\nb"])
def test_labels_that_would_not_come_back_are_refused(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        encode_bag_info([(label, "x")])


def test_what_1_0_forbids_and_older_bags_may() -> None:
    data = b"Test : 1\nOther:2\nThird:   3\n"
    strict, faults = decode_bag_info(data)
    old, notes = decode_bag_info(data, strict=False)
    assert strict == old == (("Test", "1"), ("Other", "2"), ("Third", "3"))
    assert codes(faults) == ["bag_info_line_malformed"] * 2
    assert codes(notes) == ["bag_tolerated"] * 2
    assert codes(decode_bag_info(b"no colon\n", strict=False)[1]) == ["bag_info_line_malformed"]


def test_labels_are_compared_without_case() -> None:
    assert values((("payload-OXUM", "1.1"), ("x", "y")), "Payload-Oxum") == ("1.1",)


def test_the_declaration_we_write_is_one_we_read() -> None:
    assert decode_bagit_txt(encode_bagit_txt()) == (Declaration(version="1.0", encoding="UTF-8"), ())


@pytest.mark.parametrize(
    "text",
    ["BagIt-Version: 1.0\r\nTag-File-Character-Encoding: UTF-8\r\n",
     "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8",
     "BagIt-Version : 0.97 \nTag-File-Character-Encoding:UTF-8\n"],
)  # fmt: skip
def test_declarations_that_are_read(text: str) -> None:
    declaration, found = decode_bagit_txt(text.encode())
    assert declaration is not None
    assert declaration.strict == (declaration.version == "1.0")
    assert found == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n", "bag_declaration_malformed"),
        ("BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n", "bag_declaration_malformed"),
        ("Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n", "bag_declaration_malformed"),
        ("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nMore: x\n", "bag_declaration_malformed"),
        ("BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n", "bag_declaration_malformed"),
        ("\ufeffBagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n", "bag_bom"),
        ("BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n", "bag_version_unknown"),
        ("", "bag_declaration_malformed"),
    ],
)
def test_declarations_that_are_not(text: str, code: str) -> None:
    declaration, found = decode_bagit_txt(text.encode())
    assert (declaration, codes(found)) == (None, [code])


@pytest.mark.parametrize(
    ("value", "oxum"),
    [("58.2", (58, 2)), ("0.0", (0, 0)), ("58", None), ("5.8.2", None), ("٣.٣", None), ("-1.2", None)],
)
def test_oxum(value: str, oxum: tuple[int, int] | None) -> None:
    assert parse_oxum(value) == oxum


def test_only_lf_cr_and_crlf_end_a_line() -> None:
    assert lines("a\u2028b\x0bc\x85d\ne\r\nf\rg\r\n") == ["a\u2028b\x0bc\x85d", "e", "f", "g"]


def test_what_is_shown_can_be_written_as_json() -> None:
    assert shown("会\udcff\n\u2028x") == "会\\xff\\n\\u2028x"
