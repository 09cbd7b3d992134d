"""Rich Text: fields become their text."""

from pathlib import Path

import pytest

from pipeline.formats.frozen import rich_text
from pipeline.formats.frozen.rich_text import RtfGarbled
from pipeline.formats.frozen.seen import Seen
from tests.makers.received import FILES


def frozen(folder: Path, body: bytes) -> tuple[bytes, Seen]:
    source, target = folder / "a.rtf", folder / "b.rtf"
    source.write_bytes(rb"{\rtf1\ansi\ansicpg936 " + body + b"}")
    changed, seen = rich_text.freeze(source, target, max_bytes=2**20)
    return (target if changed else source).read_bytes(), seen


def test_a_field_becomes_its_text(tmp_path: Path) -> None:
    told, seen = frozen(tmp_path, rb"\'c8\'d5{\field{\*\fldinst { DATE }}{\fldrslt {\b 2019}}}\u24180\'3f\par")
    assert rb"{{{\b 2019}}}" in told and b"fld" not in told and b"DATE" not in told
    assert "".join(seen.text).strip() == "日2019年"


def test_numbers_of_pages_in_headers_and_links_stay(tmp_path: Path) -> None:
    told, seen = frozen(
        tmp_path, rb"{\header {\field{\*\fldinst PAGE}{\fldrslt 1}}}{\field{\*\fldinst HYPERLINK a}{\fldrslt b}}"
    )
    assert told.count(b"fldinst") == 2 and ("".join(seen.text), "".join(seen.margins).strip()) == ("b", "1")


def test_what_has_no_stored_value_is_told(tmp_path: Path) -> None:
    told, seen = frozen(tmp_path, rb"{\field{\*\fldinst TIME}{\fldrslt }}\chdate x")
    assert b"chdate" not in told and dict(seen.unsaved) == {"TIME": 1, "DATE": 1}


def test_binary_pieces_are_passed_over(tmp_path: Path) -> None:
    told, seen = frozen(tmp_path, rb"{\pict\bin5 }}{{{}a{\field{\*\fldinst DATE}{\fldrslt b}}")
    assert b"}}{{{" in told and b"DATE" not in told and "".join(seen.text) == "ab"


@pytest.mark.parametrize("raw", [rb"{\rtf1 {a", rb"{\rtf1 " + b"{" * 5000])
def test_groups_without_end(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.rtf").write_bytes(raw)
    with pytest.raises(RtfGarbled):
        rich_text.freeze(tmp_path / "a.rtf", tmp_path / "b.rtf", max_bytes=2**20)


def test_a_document_of_a_program(tmp_path: Path) -> None:
    changed, seen = rich_text.freeze(FILES / "fields.rtf", tmp_path / "b.rtf", max_bytes=2**20)
    assert changed and "落款日期域一：2019年3月15日" in "".join(seen.text)
