"""Every family: what LibreOffice makes of a frozen document is what the document stored, and nothing of today."""

import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pipeline.formats.frozen.freezing import Frozen, freeze
from pipeline.tools import office
from tests.makers import office_files as make
from tests.makers.received import FILES

FIELDS = "".join(
    f"<w:p>{make.run(label)}{make.field(code, stored)}</w:p>"
    for label, code, stored in (
        ("落款：", "DATE \\@ &quot;yyyy'年'M'月'd'日'&quot;", "2019年3月15日"),
        ("文件：", "FILENAME \\p", "D:\\公文\\函.docx"),
        ("附件：", "REF 书签 \\h", "见附件一"),
        ("共：", "NUMPAGES", "7"),
        ("条件：", "IF 1 = 2 &quot;甲&quot; &quot;乙&quot;", "甲"),
    )
)
SAID: Mapping[str, tuple[str, ...]] = {
    "a.docx": (
        "落款：2019年3月15日",
        "文件：D:\\公文\\函.docx",
        "附件：见附件一",
        "共：7",
        "条件：甲",
        "页眉2018-1-2第1页",
    ),
    "b.odt": ("落款：2019年3月15日", "文件：报告.odt", "引用：见附件一", "和：42"),
    "c.xlsx": ("2019/3/15", "合计：三", "0.12346", "甲乙"),
    "d.ods": ("2019年3月15日", "和42"),
    "e.pptx": ("落款2019/3/15第7页",),
    "fields.doc": ("落款日期域一：2019年03月15日", "文件名域：gongwen.doc", "D:\\公文\\二〇一九年", "引用域：见附件一"),
    "fields.rtf": ("落款日期域一：2019年3月15日", "文件名域：gw.docx", "D:\\公文\\gw.docx", "引用域：见附件一"),
    "formulas.xls": ("2019-03-15", "0.123456", "合计：3", "abcd", "D:\\公文\\报表.xls"),
    "today.ppt": ("扶贫工作汇报材料：落款",),
}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The text of each copy, without blanks; LibreOffice is started once for all."""
    folder = tmp_path_factory.mktemp("frozen")
    header = (
        make.run("页眉") + make.field("DATE", "2018-1-2") + make.run("第") + make.field("PAGE", "9") + make.run("页")
    )
    make.docx(folder / "a.docx", FIELDS, header=header)
    make.open_document(
        folder / "b.odt",
        "text",
        "<text:p>落款：<text:date text:date-value='2019-03-15'>2019年3月15日</text:date></text:p>"
        "<text:p>文件：<text:file-name text:display='full'>报告.odt</text:file-name></text:p>"
        "<text:p>引用：<text:bookmark-ref text:ref-name='无'>见附件一</text:bookmark-ref></text:p>"
        "<text:p>和：<text:expression text:formula='ooow:1+1'>42</text:expression></text:p>",
    )
    make.xlsx(
        folder / "c.xlsx",
        '<row r="1"><c r="A1" t="str"><f>TEXT(TODAY(),"yyyy/m/d")</f><v>2019/3/15</v></c></row>'
        '<row r="2"><c r="A2" t="str"><f>"合计："&amp;1</f><v>合计：三</v></c></row>'
        '<row r="3"><c r="A3"><f>RAND()</f><v>0.123456</v></c></row>'
        '<row r="4"><c r="A4" t="s"><v>0</v></c></row>',
        strings=("甲乙",),
        after="<headerFooter><oddFooter>&amp;D &amp;F &amp;Z</oddFooter></headerFooter>",
    )
    make.open_document(
        folder / "d.ods",
        "spreadsheet",
        "<table:table table:name='表'><table:table-row><table:table-cell table:formula='of:=TODAY()' "
        "office:value-type='string'><text:p>2019年3月15日</text:p></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell table:formula='of:=\"和\"&amp;RAND()' office:value-type='string'>"
        "<text:p>和42</text:p></table:table-cell></table:table-row></table:table>",
    )
    make.with_slide_text(
        folder / "e.pptx",
        "<a:p><a:r><a:t>落款</a:t></a:r><a:fld id='{B1B1B1B1-0000-0000-0000-000000000001}' type='datetime1'>"
        "<a:rPr/><a:pPr/><a:t>2019/3/15</a:t></a:fld><a:r><a:t>第</a:t></a:r>"
        "<a:fld id='{B1B1B1B1-0000-0000-0000-000000000002}' type='slidenum'><a:t>7</a:t></a:fld>"
        "<a:r><a:t>页</a:t></a:r></a:p>",
    )
    make.today_ppt(folder / "today.ppt")
    documents = []
    for name in SAID:
        source = folder / name if (folder / name).exists() else FILES / name
        frozen = freeze(source, source.suffix[1:], folder / f"frozen-{name}")
        assert isinstance(frozen, Frozen), (name, frozen)
        documents.append(office.Document(path=frozen.path, extension=frozen.extension, subject=name))
    out = folder / "out"
    out.mkdir()
    made = office.to_pdf(documents, out, seconds=240, max_bytes=2**30, scratch=folder)
    assert None not in made
    said = [subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout for path in made]
    return {name: "".join(raw.decode().split()) for name, raw in zip(SAID, said, strict=True)}


@pytest.mark.parametrize("name", SAID)
def test_a_copy_says_what_was_stored(texts: Mapping[str, str], name: str) -> None:
    assert [words for words in SAID[name] if words not in texts[name]] == []


@pytest.mark.parametrize("name", SAID)
def test_a_copy_says_nothing_of_today(texts: Mapping[str, str], name: str) -> None:
    now = datetime.now(UTC)
    spoken = (str(now.year), f"{now:%m/%d/%y}", "d00001", "frozen-", "office-", "Error", "/tmp")
    assert [words for words in spoken if words in texts[name]] == []
