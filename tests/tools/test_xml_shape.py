"""Whether XML is well formed, and how deep it is nested."""

from pathlib import Path

import pytest

from pipeline.tools.xml_shape import MOST_NESTED, nests_too_deep, shape

HEAD = b'<?xml version="1.0" encoding="GB18030"?>'


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"<a><b/></a>", "utf-8"),
        (b"\xef\xbb\xbf<a><b>x</b></a>", "utf-8"),
        (HEAD + "<a><b>兰台</b></a>".encode("gb18030"), "gb18030"),
        ("\ufeff<a><b/></a>".encode("utf-16"), "utf-16"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a><b>&e;</b></a>', "utf-8"),
    ],
)
def test_well_formed_in_any_encoding(tmp_path: Path, data: bytes, encoding: str) -> None:
    (tmp_path / "x.xml").write_bytes(data)
    found = shape(tmp_path / "x.xml", encoding=encoding)
    assert found.fault is None and found.depth == 2


@pytest.mark.parametrize("data", [b"", b"<a>", b"<a></b>", b"<a/><b/>", b"<a>&nbsp;</a>", b"text"])
def test_not_well_formed(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.xml").write_bytes(data)
    assert shape(tmp_path / "x.xml", encoding="utf-8").fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nested_too_deep(tmp_path: Path, encoding: str) -> None:
    for name, depth, deep in (("deep", 200_000, True), ("flat", MOST_NESTED, False)):
        (tmp_path / name).write_bytes(("<a>" * depth + "</a>" * depth + " " * 9000).encode(encoding))
        assert nests_too_deep(tmp_path / name) is deep
    (tmp_path / "other").write_bytes(b"<" * 20_000)
    assert not nests_too_deep(tmp_path / "other")
