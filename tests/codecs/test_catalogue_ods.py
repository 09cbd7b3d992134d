"""OpenDocument spreadsheets: what is shown, repeated or locked. `test_catalogue_programs` has whole ones."""

from pathlib import Path

import pytest

from pipeline.codecs.catalogue import Catalogue, read_catalogue
from pipeline.domain.messages import message
from pipeline.profiles import load_profile
from tests.makers.catalogues import HEADER, ROW
from tests.makers.open_document import ods, row, text_cells

RULES = load_profile("county").delivery


def read(path: Path) -> Catalogue:
    return read_catalogue(path, RULES, max_rows=1000, max_bytes=1 << 24)


def codes(catalogue: Catalogue) -> list[str]:
    return [finding.code for finding in catalogue.findings]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ('office:value-type="float" office:value="401"><text:p>K021-0401</text:p>', "K021-0401"),
        ('office:value-type="float" office:value="7"><text:p>0007</text:p>', "0007"),
        ('office:value-type="float" office:value="1234567"><text:p>1,234,567.00</text:p>', "1234567"),
        ('office:value-type="float" office:value="-5"><text:p>-5</text:p>', "-5"),
        ('office:value-type="float" office:value="20190315"><text:p>2019-03-15</text:p>', "2019-03-15"),
        ('office:value-type="percentage" office:value="0.5"><text:p>50%</text:p>', "50%"),
        ('office:value-type="date" office:date-value="2019-03-15"><text:p>3月15日</text:p>', "20190315"),
        ('office:value-type="date" office:date-value="2019-03-15T09:30:00"><text:p>x</text:p>', "20190315 09:30:00"),
        ('office:value-type="time" office:time-value="PT09H30M00S"><text:p>9:30</text:p>', "09:30:00"),
        ('office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p>', "TRUE"),
        (
            "><text:p>关于<text:span>扶贫</text:span>的<text:s text:c='2'/>通知</text:p><text:p>二</text:p>",
            "关于扶贫的  通知\n二",
        ),
        (">\n<office:annotation><text:p>批注</text:p></office:annotation><text:p>甲</text:p>", "甲"),
    ],
)
def test_cells_as_they_are_shown(tmp_path: Path, cell: str, seen: str) -> None:
    more = f"<table:table-cell {cell}</table:table-cell>"
    catalogue = read(ods(tmp_path / "c.ods", row(*HEADER, "柜号"), row(*ROW, more=more)))
    assert catalogue.rows[0].extra == (("柜号", seen),)


def test_repeated_cells_and_rows(tmp_path: Path) -> None:
    cells = '<table:table-cell table:number-columns-repeated="16384"/>'
    blank = f'<table:table-row table:number-rows-repeated="1048000">{cells}</table:table-row>'
    twice = f'<table:table-row table:number-rows-repeated="2">{text_cells(*ROW)}</table:table-row>'
    catalogue = read(ods(tmp_path / "c.ods", row(*HEADER), twice, blank, row(*ROW)))
    assert [each.row for each in catalogue.rows] == [2, 3, 1_048_004]


def test_an_error_is_told(tmp_path: Path) -> None:
    about = 'office:value-type="string" table:formula="of:=1/0" calcext:value-type="error"'
    error = f"<table:table-cell {about}><text:p>#DIV/0!</text:p></table:table-cell>"
    catalogue = read(ods(tmp_path / "c.ods", row(*HEADER), row(*ROW, more=error)))
    assert [(f.code, f.row, f.fact("column"), f.fact("content")) for f in catalogue.findings] == [
        ("cell_without_value", 2, "G", "#DIV/0!")
    ]


def test_hidden_sheets_are_told(tmp_path: Path) -> None:
    about = '<style:table-properties table:display="false"/>'
    style = f'<style:style style:name="ta2" style:family="table">{about}</style:style>'
    hidden = f'<table:table table:name="旧目录" table:style-name="ta2">{row(*HEADER)}{row(*ROW)}</table:table>'
    catalogue = read(ods(tmp_path / "c.ods", row(*HEADER), row(*ROW), styles=style, tables=hidden))
    assert (len(catalogue.rows), codes(catalogue)) == (1, ["catalogue_left_out"])


def test_a_locked_one_is_refused(tmp_path: Path) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    (told,) = read(ods(tmp_path / "c.ods", row(*HEADER), manifest=manifest)).findings
    assert told.fact("reason") == message("has_password")


@pytest.mark.parametrize("rows", ["<table:table-row", '<table:table-row table:number-rows-repeated="x"/>'])
def test_a_broken_one_is_refused(tmp_path: Path, rows: str) -> None:
    assert codes(read(ods(tmp_path / "c.ods", row(*HEADER), rows))) == ["catalogue_unreadable"]


def test_what_is_repeated_too_often_is_refused(tmp_path: Path) -> None:
    many = f'<table:table-row table:number-rows-repeated="5000">{text_cells(*ROW)}</table:table-row>'
    catalogue = read(ods(tmp_path / "c.ods", row(*HEADER), many))
    assert (catalogue.rows, codes(catalogue)) == ((), ["catalogue_too_large"])
