"""Lists of checksums in every dress."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.checksum_list import is_checksum_list, parse_checksum_list
from pipeline.domain.digests import Algorithm, Hasher

SHA = hashlib.sha256(b"x").hexdigest()
MD5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
SM3 = "207cf410532f92a47dee245ce9b11ff71f578ebd763eb3bbea44ebd043d018fb"


@pytest.mark.parametrize(
    ("name", "line", "path", "algorithm"),
    [
        ("manifest-sha256.txt", f"{SHA}  files/甲/001.tif", "files/甲/001.tif", Algorithm.SHA256),
        ("SHA256SUMS", f"{SHA} *files/甲/001.tif", "files/甲/001.tif", Algorithm.SHA256),
        ("checksums.txt", f"{MD5}  ./files/001.tif", "files/001.tif", Algorithm.MD5),
        ("manifest-sha256.txt", f"{SHA.upper()}\tfiles/a b.tif", "files/a b.tif", Algorithm.SHA256),
        ("batch.sm3", f"{SM3}  files/001.tif", "files/001.tif", Algorithm.SM3),
        ("checksums.txt", f"SHA256 (files/001.tif) = {SHA}", "files/001.tif", Algorithm.SHA256),
        ("checksums.txt", f"SHA2-256(files/001.tif)= {SHA}", "files/001.tif", Algorithm.SHA256),
        ("checksums.txt", f"BLAKE2 (files/001.tif) = {SHA}", "", None),
        ("manifest-md5.txt", f"{MD5}  files\\甲\\001.tif", "files/甲/001.tif", Algorithm.MD5),
        ("SHA256SUMS", f"\\{SHA}  files/new\\nline\\\\.txt", "files/new\nline\\.txt", Algorithm.SHA256),
    ],
)
def test_forms(name: str, line: str, path: str, algorithm: Algorithm | None) -> None:
    parsed = parse_checksum_list(f"{line}\r\n".encode(), name=name)
    if algorithm is None:
        assert [f.code for f in parsed.findings] == ["checksum_list_garbled"]
        return
    assert parsed.findings == ()
    (only,) = parsed.lines
    assert (only.path.decode(), only.digest.algorithm, only.digest.value) == (
        path,
        algorithm,
        only.digest.value.lower(),
    )


def test_a_list_that_does_not_name_its_algorithm_leaves_both_of_64_characters_open() -> None:
    parsed = parse_checksum_list(f"{SM3}  files/a\n{SHA}  files/b\n".encode(), name="checksums.txt")
    assert parsed.findings == ()
    assert [(line.path, line.digest.algorithm, line.digest.value) for line in parsed.lines] == [
        (b"files/a", Algorithm.SHA256, SM3),
        (b"files/a", Algorithm.SM3, SM3),
        (b"files/b", Algorithm.SHA256, SHA),
        (b"files/b", Algorithm.SM3, SHA),
    ]


def test_comments_blank_lines_and_marks_are_passed_over() -> None:
    data = "\ufeff# 校验\r\n\r\n; x\r\n".encode() + f"{SHA}  files/a\r\n".encode()
    parsed = parse_checksum_list(data, name="manifest-sha256.txt")
    assert [(line.path, line.line) for line in parsed.lines] == [(b"files/a", 4)]
    assert parsed.findings == ()


def test_utf16_from_powershell_and_gbk_from_windows() -> None:
    text = f"{SHA}  files\\档案\\001.tif\r\n"  # the second byte of some characters is a backslash's
    for data in (text.encode("utf-16"), text.encode("gb18030")):
        (only,) = parse_checksum_list(data, name="manifest-sha256.txt").lines
        assert only.path.decode() == "files/档案/001.tif"


def test_names_that_are_no_text_stay_bytes() -> None:
    (only,) = parse_checksum_list(SHA.encode() + b"  files/\xff\xfe.tif\n", name="SHA256SUMS").lines
    assert only.path == b"files/\xff\xfe.tif"


@pytest.mark.parametrize(
    "path", ["../outside.txt", "/etc/passwd", "files/../../x", "C:\\x.txt", "files//x", "a\0b", "..\\x"]
)
def test_paths_that_leave_the_delivery_are_told(path: str) -> None:
    parsed = parse_checksum_list(f"{SHA}  {path}\n{SHA}  files/a\n".encode(), name="manifest-sha256.txt")
    assert [(f.code, f.subject, f.fact("line")) for f in parsed.findings] == [
        ("unsafe_path", "manifest-sha256.txt", "1")
    ]
    assert [line.path for line in parsed.lines] == [b"files/a"]


@pytest.mark.parametrize("line", ["no digest at all", f"{SHA[:63]}  a", f"{MD5}  a", f"{SHA}", f"zz{SHA[2:]}  a"])
def test_lines_that_make_no_sense_are_told(line: str) -> None:
    parsed = parse_checksum_list(f"{line}\n".encode(), name="manifest-sha256.txt")
    assert [(f.code, f.fact("line")) for f in parsed.findings] == [("checksum_list_garbled", "1")]


def test_two_lines_that_contradict_each_other_are_told() -> None:
    other = hashlib.sha256(b"y").hexdigest()
    parsed = parse_checksum_list(f"{SHA}  a/b\n{SHA}  a/b\n{other}  a/b\n".encode(), name="manifest-sha256.txt")
    assert [f.fact("line") for f in parsed.findings] == ["3"]
    assert len(parsed.lines) == 1


def test_percent_signs_are_for_bags_only() -> None:
    data = f"{SHA}  data/100%25%0A.txt\n".encode()
    assert parse_checksum_list(data, name="manifest-sha256.txt").lines[0].path == b"data/100%25%0A.txt"
    bag = parse_checksum_list(data, name="manifest-sha256.txt", percent_encoded=True)
    assert bag.lines[0].path == b"data/100%\n.txt"


@pytest.mark.parametrize(
    "name", ["manifest-sha256.txt", "SHA256SUMS", "md5sum.txt", "checksums.txt", "一批.sm3", "x.md5"]
)
def test_names_of_lists(name: str) -> None:
    assert is_checksum_list(name)


@pytest.mark.parametrize("name", ["catalogue.csv", "tagmanifest-sha256.txt", "001.tif", "说明.txt", "sha256"])
def test_other_names(name: str) -> None:
    assert not is_checksum_list(name)


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed(data: bytes) -> None:
    parsed = parse_checksum_list(data, name="checksums.txt")
    assert len(parsed.lines) + len(parsed.findings) <= data.count(b"\n") + 1


safe_names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/:\\\0\n\r"), min_size=1, max_size=20
).filter(lambda t: t not in {".", ".."})


@given(st.dictionaries(st.lists(safe_names, min_size=2, max_size=3).map("/".join), st.binary(), max_size=5))
def test_what_sha256sum_would_write_is_read(files: dict[str, bytes]) -> None:
    lines = []
    for path, content in files.items():
        hasher = Hasher()
        hasher.update(content)
        lines.append(f"{hasher.value()}  {path}\n")
    parsed = parse_checksum_list("".join(lines).encode(), name="SHA256SUMS")
    assert {line.path.decode(): line.digest.value for line in parsed.lines} == {
        path: hashlib.sha256(content).hexdigest() for path, content in files.items()
    }
