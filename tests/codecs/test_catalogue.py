"""The catalogue as a whole: headers, rows, what is told of both."""

import os
from pathlib import Path

import pytest

from pipeline.codecs.catalogue import Catalogue, read_catalogue
from pipeline.domain.messages import message, word
from pipeline.profiles import load_profile
from tests.makers.catalogues import HEADER, ROW, csv_bytes, workbook

RULES = load_profile("county").delivery
DELIVERIES = Path(__file__).parents[1] / "fixtures" / "deliveries"


def read(path: Path, *, max_rows: int = 1000, max_bytes: int = 1 << 24) -> Catalogue:
    return read_catalogue(path, RULES, max_rows=max_rows, max_bytes=max_bytes)


def read_csv(folder: Path, *rows: tuple[str, ...]) -> Catalogue:
    path = folder / "catalogue.csv"
    path.write_bytes(csv_bytes(rows))
    return read(path)


def codes(catalogue: Catalogue) -> list[str]:
    return [finding.code for finding in catalogue.findings]


def test_the_demonstration_is_read() -> None:
    catalogue = read(DELIVERIES / "demo" / "catalogue.xlsx")
    assert len(catalogue.rows) == 10
    assert codes(catalogue) == []
    first, second = catalogue.rows[:2]
    assert (first.row, first.value("archival_code"), first.value("page_count")) == (2, "K021-ZY·FP·2019·Y-001", "6")
    assert (second.value("date"), "𠮷" in second.value("title")) == ("20190402", True)  # an Excel date
    assert first.value("remarks") and first.extra == ()
    assert first.value("files") == ""


def test_the_gb18030_catalogue_is_read() -> None:
    catalogue = read(DELIVERIES / "faulty" / "catalogue.csv")
    assert len(catalogue.rows) == 22
    assert catalogue.rows[0].value("archival_code") == "K０２１-WS·2020·Y-0001"
    assert "陈𠮷顺" in catalogue.rows[5].value("title")


def test_titles_may_stand_above_the_header_and_blank_rows_between(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, ("某县精准扶贫档案移交目录",), ("",), HEADER, ("", ""), ROW, ("",), ROW)
    assert [row.row for row in catalogue.rows] == [5, 7]
    assert codes(catalogue) == []


def test_a_header_repeated_on_each_printed_page_is_no_row(tmp_path: Path) -> None:
    assert [row.row for row in read_csv(tmp_path, HEADER, ROW, HEADER, ROW).rows] == [2, 4]


def test_a_required_column_that_is_missing_is_named(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, ("档号", "题名", "日期"), ("K021-1", "甲", "20200101"))
    assert (codes(catalogue), catalogue.missing) == ([], ("retention",))
    assert len(catalogue.rows) == 1


def test_a_table_without_a_code_column_is_no_catalogue(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, ("题名", "日期"), ("甲", "20200101"))
    assert [(f.code, f.fact("field")) for f in catalogue.findings] == [
        ("header_missing", word("field", "archival_code"))
    ]
    assert catalogue.rows == ()


def test_a_doubled_column_holds_the_rows_where_both_differ(tmp_path: Path) -> None:
    header = ("档号", "题名", "日期", "保管期限", "标题")
    same, other = ("K021-1", "甲", "20200101", "永久", "甲"), ("K021-2", "甲", "20200101", "永久", "乙")
    catalogue = read_csv(tmp_path, header, same, other)
    assert [(f.code, f.row, f.fact("header")) for f in catalogue.findings] == [
        ("header_doubled", None, "标题"),
        ("header_doubled", 3, "标题"),
    ]
    assert [row.value("title") for row in catalogue.rows] == ["甲", "甲"]


def test_columns_that_are_not_mapped_are_kept(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, (*HEADER, "柜号", "", "架位"), (*ROW, "3", "无表头", "7"))
    assert catalogue.unmapped == ("柜号", "架位")
    assert catalogue.rows[0].extra == (("柜号", "3"), ("#8", "无表头"), ("架位", "7"))


def test_a_header_alone_is_an_empty_catalogue(tmp_path: Path) -> None:
    assert codes(read_csv(tmp_path, HEADER)) == ["catalogue_empty"]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\x00\x00\x00"])
def test_nothing_is_no_catalogue(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(data)
    assert codes(read(path)) == ["header_missing"]


def test_control_and_lost_characters_are_told_and_taken_out(tmp_path: Path) -> None:
    title = "关于\x00脱贫\x0b的通知\ufffd"
    catalogue = read_csv(tmp_path, HEADER, (ROW[0], title, *ROW[2:]))
    assert catalogue.rows[0].value("title") == "关于脱贫的通知"
    assert [(f.code, f.row, f.fact("header")) for f in catalogue.findings] == [("value_garbled", 2, "题名")]


def test_half_a_catalogue_is_none(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(csv_bytes([HEADER, *([ROW] * 5)]))
    too_many = read(path, max_rows=4)
    assert (too_many.rows, codes(too_many)) == ((), ["catalogue_too_large"])
    too_big = read(path, max_bytes=100)
    assert (too_big.rows, codes(too_big)) == ((), ["catalogue_too_large"])


def test_the_content_decides_not_the_extension(tmp_path: Path) -> None:
    path = workbook(tmp_path / "catalogue.csv", [HEADER, ROW])
    assert len(read(path).rows) == 1


def test_a_workbook_with_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.xlsx"
    path.write_bytes((DELIVERIES.parent / "files" / "password.docx").read_bytes())
    catalogue = read(path)
    assert codes(catalogue) == ["catalogue_unreadable"]
    assert catalogue.findings[0].fact("reason") == message("has_password")


@pytest.mark.parametrize("data", [b"<html><table><tr><td>", b'\xef\xbb\xbf\r\n<?xml version="1.0"?><Workbook>'])
def test_a_web_page_called_a_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    """Not said to lack a column that its reader sees in Excel."""
    path = tmp_path / "catalogue.xlsx"
    path.write_bytes(data + "档号".encode())
    assert codes(read(path)) == ["catalogue_unreadable"]


def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_bytes(csv_bytes([HEADER, ROW]))
    (tmp_path / "link.csv").symlink_to("real.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("link.csv", "pipe.csv", "none.csv"):
        with pytest.raises(OSError):
            read(tmp_path / name)


def test_rows_that_sum_up_or_sign_are_no_records_and_are_told_once(tmp_path: Path) -> None:
    rows = [
        ("合 计", "", "", "", "", "12"),
        ("", "小计：2件"),
        ("", "制表人：张某"),
        ("", "注：以上为首批"),
        HEADER,
        ("档号（续）", "题名"),
    ]
    catalogue = read_csv(tmp_path, ("归档文件目录",), HEADER, ROW, *rows, ("归档文件目录",), ROW)
    assert [row.row for row in catalogue.rows] == [3, 11]
    assert [(f.code, f.fact("rows")) for f in catalogue.findings] == [("rows_passed_over", "4、5、6、7、9")]


def test_a_title_that_begins_like_a_sum_is_a_title(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, HEADER, (ROW[0], "合计资金分配表", *ROW[2:]))
    assert (len(catalogue.rows), codes(catalogue)) == (1, [])


def test_the_row_with_most_headers_is_the_header(tmp_path: Path) -> None:
    catalogue = read_csv(tmp_path, ("档号", "题名", "责任者", "归档", "", "页数"), HEADER, ROW)
    assert [(row.row, row.value("retention")) for row in catalogue.rows] == [(3, "永久")]


def test_near_headers_are_taken_and_told_once(tmp_path: Path) -> None:
    header = ("档案号", "文件题名", "责任人", "文件日期", "保管 期限", "页 数（页）", "柜号")
    catalogue = read_csv(tmp_path, header, (*ROW, "3"), (*ROW, "4"))
    assert [(f.code, f.fact("header")) for f in catalogue.findings] == [
        ("header_matched", "档案号"),
        ("header_matched", "文件题名"),
        ("header_matched", "责任人"),
        ("header_matched", "文件日期"),
        ("header_matched", "页 数（页）"),
        ("header_unmapped", "柜号"),
    ]
    assert [catalogue.rows[0].value(name) for name in ("archival_code", "title", "page_count")] == [ROW[0], ROW[1], "2"]
    assert ("title", "文件题名") in catalogue.rows[0].near


def test_a_list_of_photographs_is_read_by_the_numbers_of_the_photographs(tmp_path: Path) -> None:
    code = "K021-ZP·2019·D30-025-005"
    catalogue = read_csv(
        tmp_path, ("照片号", "题名", "时间", "摄影者", "地点"), (code, "开工", "20190501", "李某", "柳树村")
    )
    row = catalogue.rows[0]
    assert (row.value("archival_code"), row.value("photo_number"), row.value("place")) == (code, code, "柳树村")
    assert ("header_matched", "照片号") in [(f.code, f.fact("header")) for f in catalogue.findings]
    assert "照片号" not in dict(row.cells)
