"""Slides: a date becomes the text that it was."""

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.slide_xml import SlideJudge
from pipeline.tools.xml_edit import walked
from tests.makers.office_files import A, P


def frozen(paragraph: str, *, behind: bool = False, show: str = "1") -> tuple[str, Seen]:
    seen = Seen()
    raw = f'<p:sld xmlns:p="{P}" xmlns:a="{A}" show="{show}"><a:p>{paragraph}</a:p></p:sld>'
    return walked(raw.encode(), SlideJudge(seen, "3", behind=behind)).applied().decode(), seen


def test_fields_become_runs() -> None:
    told, seen = frozen('<a:fld id="x" type="datetime1"><a:rPr/><a:pPr/><a:t>旧日</a:t></a:fld>')
    assert "<a:r><a:rPr/><a:t>旧日</a:t></a:r>" in told and "".join(seen.text).strip() == "旧日"


def test_numbers_of_slides() -> None:
    number = '<a:fld type="slidenum"><a:t>{}</a:t></a:fld>'
    assert "fld" not in frozen(number.format("7"))[0]
    assert "fld" in frozen(number.format("‹#›"))[0] and "fld" in frozen(number.format("7"), behind=True)[0]


def test_a_date_without_text_is_told_and_a_hidden_slide_too() -> None:
    told, seen = frozen('<a:fld type="datetime"><a:t/></a:fld>')
    assert "fld" not in told and dict(seen.unsaved) == {"datetime": 1}
    _, seen = frozen("<a:r><a:t>暗</a:t></a:r>", show="0")
    assert (seen.hidden_slides, seen.text) == (["3"], [])
