"""One catalogue in every format that office programs write, compared with what LibreOffice itself shows of it.

Columns × formats: the workbook is made cell by cell, LibreOffice saves it as .xls, .ods and, as it shows it, .html.
"""

import datetime
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.codecs.catalogue import Catalogue, read_catalogue
from pipeline.profiles import load_profile
from tests.makers.apart import SOFFICE
from tests.makers.catalogues import workbook

RULES = load_profile("county").delivery
FORMATS = ("xlsx", "xls", "ods")

CELLS: tuple[tuple[str, object, str, str], ...] = (
    ("文本", "通知", "General", "通知"),
    ("数", 6, "General", "6"),
    ("小数", 2.5, "General", "2.5"),
    ("文本数字", "0007", "@", "0007"),
    ("补零", 7, "0000", "0007"),
    ("带字的号", 401, '"K021-WS·2019·D10-"0000', "K021-WS·2019·D10-0401"),
    ("页", 12, '0"页"', "12页"),
    ("百分数", 0.5, "0%", "50%"),
    ("千分位", 1234567, "#,##0", "1234567"),
    ("两位小数", 6, "0.00", "6"),
    ("日期", datetime.date(2019, 3, 15), "yyyy-mm-dd", "20190315"),
    ("中文日期", datetime.date(2019, 3, 15), 'yyyy"年"m"月"d"日"', "20190315"),
    ("年月", datetime.date(2019, 3, 15), 'yyyy"年"m"月"', "20190315"),
    ("月日", datetime.date(2019, 3, 15), 'm"月"d"日"', "20190315"),
    ("日期时间", datetime.datetime(2019, 5, 1, 9, 30), "yyyy/m/d h:mm", "20190501 09:30:00"),  # noqa: DTZ001
    ("时间", datetime.time(9, 30), "h:mm:ss", "09:30:00"),
    ("真假", True, "General", "TRUE"),
    ("公式", '=B1&"（续）"', "General", "文本（续）"),
    ("公式数", "=1+1", "General", "2"),
    ("换行", "甲\n乙", "General", "甲\n乙"),
    ("罕用字", "陈𠮷顺、㐱", "General", "陈𠮷顺、㐱"),
    ("长文", "很长的题名" * 2000, "General", "很长的题名" * 2000),
    ("空", None, "General", ""),
)  # fmt: skip
"""Header, cell, number format, what must be read."""
CODES = tuple(f"K021-WS·2019·D10-{number:04d}" for number in range(1, 5))


def _filled(book: Workbook, sheet: Worksheet) -> None:
    for row in range(2, 2 + len(CODES)):
        for column, (_, value, number_format, _) in enumerate(CELLS, 2):
            cell = sheet.cell(row=row, column=column)
            cell.value, cell.number_format = value, number_format  # type: ignore[assignment]
    last = len(CELLS) + 2
    sheet.cell(row=1, column=last, value="合并")
    sheet.cell(row=2, column=last, value="某乡")
    sheet.merge_cells(start_row=2, end_row=4, start_column=last, end_column=last)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["B2"].comment = Comment("请核对", "审核人")
    notes = book.create_sheet("隐藏表")
    notes.append(["旧档号", "旧题名"])
    notes.sheet_state = "hidden"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The catalogue in each format."""
    folder = tmp_path_factory.mktemp("saved")
    rows = [["档号", *(header for header, *_ in CELLS)], *([code] for code in CODES)]
    made = workbook(folder / "made.xlsx", rows, change=_filled)
    for target in ("xls:MS Excel 97", "ods", "html:HTML (StarCalc)"):
        _converted(made, folder, target)
    return lambda ending: folder / f"made.{ending}"


def _converted(source: Path, folder: Path, target: str) -> None:
    profile = f"-env:UserInstallation=file://{folder.parent / 'office'}"
    command = [SOFFICE, profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(source)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)


def read(path: Path) -> Catalogue:
    return read_catalogue(path, RULES, max_rows=1000, max_bytes=1 << 24)


def cells_of(catalogue: Catalogue) -> Iterator[dict[str, str]]:
    for row in catalogue.rows:
        yield dict(row.cells)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_cell_is_what_its_typist_saw(saved: Callable[[str], Path], ending: str) -> None:
    catalogue = read(saved(ending))
    assert [row.value("archival_code") for row in catalogue.rows] == list(CODES)
    computed = {"公式", "公式数"} if ending == "xlsx" else set()  # openpyxl saves formulas without their values
    expected = {header: text for header, _, _, text in CELLS if text and header not in computed}
    for row, found in zip(catalogue.rows, cells_of(catalogue), strict=True):
        merged = {"合并": "某乡"} if row.row <= 4 else {}
        assert found == expected | merged


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_hidden_is_told(saved: Callable[[str], Path], ending: str) -> None:
    told = {f.code: f for f in read(saved(ending)).findings if f.code.startswith("catalogue_")}
    assert set(told) == {"catalogue_hidden_read", "catalogue_comments", "catalogue_left_out"}
    assert (told["catalogue_hidden_read"].fact("rows"), told["catalogue_hidden_read"].fact("columns")) == ("3", "C")
    assert told["catalogue_comments"].fact("count") == "1"
    assert told["catalogue_left_out"].fact("sheets") == "隐藏表"


@pytest.mark.parametrize("ending", FORMATS)
def test_where_a_format_draws_the_cell_libreoffice_shows_the_same(saved: Callable[[str], Path], ending: str) -> None:
    table = _Shown()
    table.feed(saved("html").read_text("utf-8"))
    shown = dict(zip(table.rows[0], table.rows[1], strict=False))
    found = next(cells_of(read(saved(ending))))
    for header in ("文本数字", "补零", "带字的号", "页", "百分数", "换行", "罕用字", "长文"):
        assert found[header] == shown[header], header


PLACES = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize("ending", ["xls", "ods"])
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
    st.floats(0.05, 1),
)
def test_a_workbook_with_changed_bytes_makes_rows_or_a_finding(
    saved: Callable[[str], Path], ending: str, changes: list[tuple[float, int]], kept: float
) -> None:
    data = bytearray(saved(ending).read_bytes())
    for where, value in changes:
        data[int(where * len(data))] = value
    path = saved(f"changed.{ending}")
    path.write_bytes(data[: int(kept * len(data))])
    catalogue = read(path)
    assert catalogue.rows or catalogue.findings


class _Shown(HTMLParser):
    """The cells of the first tables of a page, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")
            self._inside = ("class", "comment-indicator") not in attrs
        elif tag == "br" and self._inside:
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data.strip("\n\t")
