"""OpenDocument: fields become their text, formulas their values, links go."""

from pathlib import Path

import pytest

from pipeline.formats.frozen import open_document
from pipeline.formats.frozen.seen import Seen
from pipeline.tools import zips
from tests.makers import office_files as make


def frozen(folder: Path, kind: str, body: str, **more: str) -> tuple[str, Seen]:
    source = make.open_document(folder / "a.od", kind, body, **more)
    changed, seen = open_document.freeze(source, folder / "b.od")
    part = zips.read_member(folder / "b.od" if changed else source, "content.xml", max_bytes=2**20)
    return part.decode(), seen


FIELDS = ["date", "file-name", "page-count", "bookmark-ref", "expression", "page-number", "chapter"]
CELL = "<table:table-cell table:formula='of:=TODAY()' office:value-type='string'><text:p>旧</text:p></table:table-cell>"
ROWS = f"<table:table-row>{CELL}</table:table-row><table:table-row table:visibility='collapse'>{CELL}</table:table-row>"
OFF = "<style:style style:name='off'><style:{}/></style:style>"


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_becomes_its_text(tmp_path: Path, name: str) -> None:
    told, seen = frozen(tmp_path, "text", f"<text:p>前<text:{name} text:x='1'>存</text:{name}>后</text:p>")
    assert "<text:p>前存后</text:p>" in told and "".join(seen.text).strip() == "前存后"


def test_what_has_no_stored_value_is_told(tmp_path: Path) -> None:
    told, seen = frozen(tmp_path, "text", "<text:p><text:date/><text:creation-date/></text:p>")
    assert "<text:p></text:p>" in told and dict(seen.unsaved) == {"date": 1}


def test_formulas_and_sheets(tmp_path: Path) -> None:
    told, seen = frozen(
        tmp_path,
        "spreadsheet",
        f"<table:table table:name='一'>{ROWS}</table:table>"
        f"<table:table table:name='暗' table:style-name='off'>{ROWS}</table:table>",
        styles=OFF.format("table-properties table:display='false'"),
    )
    assert "formula" not in told and told.count("旧") == 4
    assert (seen.hidden_sheets, "".join(seen.text).split()) == (["暗"], ["旧"])
    assert seen.hidden_rows >= 1 and not seen.unsaved


def test_what_is_not_printed(tmp_path: Path) -> None:
    said = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    cells = said.format("", "印") + said.format("table:number-columns-repeated='2'", "重") + said.format("", "外")
    row = f"<table:table-row>{cells}</table:table-row>"
    rows = f"<table:table-row table:number-rows-repeated='3'><table:table-cell/></table:table-row>{row}{row}"
    _, seen = frozen(
        tmp_path,
        "spreadsheet",
        f"<table:table table:name='甲' table:print-ranges='甲.A1:甲.C4'>{rows}</table:table>"
        f"<table:table table:name='乙' table:print='false'>{row}</table:table>"
        f"<table:table table:name='丙'>{row}</table:table>",
    )
    assert dict(seen.outside) == {"甲": 4, "乙": 3} and "".join(seen.text).split() == ["印", "重", "印", "重", "外"]


def test_links_conditions_and_comments(tmp_path: Path) -> None:
    told, seen = frozen(
        tmp_path,
        "text",
        "<text:section><text:section-source/><text:p>节</text:p></text:section>"
        "<text:p><text:hidden-text text:condition='x' text:is-hidden='true'>暗</text:hidden-text></text:p>"
        "<text:p><office:annotation><text:p>批</text:p></office:annotation></text:p>"
        "<text:p><draw:frame><draw:image xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='file:///a.png'/></draw:frame></text:p>",
    )
    assert "section-source" not in told and "ooow:TRUE" in told
    assert (seen.comments, seen.hidden_text, list(seen.linked)) == (1, 1, ["file:///a.png"])
    assert "批" not in "".join(seen.text)


def test_a_slide_whose_date_follows_the_day(tmp_path: Path) -> None:
    told, seen = frozen(
        tmp_path,
        "presentation",
        "<presentation:date-time-decl presentation:name='d' presentation:source='current-date'/>"
        "<draw:page draw:name='暗页' draw:style-name='off'><text:p>暗</text:p></draw:page>",
        styles=OFF.format("drawing-page-properties presentation:visibility='hidden'"),
    )
    assert 'presentation:source="fixed"' in told and seen.unsaved.total() == 1
    assert (seen.hidden_slides, "".join(seen.text).strip()) == (["暗页"], "")
