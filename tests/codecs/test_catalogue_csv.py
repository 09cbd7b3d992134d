"""CSV: encodings, separators, quotes."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.catalogue import Catalogue, read_catalogue
from pipeline.codecs.catalogue_csv import csv_table
from pipeline.profiles import load_profile
from tests.makers.catalogues import HEADER, ROW, csv_bytes

RULES = load_profile("county").delivery


def read(folder: Path, data: bytes) -> Catalogue:
    path = folder / "catalogue.csv"
    path.write_bytes(data)
    return read_catalogue(path, RULES, max_rows=1000, max_bytes=1 << 24)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    catalogue = read(tmp_path, csv_bytes([("某县目录",), HEADER, ROW], encoding=encoding, separator=separator))
    assert catalogue.findings == ()
    assert catalogue.rows[0].value("archival_code") == ROW[0]
    assert catalogue.rows[0].value("creator") == "某县扶贫开发办公室"


def test_the_mark_of_gb18030_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    data = bytes.fromhex("84319533") + csv_bytes([HEADER, ROW], encoding="gb18030")
    assert read(tmp_path, data).rows[0].value("archival_code") == ROW[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark(tmp_path: Path, encoding: str) -> None:
    rows = [HEADER, (ROW[0], "一、一件", *ROW[2:])]  # the low byte of U+4E00 is a zero, too
    assert read(tmp_path, csv_bytes(rows, encoding=encoding)).rows[0].value("title") == "一、一件"


def test_codes_of_the_private_area_are_read_as_the_edition_of_2022_has_them(tmp_path: Path) -> None:
    title = "关于".encode("gb18030") + bytes.fromhex("FE59FE61FE66FE67A8BCA6D9FE51")
    data = csv_bytes([HEADER], encoding="gb18030") + b",".join([b"K021-1", title, b"a,20200101,Y,1\r\n"])
    assert read(tmp_path, data).rows[0].value("title") == "关于\u9fb4\u9fb5\u9fb6\u9fb7\u1e3f\ufe10\U00020087"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ('="K021-1"', "K021-1"), ('"=""K021-1"""', "K021-1"), ("'K021-1", "K021-1"), ("'甲'和乙", "'甲'和乙"),
        ("=A1", "=A1"), ('=""', ""),
    ],
)  # fmt: skip
def test_what_keeps_a_code_from_becoming_a_number_is_no_part_of_it(tmp_path: Path, typed: str, seen: str) -> None:
    text = ",".join((*HEADER, "备注2")) + "\n" + ",".join((*ROW, typed)) + "\n"
    assert dict(read(tmp_path, text.encode()).rows[0].extra).get("备注2", "") == seen


def test_rare_characters_survive_gb18030(tmp_path: Path) -> None:
    title = "陈𠮷顺、刘㐱德、㛃"
    catalogue = read(tmp_path, csv_bytes([HEADER, (ROW[0], title, *ROW[2:])], encoding="gb18030"))
    assert catalogue.rows[0].value("title") == title


@pytest.mark.parametrize(
    "data",
    [
        csv_bytes([HEADER, ROW], encoding="utf-8") + b"\xb5\xb5,\xff\xff\r\n",
        csv_bytes([HEADER, ROW], encoding="gb18030") + b"\xff",
        b"\xff\xfe" + csv_bytes([HEADER, ROW], encoding="utf-16-le")[:-1],
    ],
)
def test_what_fits_no_encoding_is_refused_not_guessed(tmp_path: Path, data: bytes) -> None:
    catalogue = read(tmp_path, data)
    assert [f.code for f in catalogue.findings] == ["catalogue_encoding"]
    assert catalogue.rows == ()


def test_the_row_at_fault_is_named(tmp_path: Path) -> None:
    catalogue = read(tmp_path, csv_bytes([HEADER, ROW], encoding="gb18030") + b"\xb5\xb5,\xff\xff\r\n")
    assert catalogue.findings[0].row == 3


def test_big5_is_not_taken_for_gb18030_in_silence(tmp_path: Path) -> None:
    catalogue = read(tmp_path, csv_bytes([("檔號", "題名"), ("K021-1", "關於扶貧的通知")], encoding="big5"))
    assert catalogue.rows == ()
    assert catalogue.findings[0].code in {"catalogue_encoding", "header_missing"}


def test_quotes_commas_and_line_feeds_in_cells(tmp_path: Path) -> None:
    out = io.StringIO(newline="")
    title = '关于"两不愁，三保障"的\n通知'
    csv.writer(out).writerows([HEADER, (ROW[0], title, *ROW[2:]), ROW])
    catalogue = read(tmp_path, out.getvalue().encode("gb18030"))
    assert catalogue.rows[0].value("title") == title
    assert [row.row for row in catalogue.rows] == [2, 3]  # rows as a spreadsheet shows them, not lines


@pytest.mark.parametrize("cell", ['"没有关上', '"两不愁"落实情况'])
def test_a_quote_gone_wrong_ends_the_reading_at_its_row(tmp_path: Path, cell: str) -> None:
    text = ",".join(HEADER) + "\n" + ",".join(ROW) + f"\nK021-2,{cell},甲,20200101,永久,1\n" + ",".join(ROW) + "\n"
    catalogue = read(tmp_path, text.encode())
    assert [(f.code, f.row) for f in catalogue.findings] == [("catalogue_unreadable", 3)]
    assert catalogue.rows == ()


def test_a_quote_gone_wrong_in_the_first_row_is_no_empty_catalogue(tmp_path: Path) -> None:
    text = ",".join(HEADER) + '\nK021-2,"两不愁"落实情况,甲,20200101,永久,1\n'
    assert [f.code for f in read(tmp_path, text.encode()).findings] == ["catalogue_unreadable"]


@given(st.binary(max_size=400))
def test_any_bytes_make_rows_or_a_finding(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()
    catalogue = read(folder, data)
    assert catalogue.rows or catalogue.findings


cells = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co"]), max_size=12).map(lambda text: text.strip(" \"'="))
cells = cells.filter(lambda text: text == text.strip())


@given(st.lists(st.tuples(cells, cells, cells), max_size=6), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_what_was_written_is_read(rows: list[tuple[str, str, str]], encoding: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("档号", "题名", "日期"), *rows])
    table = csv_table(out.getvalue().encode(encoding), name="c.csv", score=lambda found: len({"档号"} & set(found)))
    assert [found for _, found in table.rows][1:] == rows
    assert table.findings == []
