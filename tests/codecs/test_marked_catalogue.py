"""A catalogue as it stands, and its copy with the faults marked."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.codecs.marked_catalogue import COLOURS, Mark, Sheet, catalogue_sheet, write_marked
from pipeline.profiles import load_profile
from tests.makers.catalogues import workbook
from tests.makers.open_document import ods, row

RULES = load_profile("county").delivery


def sheet_of(path: Path) -> Sheet:
    sheet = catalogue_sheet(path, RULES, max_bytes=1 << 20)
    assert sheet is not None
    return sheet


def written(path: Path, sheet: Sheet, marks: list[tuple[int, list[Mark]]], general: tuple[tuple[str, str], ...] = ()):  # type: ignore[no-untyped-def]
    write_marked(path, sheet, marks, title="目录", last_column="检查发现", general_title="整批问题", general=general)
    return load_workbook(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_rows_stand_where_they_stood_and_faults_are_marked(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "目录.csv"
    path.write_bytes("某县移交目录\n\n档号,题名,日期\nK-1,=1+1,2019\n\nK-2,题名\x1b二,\n".encode(encoding))
    sheet = sheet_of(path)
    assert (sheet.header, sheet.fields["archival_code"], sheet.fields["date"]) == (3, 0, 2)
    marks = [
        (4, [Mark(column=2, severity="warning", text="提醒"), Mark(column=2, severity="error", text="日期格式不正确")]),
        (6, [Mark(column=2, severity="question", text="没有填写")]),
    ]
    page = written(tmp_path / "out.xlsx", sheet, marks)["目录"]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3)] == [
        ["档号", "题名", "日期", "检查发现"],
        ["K-1", "=1+1", "2019", "提醒\n日期格式不正确"],
        [None, None, None, None],
        ["K-2", "题名⟨U+001B⟩二", None, "没有填写"],
    ]
    assert page["B4"].data_type != "f"
    assert page["C4"].fill.fgColor.rgb.endswith(COLOURS["error"])
    assert page["C6"].fill.fgColor.rgb.endswith(COLOURS["question"])
    assert page["C4"].comment.text == "提醒\n日期格式不正确"
    assert page["A4"].comment is None


def test_a_workbook_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "catalogue.xlsx", [["档号", "题名"], ["K-0001", "甲"]])
    page = written(tmp_path / "out.xlsx", sheet_of(path), [(2, [Mark(column=0, severity="error", text="错")])])["目录"]
    assert (page["A2"].value, page["A2"].comment.text) == ("K-0001", "错")


def test_a_workbook_stays_open_until_its_rows_are_read(tmp_path: Path) -> None:
    many = [row(f"K-{number:05d}", "一份很长的题名" * 20) for number in range(3000)]
    path = ods(tmp_path / "c.ods", row("档号", "题名"), *many)
    rows = workbook(tmp_path / "c.xlsx", [["照片号", "题名"], *([f"K-{n:05d}", "题名" * 60] for n in range(3000))])
    for each in (path, rows):
        assert sum(1 for _ in sheet_of(each).rows) == 3001


def test_what_belongs_to_no_row_has_a_sheet_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("档号\nK-1\n", "utf-8")
    book = written(tmp_path / "out.xlsx", sheet_of(path), [], (("error", "多出文件"),))
    assert book["整批问题"]["A1"].value == "多出文件"


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0", b"a,b\n1,2\n"])
def test_what_is_no_catalogue_gives_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    assert catalogue_sheet(path, RULES, max_bytes=1 << 20) is None
    assert catalogue_sheet(tmp_path / "gone.csv", RULES, max_bytes=1 << 20) is None
