"""Text: the encodings in use here, read to the end; it is its own reading copy."""

from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats.handlers.text import HANDLER, encoding_of
from tests.makers.handling import examined, made, original
from tests.makers.received import FILES, bench_in


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("关于𠮷林乡".encode(), "utf-8"),
        ("关于扶贫工作".encode("gb18030"), "gb18030"),
        ("关于𠮷林乡".encode("gb18030"), "gb18030"),
        ("题名".encode("utf-16"), "utf-16"),
        (b"\xff\xfe\xfd\x80\x81", ""),
        (b"", "utf-8"),
    ],
)
def test_encodings_of_text(tmp_path: Path, data: bytes, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert encoding_of(tmp_path / "a.txt") == encoding


def test_a_character_across_two_chunks_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * (2**20 - 1) + "卷".encode() * 3)
    assert encoding_of(tmp_path / "a.txt") == "utf-8"


def test_text_is_sound_and_its_encoding_a_fact(tmp_path: Path) -> None:
    found = examined(FILES / "text-named.tif", tmp_path)
    assert found.soundness.verdict is Verdict.SOUND and found.facts == (("lantai", "encoding", "utf-8"),)
    assert not found.extracted


def test_bytes_that_fit_no_encoding_may_be_text_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc\n" * 20 + b"\xff\xfe\xfd\x80\x81\n")
    seen = original(tmp_path / "a.txt", as_format_of=FILES / "text-named.tif")
    with bench_in(tmp_path) as toolbox:
        found = HANDLER.examine(seen, toolbox)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL
    assert found.soundness.reason == message("text_encoding_unknown", one="utf-8", other="gb18030")


def test_nothing_needs_to_be_made_of_it(tmp_path: Path) -> None:
    assert made(tmp_path, "text/keep", FILES / "text-named.tif") == []


@pytest.mark.parametrize(
    ("data", "verdict"), [(b"<a><b/></a>", Verdict.SOUND), (b"<a><b></a>", Verdict.COULD_NOT_TELL)]
)
def test_xml_that_is_not_well_formed_is_a_doubt(tmp_path: Path, data: bytes, verdict: Verdict) -> None:
    (tmp_path / "a.xml").write_bytes(b'<?xml version="1.0"?>\n' + data)
    found = examined(tmp_path / "a.xml", tmp_path)
    assert found.soundness.verdict is verdict
