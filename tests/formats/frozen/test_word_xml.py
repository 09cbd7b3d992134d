"""Fields of Word's XML: the stored result stands, the instruction is gone."""

import pytest

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.word_xml import WordJudge
from pipeline.tools.xml_edit import walked
from tests.makers.office_files import W, field, run


def frozen(body: str, *, every: bool = False) -> tuple[str, Seen]:
    seen = Seen()
    judge = WordJudge(seen, on_every_page=every)
    cuts = walked(f'<w:body xmlns:w="{W}">{body}</w:body>'.encode(), judge)
    judge.ends(cuts)
    return cuts.applied().decode(), seen


@pytest.mark.parametrize(
    "code", ["DATE \\@ x", "FILENAME", "REF b \\h", "= 1 + 2", "PAGE", "NUMPAGES", "TOC \\o", "new"]
)
def test_a_field_becomes_its_text(code: str) -> None:
    told, seen = frozen(field(code, "存"))
    assert "fldChar" not in told and "instrText" not in told and run("存") in told
    assert "".join(seen.text) == "存" and not seen.unsaved


@pytest.mark.parametrize("code", ["HYPERLINK &quot;http://a&quot;", "FORMCHECKBOX", "SYMBOL 61"])
def test_what_works_nothing_out_stays(code: str) -> None:
    told, _ = frozen(field(code, "存"))
    assert told.count("fldChar ") == 3


def test_the_number_of_the_page_is_counted_in_headers_only() -> None:
    told, seen = frozen(field("PAGE", "1") + field("DATE", "2019-1-2"), every=True)
    assert told.count("fldChar ") == 3 and "PAGE" in told and "DATE" not in told
    assert seen.text == [] and "2019-1-2" in seen.margins


def test_a_field_inside_another() -> None:
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    contents = f"{begin}<w:r><w:instrText> TOC </w:instrText></w:r>{middle}{run('目录')}{field('PAGEREF a', '7')}{end}"
    told, seen = frozen(contents)
    assert "fldChar" not in told and "".join(seen.text) == "目录7"
    asked = f"{begin}{field('DATE', '旧')}<w:r><w:instrText> IF x </w:instrText></w:r>{middle}{run('果')}{end}"
    told, seen = frozen(asked)
    assert "旧" not in told and "".join(seen.text) == "果"


def test_what_has_no_stored_value_is_told() -> None:
    told, seen = frozen(field("DATE", "") + '<w:fldSimple w:instr="TIME"/>')
    assert "fld" not in told and seen.unsaved == {"DATE": 1, "TIME": 1}


def test_simple_fields_and_content_controls() -> None:
    told, seen = frozen(
        f'<w:fldSimple w:instr=" AUTHOR ">{run("张某")}</w:fldSimple>'
        "<w:sdt><w:sdtPr><w:date w:fullDate='2020-01-01T00:00:00Z'/></w:sdtPr>"
        f"<w:sdtContent>{run('三月')}</w:sdtContent></w:sdt>"
    )
    assert "fldSimple" not in told and "fullDate" not in told and "".join(seen.text) == "张某三月"


def test_what_a_reader_never_sees_stays_away() -> None:
    told, seen = frozen(field("SET b", "暗"))
    assert "暗" not in told and not seen.unsaved


def test_hidden_text_and_changes_are_counted() -> None:
    _, seen = frozen('<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:ins w:author="a"/><w:del w:author="a"/>')
    assert (seen.hidden_text, seen.changes, seen.text) == (1, 2, [])
