"""Packages: each part by what its root is; what lies outside is named."""

from pathlib import Path

from pipeline.formats.frozen import package_xml
from pipeline.tools import zips
from tests.makers import office_files as make
from tests.makers.received import FILES

BYTES = 2**24


def test_headers_and_text_of_a_document(tmp_path: Path) -> None:
    source = make.docx(
        tmp_path / "a.docx",
        f"<w:p>{make.field('DATE', '旧日')}</w:p>",
        header=make.field("PAGE", "1"),
        outside="file:///D:/a.jpg",
    )
    changed, seen = package_xml.freeze(source, tmp_path / "b.docx", max_bytes=BYTES)
    assert changed and "".join(seen.text).strip() == "旧日" and list(seen.linked) == ["file:///D:/a.jpg"]
    parts = {name: zips.read_member(tmp_path / "b.docx", name, max_bytes=BYTES) for name in zips.names(source)}
    assert b"fldChar" not in parts["word/document.xml"] and b"fldChar" in parts["word/header1.xml"]


def test_what_has_nothing_live_is_left_as_it_is(tmp_path: Path) -> None:
    changed, seen = package_xml.freeze(FILES / "sound.docx", tmp_path / "b.docx", max_bytes=BYTES)
    assert not changed and not (tmp_path / "b.docx").exists() and "BOLD" in "".join(seen.text)


def test_sheets_are_found_by_their_relationships(tmp_path: Path) -> None:
    source = make.xlsx(
        tmp_path / "a.xlsx",
        '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C9" t="s"><v>0</v></c></row>',
        strings=("外", "内"),
        workbook='<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">表!$A$1:$B$2</definedName>'
        "</definedNames>",
    )
    _, seen = package_xml.freeze(source, tmp_path / "b.xlsx", max_bytes=BYTES)
    assert ("".join(seen.text).strip(), dict(seen.outside)) == ("内", {"表": 1})


def test_hidden_slides_bear_their_number(tmp_path: Path) -> None:
    source = make.with_slide_text(tmp_path / "a.pptx", "<a:p><a:r><a:t>暗</a:t></a:r></a:p>", show="0")
    _, seen = package_xml.freeze(source, tmp_path / "b.pptx", max_bytes=BYTES)
    assert len(seen.hidden_slides) == 1 and seen.hidden_slides[0].isdigit() and "暗" not in "".join(seen.text)
