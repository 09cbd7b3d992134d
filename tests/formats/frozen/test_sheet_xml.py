"""Sheets: formulas go, values stay; what is not printed or not shown is counted."""

import pytest

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.sheet_xml import Sheet, SheetJudge, areas
from pipeline.tools.xml_edit import walked
from tests.makers.office_files import S


def frozen(inside: str, sheet: Sheet | None = None) -> tuple[str, Seen]:
    seen = Seen()
    judge = SheetJudge(seen, sheet or Sheet(name="表"), ["共用"])
    return walked(f'<worksheet xmlns="{S}">{inside}</worksheet>'.encode(), judge).applied().decode(), seen


def rows(*cells: str) -> str:
    return (
        "<sheetData>" + "".join(f'<row r="{n}">{cell}</row>' for n, cell in enumerate(cells, start=1)) + "</sheetData>"
    )


def test_formulas_go_and_values_stay() -> None:
    told, seen = frozen(rows('<c r="A1"><f>TODAY()</f><v>43539</v></c>', '<c r="A2" t="s"><v>0</v></c>'))
    assert "<f>" not in told and "<v>43539</v>" in told
    assert (seen.numbers, "".join(seen.text).strip(), dict(seen.unsaved)) == (1, "共用", {})


def test_a_formula_without_a_value_is_told() -> None:
    _, seen = frozen(rows('<c r="A1"><f>NOW()</f></c>', '<c r="A2"><f>1+1</f><v/></c>'))
    assert dict(seen.unsaved) == {"表!A1 NOW": 1, "表!A2": 1}


@pytest.mark.parametrize(
    "rule",
    [
        '<cfRule type="timePeriod" timePeriod="today"/>',
        '<cfRule type="expression"><formula>A1&lt;TODAY()</formula></cfRule>',
    ],
)
def test_colours_of_the_day_go(rule: str) -> None:
    told, seen = frozen(f"<conditionalFormatting>{rule}</conditionalFormatting>")
    assert "cfRule" not in told and seen.unsaved.total() == 1


def test_headers_lose_the_hour_and_keep_the_page() -> None:
    told, seen = frozen(
        "<headerFooter><oddFooter>&amp;D &amp;&amp;D 第&amp;P页 &amp;A &amp;F&amp;Z</oddFooter></headerFooter>"
    )
    assert "<oddFooter> &amp;&amp;D 第&amp;P页 &amp;A </oddFooter>" in told
    assert dict(seen.unsaved) == {"表 &D": 1, "表 &F": 1, "表 &Z": 1}


def test_hidden_rows_and_columns_and_what_is_not_printed() -> None:
    cell = '<c r="{}" t="inlineStr"><is><t>字</t></is></c>'
    inside = (
        '<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1" hidden="1">'
        + cell.format("A1")
        + '</row><row r="2">'
        + cell.format("A2")
        + cell.format("B2")
        + cell.format("D2")
        + "</row></sheetData>"
    )
    _, seen = frozen(inside, Sheet(name="表", printed=areas("'表'!$A$1:$C$9")))
    assert (seen.hidden_rows, seen.hidden_columns, dict(seen.outside)) == (1, 2, {"表": 1})
    assert "".join(seen.text).split() == ["字"]
    _, seen = frozen(inside, Sheet(name="表", hidden=True))
    assert (seen.hidden_rows, seen.text) == (0, [])


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("'表 1'!$A$1:$F$30", ((1, 1, 6, 30),)),
        ("A!$B:$C,A!$5:$6", ((2, 1, 3, 2**20), (1, 5, 16384, 6))),
        ("表!$AA$7", ((27, 7, 27, 7),)),
        ("#REF!", ()),
    ],
)
def test_areas(reference: str, found: tuple[tuple[int, int, int, int], ...]) -> None:
    assert areas(reference) == found
