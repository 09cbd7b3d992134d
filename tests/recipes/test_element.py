"""CONTRIBUTING.md, a metadata element: a row of the table, a line of the schema, a header of the profile."""

from pathlib import Path

from tests.makers.deliveries import delivery, pages
from tests.makers.program_copy import ProgramCopy

CODE = "K021-WS·2019·Y-0012"


def test_a_metadata_element(tmp_path: Path) -> None:
    copy = ProgramCopy.into(tmp_path / "program")
    copy.add(
        "metadata_schemas/record-1.0/elements.csv",
        "document_number,文件编号,document number,text,DA/T 46-2009 M31\n",
    )
    copy.put_behind(
        "metadata_schemas/record-1.0/record-1.0.xsd",
        '<xs:element name="页数" type="xs:nonNegativeInteger" minOccurs="0"/>',
        '\n        <xs:element name="文件编号" type="text" minOccurs="0"/>',
    )
    copy.put_behind("profiles/county.toml", "[delivery.headers]\n", 'document_number = ["文号"]\n')
    made = delivery(
        tmp_path / "d", [{"档号": CODE, "文号": "某政发〔2019〕3号"}], pages(CODE, "001.txt"), extra_headers=["文号"]
    )
    terminal = copy.terminal(tmp_path / "home").made()

    done = terminal.type("ingest", made, "--json")

    assert done.code == 0, done.out + done.err
    assert terminal.type("get", CODE, "-o", tmp_path / "out").code == 0
    bag = next((tmp_path / "out").iterdir())
    assert "<文件编号>某政发〔2019〕3号</文件编号>" in (bag / "metadata/record.xml").read_text("utf-8")
    assert terminal.type("verify", bag).code == 0
