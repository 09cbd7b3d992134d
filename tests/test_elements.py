"""The table of elements: a row is all that a new element needs."""

from pathlib import Path

import pytest

from pipeline.domain.messages import Message
from pipeline.elements import TABLE, element_rows
from pipeline.errors import ProfileError

HEAD = "element,name,english,kind,source\n"


def test_the_table_is_in_the_order_of_the_document() -> None:
    names = [row.name for row in element_rows()]
    assert names[:7] == ["题名", "责任者", "日期", "保管期限", "密级", "开放标识", "页数"]
    schema = (TABLE.parent / "record-1.0.xsd").read_text("utf-8")
    places = [schema.index(f'<xs:element name="{name}"') for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("title,题名,title,text\n", "element_incomplete"),
        ("title,题名,title,colour,DA/T 18\n", "element_kind"),
        ("title,题名,title,text,DA/T 18\ntitle,别的,other,text,DA/T 18\n", "element_doubled"),
        ("title,题名,title,text,DA/T 18\nother,题名,other,text,DA/T 18\n", "element_doubled"),
        ("a-b,题名,title,text,DA/T 18\n", "element_incomplete"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(tmp_path: Path, rows: str, told: str) -> None:
    table = tmp_path / "elements.csv"
    table.write_text(HEAD + rows, "utf-8")
    with pytest.raises(ProfileError) as caught:
        element_rows(table)
    fault = caught.value.message.fact("fault")
    assert isinstance(fault, Message)
    assert fault.code == told
    assert (caught.value.file, caught.value.row) == (str(table), 1 + rows.count("\n"))
