"""Copies of office documents: the same bytes twice, marked where something could not be frozen, told what they lack."""

from pathlib import Path

import pikepdf
import pytest

from pipeline.formats.handler import Failed, Made, Refused
from pipeline.formats.handlers import office
from tests.makers import office_files as make
from tests.makers.handling import made
from tests.makers.received import FILES

Result = Made | Refused | Failed


def sources(folder: Path) -> list[Path]:
    cell = '<c r="A1" t="inlineStr"><is><t>表中的字</t></is></c>'
    return [
        make.docx(folder / "live.docx", f"<w:p>{make.run('落款')}{make.field('DATE', '')}</w:p>"),
        make.xlsx(folder / "formula.xlsx", f'<row r="1">{cell}<c r="B1"><f>1+1</f></c></row>'),
        make.xlsx(
            folder / "far.xlsx",
            "".join(
                f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t> </t></is></c></row>' for row in range(1, 3000, 20)
            )
            + '<row r="3000"><c r="A3000" t="inlineStr"><is><t>字</t></is></c></row>',
        ),
        make.today_ppt(folder / "today.ppt"),
        FILES / "formulas.xls",
        FILES / "fields.doc",
        FILES / "fields.rtf",
        FILES / "sound.odt",
    ]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Result]], dict[str, tuple[bytes, bytes]]]:
    """What came of each document, and the bytes of its copy in two runs."""
    monkeypatch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("copies")
    documents = sources(folder)
    found: dict[str, list[Result]] = {}
    copies: dict[str, list[bytes]] = {}
    for run in ("one", "two"):
        (folder / run).mkdir()
        # In the second run several LibreOffices have their share: that must not be seen.
        monkeypatch.setattr(office, "AT_ONCE", 64 if run == "one" else 3)
        for each in made(folder / run, "office/pdf", *documents):
            name = each.sources[0].subject if isinstance(each, Made) else each.original.subject
            if run == "one":
                found.setdefault(name, []).append(each)
            if isinstance(each, Made):
                copies.setdefault(name, []).append(each.path.read_bytes())
    monkeypatch.undo()
    return found, {name: (two[0], two[1]) for name, two in copies.items()}


Twice = tuple[dict[str, list[Result]], dict[str, tuple[bytes, bytes]]]


def codes(found: list[Result]) -> dict[str, str]:
    return {each.code: str(each.reason) for each in found if isinstance(each, Refused)}


def test_two_runs_give_the_same_bytes(twice: Twice) -> None:
    _, copies = twice
    assert len(copies) >= 7
    assert [name for name, (one, two) in copies.items() if one != two] == []


def test_what_could_not_be_frozen_is_told_and_the_copy_is_marked(twice: Twice, tmp_path: Path) -> None:
    found, copies = twice
    for name, word in (("live.docx", "DATE"), ("formula.xlsx", "表!B1"), ("today.ppt", "date"), ("formulas.xls", "&D")):
        assert word in codes(found[name])["copy_differs"], name
        path = tmp_path / "a.pdf"
        path.write_bytes(copies[name][0])
        with pikepdf.open(path) as pdf:
            (note,) = [each for each in pdf.pages[0].obj.Annots if each.Subtype == pikepdf.Name.Text]
            assert word in str(note.Contents) and word in str(pdf.docinfo["/Keywords"])


def test_what_is_in_order_bears_no_mark(twice: Twice) -> None:
    found, copies = twice
    assert codes(found["sound.odt"]) == {} and b"/Keywords" not in copies["sound.odt"][0]


def test_no_trace_of_the_hour_or_the_place(twice: Twice) -> None:
    _, copies = twice
    for one, _ in copies.values():
        assert b"/CreationDate" not in one and b"d0000" not in one and b"/scratch" not in one


def test_what_is_left_out_is_told(twice: Twice) -> None:
    found, _ = twice
    told = codes(found["formulas.xls"])["partly_normalised"]
    assert all(word in told for word in ("left_out_hidden_sheets", "left_out_hidden_cells", "left_out_comments"))


def test_pages_without_end_are_no_copy(twice: Twice) -> None:
    found, _ = twice
    (failed,) = found["far.xlsx"]
    assert isinstance(failed, Failed) and "copy_too_long" in str(failed.reason)
