import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.bag_manifest import (
    FetchLine,
    ManifestLine,
    decode_fetch,
    decode_manifest,
    decode_path,
    encode_manifest,
    encode_path,
    unsafe_reason,
)

DIGEST = "0123456789abcdef" * 4
AWKWARD = "a%\r\n \t~*\\./:汇会慧𠮷㐱e\u0301é\u2028\x0b\x85\udc80\udcff0AD25"
COMPONENT = st.text(st.sampled_from(AWKWARD) | st.characters(codec="utf-8"), min_size=1, max_size=60).filter(
    lambda text: "/" not in text and "\0" not in text and text not in {".", ".."}
)
PATHS = st.lists(COMPONENT, min_size=1, max_size=5).map(lambda parts: "data/" + "/".join(parts))


def codes(found: tuple[object, ...]) -> list[str]:
    return [each.code for each in found]  # type: ignore[attr-defined]


@given(PATHS)
def test_any_path_comes_back_and_only_three_characters_are_encoded(path: str) -> None:
    encoded = encode_path(path)
    assert decode_path(encoded) == path
    assert encoded.replace("%25", "").replace("%0A", "").replace("%0D", "") == "".join(
        c for c in path if c not in "%\r\n"
    )


@given(st.dictionaries(PATHS, st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=8))
def test_a_manifest_comes_back(entries: dict[str, str]) -> None:
    data = encode_manifest(entries.items())
    lines, found = decode_manifest(data, name="manifest-sha256.txt", hex_length=64)
    assert {line.path: line.digest for line in lines} == entries
    assert [line.path for line in lines] == sorted(entries)
    assert {each.code for each in found} <= {"bag_not_utf8"}


@given(st.binary(max_size=400))
def test_no_bytes_are_too_bad_for_a_finding(data: bytes) -> None:
    for strict in (True, False):
        for encoding in ("UTF-8", "UTF-16", "GB18030"):
            _, found = decode_manifest(data, name="m", strict=strict, encoding=encoding, hex_length=64)
            _, fetched = decode_fetch(data, strict=strict, encoding=encoding)
            assert all(each.code.startswith("bag_") for each in (*found, *fetched))


def test_bytes_that_are_not_utf8_meet_the_name_on_disk() -> None:
    raw = "会议.tif".encode("gbk")
    path = "data/" + os.fsdecode(raw)
    lines, found = decode_manifest(encode_manifest([(path, DIGEST)]), name="m")
    assert os.fsencode(lines[0].path) == b"data/" + raw
    assert codes(found) == ["bag_not_utf8"]


def test_the_written_form_is_sorted_lower_case_with_two_spaces() -> None:
    data = encode_manifest([("data/𠮷", DIGEST.upper()), ("data/100%.txt", DIGEST), ("data/Ｚ", DIGEST)])
    assert data.decode() == f"{DIGEST}  data/100%25.txt\n{DIGEST}  data/Ｚ\n{DIGEST}  data/𠮷\n"


def test_writing_a_path_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        encode_manifest([("data/a", DIGEST), ("data/a", DIGEST)])


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("data/a%0Ab", "data/a\nb"),
        ("data/a%0ab%0dc%0Ad", "data/a\nb\rc\nd"),
        ("data/100%25.txt", "data/100%.txt"),
        ("data/%250A", "data/%0A"),
        ("data/%7Ex%test", "data/%7Ex%test"),
        ("data/a b  c", "data/a b  c"),
        ("./data/a", "data/a"),
        ("data//b/./c", "data/b/c"),
        ("data/\u2028x\x0by", "data/\u2028x\x0by"),
    ],
)
def test_paths_as_1_0_reads_them(written: str, path: str) -> None:
    lines, _ = decode_manifest(f"{DIGEST} \t {written}\n".encode(), name="m", hex_length=64)
    assert lines == (ManifestLine(digest=DIGEST, path=path, written=written),)


def test_before_1_0_a_percent_sign_stands_for_itself() -> None:
    lines, _ = decode_manifest(f"{DIGEST}  data/100%25%0A.txt".encode(), name="m", strict=False)
    assert lines[0].path == "data/100%25\n.txt"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one(end: str) -> None:
    data = end.join([f"{DIGEST}  data/a", f"{DIGEST.upper()}  data/b", ""]).encode()
    lines, found = decode_manifest(data, name="m", hex_length=64)
    assert [(line.digest, line.path) for line in lines] == [(DIGEST, "data/a"), (DIGEST, "data/b")]
    assert found == ()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (DIGEST, "bag_line_malformed"),
        (f"{DIGEST}  ", "bag_line_malformed"),
        (f"{DIGEST}  data/folder/", "bag_line_malformed"),
        (f"{DIGEST}  data/nul\0", "bag_line_malformed"),
        (f"{DIGEST[:-1]}  data/a", "bag_digest_malformed"),
        (f"{DIGEST[:-1]}g  data/a", "bag_digest_malformed"),
        ("# made by hand", "bag_line_malformed"),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: str, code: str) -> None:
    lines, found = decode_manifest(f"{DIGEST}  data/ok\n{line}\n".encode(), name="manifest-x.txt", hex_length=64)
    assert [each.path for each in lines] == ["data/ok"]
    assert [(f.code, f.subject, f.fact("line")) for f in found] == [(code, "manifest-x.txt", "2")]


def test_md5sum_style_is_taken_with_a_note() -> None:
    data = f"{DIGEST} *data/a\n\\{DIGEST}  data/b\\\\c\\nd\n".encode()
    lines, found = decode_manifest(data, name="m", hex_length=64)
    assert [line.path for line in lines] == ["data/a", "data/b\\c\nd"]
    assert codes(found) == ["bag_md5sum_style", "bag_md5sum_style"]


def test_oddities_are_noted_and_taken() -> None:
    lines, found = decode_manifest(f"\n{DIGEST}  ./data/50% off\n".encode(), name="m", hex_length=64)
    assert [line.path for line in lines] == ["data/50% off"]
    assert codes(found) == ["bag_blank_line", "bag_percent_not_encoded", "bag_dot_path"]


def test_a_byte_order_mark_is_an_error_in_1_0_and_let_through_before() -> None:
    data = b"\xef\xbb\xbf" + f"{DIGEST}  data/a\n".encode()
    for strict, code in ((True, "bag_bom"), (False, "bag_tolerated")):
        lines, found = decode_manifest(data, name="m", strict=strict)
        assert ([line.path for line in lines], codes(found)) == (["data/a"], [code])


def test_other_encodings_and_those_nobody_knows() -> None:
    text = f"{DIGEST}  data/关于会议.tif\n"
    for encoding in ("UTF-16", "GB18030"):
        lines, found = decode_manifest(text.encode(encoding), name="m", encoding=encoding)
        assert ([line.path for line in lines], found) == (["data/关于会议.tif"], ())
    assert codes(decode_manifest(b"\xff", name="m", encoding="GB18030")[1]) == ["bag_undecodable"]
    for unknown in ("Klingon", "zip", "x\0y"):
        assert codes(decode_manifest(b"x", name="m", encoding=unknown)[1]) == ["bag_encoding_unknown"]


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x", "data/../../evil/x", "data/a/..", "~/x", "~root/x", "C:\\x", "c:x", "\\\\?\\UNC\\x", "a\0b",
     "data\\..\\..\\x"],
)  # fmt: skip
def test_unsafe_paths(path: str) -> None:
    assert unsafe_reason(path)


@pytest.mark.parametrize("path", ["data/..a", "data/a..", "data/~x", "data/C:x", "data/...", "data/x\\y", "fetch.txt"])
def test_paths_that_only_look_unsafe(path: str) -> None:
    assert unsafe_reason(path) == ""


def test_fetch_lines() -> None:
    data = b"https://a.example/x%20y - data/x y\nhttp://a.example/z\t12 data/a%0Ab\r\n"
    lines, found = decode_fetch(data)
    assert lines == (
        FetchLine(url="https://a.example/x%20y", length=None, path="data/x y"),
        FetchLine(url="http://a.example/z", length=12, path="data/a\nb"),
    )
    assert found == ()


@pytest.mark.parametrize(
    "line", ["/relative - data/a", "http://a/x twelve data/a", "http://a/x -1 data/a", "http://a/x -"]
)
def test_bad_fetch_lines(line: str) -> None:
    lines, found = decode_fetch(line.encode())
    assert (lines, codes(found)) == ((), ["bag_line_malformed"])
