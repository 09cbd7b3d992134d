"""Office documents that were once judged wrongly: a copy says what was saved, and tells what it leaves out."""

import subprocess
from pathlib import Path

import pytest

from pipeline.domain.outcomes import State
from tests.makers.cases import Taken, case, taken


def text_of(copy: bytes, folder: Path) -> str:
    path = folder / "copy.pdf"
    path.write_bytes(copy)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        (
            "docx-live-fields",
            "0901",
            ["2019年3月15日", "2019-03-15", "关于报送材料的函.docx", "2019-03-16", "见附件一", "张某"],
        ),
        ("odt-live-fields", "0902", ["落款：2019年3月15日", "报告.odt"]),
    ],
)
def test_a_copy_says_what_was_saved(tmp_path: Path, name: str, code: str, said: list[str]) -> None:
    delivery = case(name, tmp_path)
    first, second = taken(delivery, tmp_path / "one"), taken(delivery, tmp_path / "two")
    ((_, copy),) = first.copies(code).items()
    text = squeezed(text_of(copy, tmp_path))
    assert [words for words in said if words not in text] == []
    assert not any(words in text for words in ("2026", "d00001", str(tmp_path), "Error"))
    assert b"d00001" not in copy and str(tmp_path).encode() not in copy
    assert (first.exit_code, first.of(code).state) == (0, State.STORED)
    assert list(second.copies(code).values()) == [copy]


def left_out(found: Taken, code: str) -> str:
    (told,) = [each for each in found.of(code).findings if each.code == "partly_normalised"]
    return str(dict(told.facts)["reason"])


def test_a_picture_outside_the_document_is_told(tmp_path: Path) -> None:
    found = taken(case("docx-linked-picture", tmp_path), tmp_path)
    assert "现场.jpg" in left_out(found, "2701") and found.of("2701").state is State.STORED


def test_a_document_that_will_not_open_is_stored_without_a_copy(tmp_path: Path) -> None:
    found = taken(case("docx-will-not-open", tmp_path), tmp_path)
    assert found.states() == {State.STORED} and found.exit_code == 0
    assert "derived_copy_missing" in found.codes("3001")


def test_hidden_parts_of_a_workbook_are_told(tmp_path: Path) -> None:
    found = taken(case("xlsx-hidden-parts", tmp_path), tmp_path)
    told = left_out(found, "3501")
    assert all(word in told for word in ("left_out_hidden_sheets", "台账", "left_out_hidden_cells", "comments"))


def test_web_pages_under_office_names_are_taken_for_what_they_are(tmp_path: Path) -> None:
    found = taken(case("html-saved-as-doc", tmp_path), tmp_path)
    assert (found.exit_code, found.states()) == (0, {State.STORED})
    told = {
        each.archival_code[-4:]
        for each in found.outcomes
        if "extension_of_office_program" in found.codes(each.archival_code)
    }
    assert told == {f"430{number}" for number in range(1, 7)}
