"""Excel workbooks: cells as their readers see them, and workbooks that mean harm."""

import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.codecs.catalogue import Catalogue, read_catalogue
from pipeline.domain.messages import message
from pipeline.profiles import load_profile
from tests.makers.catalogues import HEADER, ROW, rewritten, workbook

RULES = load_profile("county").delivery


def read(path: Path, *, max_bytes: int = 1 << 24) -> Catalogue:
    return read_catalogue(path, RULES, max_rows=1000, max_bytes=max_bytes)


def codes(catalogue: Catalogue) -> list[str]:
    return [finding.code for finding in catalogue.findings]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (6, "6"),
        (6.0, "6"),
        (20200110, "20200110"),
        (2.5, "2.5"),
        ("0007", "0007"),
        ("'0007", "'0007"),
        (True, "TRUE"),
        (date(2020, 1, 10), "20200110"),
        (datetime(2020, 1, 10), "20200110"),  # noqa: DTZ001 - a workbook knows no zone
        (datetime(2020, 1, 10, 9, 30), "20200110 09:30:00"),  # noqa: DTZ001
        ("　前后有空格 ", "前后有空格"),
        ("陈𠮷顺", "陈𠮷顺"),
    ],
)
def test_cells_as_text(tmp_path: Path, cell: object, text: str) -> None:
    path = workbook(tmp_path / "c.xlsx", [(*HEADER, "柜号"), (*ROW, cell)])
    assert read(path).rows[0].extra == (("柜号", text),)


def test_zeros_that_the_format_shows_are_kept(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet["G2"].number_format = "0000"

    path = workbook(tmp_path / "c.xlsx", [(*HEADER, "柜号"), (*ROW, 7)], change=change)
    assert read(path).rows[0].extra == (("柜号", "0007"),)


def test_hidden_sheets_are_passed_over_and_the_table_may_stand_on_any_other(tmp_path: Path) -> None:
    def change(book: Workbook, _: Worksheet) -> None:
        hidden = book.create_sheet("旧目录", 0)
        for row in (HEADER, ROW, ROW):
            hidden.append(list(row))
        hidden.sheet_state = "hidden"
        book.create_sheet("填表说明", 1).append(["先填档号"])

    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW], change=change)
    catalogue = read(path)
    assert (len(catalogue.rows), codes(catalogue)) == (1, ["catalogue_left_out"])
    assert catalogue.findings[0].fact("sheets") == "旧目录"


def test_a_hidden_sheet_with_nothing_in_it_is_no_matter(tmp_path: Path) -> None:
    def change(book: Workbook, _: Worksheet) -> None:
        book.create_sheet("空").sheet_state = "veryHidden"

    assert codes(read(workbook(tmp_path / "c.xlsx", [HEADER, ROW], change=change))) == []


def test_two_tables_are_one_too_many(tmp_path: Path) -> None:
    def change(book: Workbook, _: Worksheet) -> None:
        second = book.create_sheet("2020年")
        for row in (HEADER, ROW):
            second.append(list(row))

    catalogue = read(workbook(tmp_path / "c.xlsx", [HEADER, ROW], change=change))
    assert (catalogue.rows, codes(catalogue)) == ((), ["two_catalogue_sheets"])


def test_vertically_merged_cells_speak_for_each_row(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("A1:A1")

    rows = [(f"K021-{n}", "甲", "某乡" if n == 1 else None, "20200101", "永久", 1) for n in (1, 2, 3, 4)]
    catalogue = read(workbook(tmp_path / "c.xlsx", [HEADER, *rows], change=change))
    assert [row.value("creator") for row in catalogue.rows] == ["某乡", "某乡", "某乡", ""]


def test_a_formula_without_its_value_is_told(tmp_path: Path) -> None:
    rows = [HEADER, ROW, (*ROW[:1], '=B2&"（续）"', *ROW[2:])]
    catalogue = read(workbook(tmp_path / "c.xlsx", rows))
    assert [(f.code, f.row, f.fact("column"), f.fact("content")) for f in catalogue.findings] == [
        ("cell_without_value", 3, "B", '=B2&"（续）"')
    ]
    assert catalogue.rows[1].value("title") == ""


def test_a_formula_with_its_value_and_an_error(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, (*ROW[:5], "=1+1"), (*ROW[:5], "=1/0")])

    def saved(name: str, data: bytes) -> bytes:
        if name.endswith("sheet1.xml"):
            data = re.sub(rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>2</v>", data)
            data = re.sub(rb'(<c r="F3"[^>]*?)><f>1/0</f><v ?/?>(</v>)?', rb'\1 t="e"><f>1/0</f><v>#DIV/0!</v>', data)
        return data

    catalogue = read(rewritten(path, saved))
    assert catalogue.rows[0].value("page_count") == "2"
    assert [(f.code, f.row, f.fact("content")) for f in catalogue.findings] == [("cell_without_value", 3, "#DIV/0!")]


@pytest.mark.parametrize("claimed", [b"A1:XFD1048576", b"A1:A1"])
def test_a_wrong_dimension_does_not_matter(tmp_path: Path, claimed: bytes) -> None:
    def change(_: str, data: bytes) -> bytes:
        return re.sub(rb'dimension ref="[^"]*"', b'dimension ref="' + claimed + b'"', data)

    path = rewritten(workbook(tmp_path / "c.xlsx", [HEADER, ROW]), change)
    assert [row.row for row in read(path).rows] == [2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2"', b'<row r="99999999999"'),
        (b'r="A2"', b'r="ZZZZZZ2"'),
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFE99999999"/></mergeCells>'),
        (b"</sheetData>", b"</sheetDa"),
        (b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet'),
    ],
)
def test_a_hostile_sheet_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    hostile = rewritten(path, lambda name, data: data.replace(old, new, 1) if name.endswith("sheet1.xml") else data)
    assert hostile.stat().st_size > 0
    catalogue = read(hostile)
    assert (catalogue.rows, codes(catalogue)) == ((), ["catalogue_unreadable"])


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as bomb:
        for _ in range(80):
            bomb.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    assert codes(read(path)) == ["catalogue_unreadable"]


def test_a_part_that_would_be_held_whole_in_memory_is_refused(tmp_path: Path) -> None:
    """Six hundred thousand cell formats are a tenth of a megabyte zipped and a gigabyte read."""
    formats = b'<xf numFmtId="0"/>' * 600_000
    path = rewritten(
        workbook(tmp_path / "c.xlsx", [HEADER, ROW]),
        lambda name, data: (
            data.replace(b"</cellXfs>", formats + b"</cellXfs>") if name.endswith("styles.xml") else data
        ),
    )
    assert codes(read(path)) == ["catalogue_unreadable"]


@pytest.mark.timeout(60)
def test_any_number_of_merged_ranges_may_begin_in_one_row(tmp_path: Path) -> None:
    merges = b"".join(b'<mergeCell ref="H2:H%d"/>' % row for row in range(3, 100_003))
    path = rewritten(
        workbook(tmp_path / "c.xlsx", [HEADER, ROW]),
        lambda name, data: (
            data.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")
            if name.endswith("sheet1.xml")
            else data
        ),
    )
    assert len(read(path).rows) == 1


def test_what_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, *([ROW] * 900)])
    assert codes(read(path, max_bytes=path.stat().st_size)) == ["catalogue_unreadable"]


@pytest.mark.parametrize("cut", [4, 100, 1000])
def test_a_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    path.write_bytes(path.read_bytes()[:cut])
    catalogue = read(path)
    assert (catalogue.rows, codes(catalogue)) == ((), ["catalogue_unreadable"])


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert codes(read(path)) == ["catalogue_unreadable"]


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
def test_a_part_that_is_no_xml_is_refused(tmp_path: Path, part: str) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    broken = rewritten(path, lambda name, data: b"<a><b></a>" if name == part else data)
    catalogue = read(broken)
    assert (catalogue.rows, codes(catalogue)) == ((), ["catalogue_unreadable"])


def changed(path: Path, old: bytes, new: bytes, part: str = "sheet1.xml") -> Path:
    return rewritten(path, lambda name, data: data.replace(old, new) if name.endswith(part) else data)


def test_the_strict_kind_of_workbook_is_read(tmp_path: Path) -> None:
    path = rewritten(
        workbook(tmp_path / "c.xlsx", [HEADER, ROW]),
        lambda _, data: data.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )
    strict_date = b'<c r="D2" t="d"><v>2020-01-10T00:00:00</v></c>'
    path = rewritten(path, lambda _, data: re.sub(rb'<c r="D2".*?</c>', strict_date, data))
    (row,) = read(path).rows
    assert (row.value("archival_code"), row.value("date")) == (ROW[0], "20200110")


@pytest.mark.parametrize(
    ("saved", "seen"),
    [
        ("甲_x000D_\n乙", "甲\n乙"),
        ("_x005F_x41_样表", "_x41_样表"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD842__xDFB7_顺", "𠮷顺"),
        ("a_x0041_", "aA"),
        ("_x41_", "_x41_"),
    ],
)
def test_escaped_characters_are_what_they_stand_for(tmp_path: Path, saved: str, seen: str) -> None:
    path = workbook(tmp_path / "c.xlsx", [(*HEADER, "柜号"), (*ROW, saved)])
    assert read(path).rows[0].extra == (("柜号", seen),)


def test_runs_are_put_together_and_readings_left_out(tmp_path: Path) -> None:
    rich = "<is><r><t>关于</t></r><r><rPr><b/></rPr><t>扶贫</t></r><rPh sb='0' eb='1'><t>guanyu</t></rPh></is>".encode()
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    path = rewritten(
        path,
        lambda name, data: (
            re.sub(rb'<c r="B2".*?</c>', b'<c r="B2" t="inlineStr">' + rich + b"</c>", data)
            if name.endswith("sheet1.xml")
            else data
        ),
    )
    assert read(path).rows[0].value("title") == "关于扶贫"


def test_days_may_count_from_1904(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, (*ROW[:3], date(2020, 1, 10), *ROW[4:])])
    path = changed(path, b"<workbookPr/>", b'<workbookPr date1904="1"/>', "workbook.xml")
    assert read(path).rows[0].value("date") == "20240111"


def test_hidden_rows_columns_and_comments_are_told(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["E"].hidden = True
        sheet["A2"].comment = Comment("请核对", "审核人")

    catalogue = read(workbook(tmp_path / "c.xlsx", [HEADER, ROW], change=change))
    assert len(catalogue.rows) == 1
    assert [(f.code, f.fact("rows"), f.fact("columns"), f.fact("count")) for f in catalogue.findings] == [
        ("catalogue_hidden_read", "2", "E", ""),
        ("catalogue_comments", "", "", "1"),
    ]


def test_cells_may_come_without_their_places(tmp_path: Path) -> None:
    path = workbook(tmp_path / "c.xlsx", [HEADER, ROW])
    path = rewritten(
        path, lambda name, data: re.sub(rb' r="[A-Z]*\d+"', b"", data) if name.endswith("sheet1.xml") else data
    )
    assert [row.value("archival_code") for row in read(path).rows] == [ROW[0]]


def test_one_endless_row_is_refused(tmp_path: Path) -> None:
    cells = b"<c><v>1</v></c>" * 3_000_000
    path = changed(workbook(tmp_path / "c.xlsx", [HEADER, ROW]), b"</row></sheetData>", cells + b"</row></sheetData>")
    assert codes(read(path, max_bytes=1 << 26)) == ["catalogue_unreadable"]


def test_a_binary_workbook_is_named(tmp_path: Path) -> None:
    path = changed(
        workbook(tmp_path / "c.xlsx", [HEADER, ROW]),
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
        "[Content_Types].xml",
    )
    (told,) = read(path).findings
    assert told.fact("reason") == message("binary_workbook")
