"""Findings beside the cells they are about."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.codecs.marked_catalogue import catalogue_sheet
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import word
from pipeline.profiles import load_profile
from pipeline.reports.marking import write_returned
from tests.makers.told import ended, told

RULES = load_profile("county").delivery


def marked(folder: Path, *outcomes: object, general: tuple[Finding, ...] = ()):  # type: ignore[no-untyped-def]
    source = folder / "c.csv"
    source.write_text("档号,题名,日期,备注\nK-2,甲,2019,\n,乙,2019,\nK-4,丙,,x\n", "utf-8")
    sheet = catalogue_sheet(source, RULES, max_bytes=1 << 20)
    assert sheet is not None
    write_returned(folder / "out.xlsx", sheet, told(*outcomes, general=general, lang="zh"))  # type: ignore[arg-type]
    return load_workbook(folder / "out.xlsx")


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        (finding("date_invalid", "K-4", row=4, value="x"), "C4"),
        (finding("value_missing", "c.csv", row=4, field=word("field", "title")), "B4"),
        (finding("value_garbled", "c.csv", row=4, header="备注"), "D4"),
        (finding("row_without_files", "K-4", row=4), "A4"),
        (finding("damaged_file", "files/1.jpg", row=4), "A4"),
    ],
)
def test_each_beside_its_cell(tmp_path: Path, found: Finding, cell: str) -> None:
    page = marked(tmp_path, ended(2), ended(4, found)).worksheets[0]
    commented = [each.coordinate for row in page.iter_rows() for each in row if each.comment]
    assert commented == [cell]


def test_rows_that_are_no_records_and_the_whole_delivery(tmp_path: Path) -> None:
    general = (
        finding("value_missing", "c.csv", row=3, field=word("field", "archival_code")),
        finding("files_without_row", "files/x", count=2),
        finding("header_unmapped", "c.csv", header="备注"),
    )
    book = marked(tmp_path, ended(2), ended(4), general=general)
    assert book.worksheets[0]["A3"].comment is not None
    assert len(list(book.worksheets[1].iter_rows())) == 1
    assert "files/x" in book.worksheets[1]["A1"].value
