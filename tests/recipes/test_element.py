"""CONTRIBUTING.md, a metadata element: a row of the table, a line of the schema, a header of the profile."""

from pathlib import Path

from tests.makers.deliveries import delivery, pages
from tests.makers.program_copy import ProgramCopy

CODE = "K021-WS·2019·Y-0012"


def test_a_metadata_element(tmp_path: Path) -> None:
    copy = ProgramCopy.into(tmp_path / "program")
    copy.add(
        "metadata_schemas/record-1.0/elements.csv",
        "precedence,紧急程度,precedence,text,DA/T 46-2009 M35\n",
    )
    copy.put_behind(
        "metadata_schemas/record-1.0/record-1.0.xsd",
        '<xs:element name="附注" type="著录项" minOccurs="0"/>',
        '\n        <xs:element name="紧急程度" type="著录项" minOccurs="0"/>',
    )
    copy.put_behind("profiles/county.toml", "[delivery.headers]\n", 'precedence = ["缓急"]\n')
    made = delivery(tmp_path / "d", [{"档号": CODE, "缓急": "特急"}], pages(CODE, "001.txt"), extra_headers=["缓急"])
    terminal = copy.terminal(tmp_path / "home").made()

    done = terminal.type("ingest", made, "--json")

    assert done.code == 0, done.out + done.err
    assert terminal.type("get", CODE, "-o", tmp_path / "out").code == 0
    bag = next((tmp_path / "out").iterdir())
    assert "<紧急程度>特急</紧急程度>" in (bag / "metadata/record.xml").read_text("utf-8")
    assert terminal.type("verify", bag).code == 0
