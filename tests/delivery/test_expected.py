"""The depositor's digests, found by path however the list was written."""

import os
import unicodedata
from pathlib import Path

import pytest

from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.domain.digests import Algorithm

ONE, TWO = "1" * 64, "2" * 64


def expected(folder: Path, content: bytes, *, prefix: bytes = b"", max_bytes: int = 1 << 20) -> ExpectedDigests:
    (folder / "manifest-sha256.txt").write_bytes(content)
    digests = ExpectedDigests(max_bytes)
    digests.read(folder / "manifest-sha256.txt", prefix=prefix)
    return digests


def test_a_digest_by_the_path_of_its_file(tmp_path: Path) -> None:
    digests = expected(tmp_path, f"{ONE}  files/001.tif\n{TWO}  files/002.tif\n".encode())
    assert [(d.algorithm, d.value) for d in digests.of(b"files/001.tif")] == [(Algorithm.SHA256, ONE)]
    assert digests.of(b"files/003.tif") == ()
    assert bool(digests)
    assert digests.findings == []


def test_without_a_list_nothing_is_said() -> None:
    digests = ExpectedDigests(1)
    assert not digests
    assert (digests.of(b"x"), digests.unmet()) == ((), [])


def test_paths_begin_where_the_list_lies(tmp_path: Path) -> None:
    digests = expected(tmp_path, f"{ONE}  001.tif\n".encode(), prefix=b"data/")
    assert digests.of(b"data/001.tif") and not digests.of(b"001.tif")


def test_a_list_made_inside_a_folder_of_its_place(tmp_path: Path) -> None:
    digests = expected(tmp_path, f"{ONE}  001.tif\n".encode())
    digests.also_from(b"files", b"")
    digests.see(b"files/001.tif")
    assert digests.of(b"files/001.tif")[0].value == ONE
    assert digests.unmet() == []


@pytest.mark.parametrize(
    ("listed", "on_disk"),
    [
        ("files/汇总.tif".encode("gb18030"), "files/汇总.tif".encode()),
        ("files/汇总.tif".encode(), "files/汇总.tif".encode("gb18030")),
        (unicodedata.normalize("NFD", "files/é.tif").encode(), "files/é.tif".encode()),
    ],
)
def test_a_list_of_another_system_is_understood(tmp_path: Path, listed: bytes, on_disk: bytes) -> None:
    digests = expected(tmp_path, ONE.encode() + b"  " + listed + b"\n")
    digests.see(on_disk)
    assert digests.of(on_disk)[0].value == ONE
    assert digests.unmet() == []


def test_of_two_names_alike_neither_is_guessed(tmp_path: Path) -> None:
    composed, apart = "é.tif".encode(), unicodedata.normalize("NFD", "é.tif").encode()
    digests = expected(tmp_path, b"".join((ONE.encode(), b"  ", composed, b"\n", TWO.encode(), b"  ", apart, b"\n")))
    assert (digests.of(composed)[0].value, digests.of(apart)[0].value) == (ONE, TWO)
    assert digests.of("é.tif".encode("gb18030")) == ()


def test_what_is_listed_and_was_not_met(tmp_path: Path) -> None:
    digests = expected(tmp_path, f"{ONE}  b\n{TWO}  a\n{TWO}  c\n".encode())
    digests.see(b"c")
    assert digests.unmet() == [b"a", b"b"]


def test_a_list_beyond_the_limit_is_a_finding_and_says_nothing(tmp_path: Path) -> None:
    digests = expected(tmp_path, f"{ONE}  a\n".encode(), max_bytes=20)
    (found,) = digests.findings
    assert (found.code, found.fact("limit")) == ("file_too_large", "20")
    assert not digests


def test_a_list_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "manifest-sha256.txt").symlink_to(os.devnull)
    with pytest.raises(OSError):
        ExpectedDigests(1).read(tmp_path / "manifest-sha256.txt")


@pytest.mark.parametrize("raw", ["汇总".encode(), "汇总".encode("gb18030"), b"\xff\xfe\x81"])
def test_every_name_has_a_text(raw: bytes) -> None:
    text = decoded(raw)
    assert raw in {text.encode("utf-8", "surrogateescape"), text.encode("gb18030", "surrogateescape")}
