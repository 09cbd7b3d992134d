"""Office documents: containers read to their end; PDF through LibreOffice, each document for itself."""

from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.formats.handler import OFFICE, Failed, Made, Refused, Taking
from pipeline.formats.handlers.office import HANDLER
from tests.makers.handling import cut_short, examined, made, original
from tests.makers.received import FILES


@pytest.mark.parametrize("name", ["sound.docx", "sound.xlsx", "sound.pptx", "sound.odt"])
def test_containers_are_read_to_their_end(tmp_path: Path, name: str) -> None:
    assert examined(FILES / name, tmp_path).soundness.verdict is Verdict.SOUND
    assert examined(cut_short(FILES / name, tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_a_binary_document_is_read_when_it_is_converted(tmp_path: Path) -> None:
    found = examined(FILES / "sound.doc", tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.decides_later
    assert examined(cut_short(FILES / "sound.doc", tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_documents_that_cannot_be_converted_cost_nobody_else_the_pdf(tmp_path: Path) -> None:
    locked = original(FILES / "password.docx", as_format_of=FILES / "sound.docx")
    raw = original(FILES / "sound.docx", as_format_of=FILES / "password.docx")
    found = made(tmp_path, "office/pdf", FILES / "sound.odt", locked, raw)
    kinds = {each.original.subject: each for each in found if not isinstance(each, Made)}
    assert isinstance(kinds["password.docx"], Failed)
    assert "not_frozen" in str(kinds["password.docx"].reason)
    assert isinstance(kinds["sound.docx"], Refused) and "no_converter" in str(kinds["sound.docx"].reason)
    (copy,) = [each for each in found if isinstance(each, Made)]
    assert copy.extension == "pdf" and copy.checked and copy.sources[0].subject == "sound.odt"


def test_it_has_workers_of_its_own() -> None:
    assert (HANDLER.actions["pdf"].worker, HANDLER.actions["pdf"].taking) == (OFFICE, Taking.GROUP)
