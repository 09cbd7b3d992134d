"""Office documents: containers read to their end; PDF through LibreOffice, each document for itself."""

import itertools
from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats.frozen import binary
from pipeline.formats.frozen.biff import records
from pipeline.formats.handler import OFFICE, Failed, Made, Refused, Taking
from pipeline.formats.handlers.office import HANDLER
from pipeline.tools.ole_streams import CompoundFile
from tests.makers import office_files
from tests.makers.handling import cut_short, examined, made, original
from tests.makers.received import FILES, bench_in


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


def flagged(path: Path, name: str, at: int, value: bytes) -> Path:
    """The file with other bytes at a place of a stream of it."""
    file = CompoundFile.read_from(path)
    stream = bytearray(file.read(name))
    stream[at : at + len(value)] = value
    file.write_over(name, bytes(stream))
    raw = bytes(file.data)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("name", ["sound.doc", "formulas.xls", "today.ppt"])
def test_locked_documents_of_the_old_kind_are_told_as_locked(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "today.ppt":
        office_files.today_ppt(path)
    else:
        path.write_bytes((FILES / name).read_bytes())
    assert not examined(path, tmp_path).encrypted
    match path.suffix:
        case ".doc":
            flagged(path, "WordDocument", 0x0A, (0x1100 | 0x200).to_bytes(2, "little"))
        case ".xls":
            workbook = CompoundFile.read_from(path).read("Workbook")
            second = next(itertools.islice(records(workbook), 1, None))
            flagged(path, "Workbook", second.start, b"\x2f\0")
        case _:
            flagged(path, "Current User", 12, bytes.fromhex("dfc4d1f3"))
    assert binary.looked_at(path, path.suffix[1:]) == (True, None)
    locked = original(path, as_format_of=FILES / "sound.doc") if path.suffix == ".doc" else original(path)
    with bench_in(tmp_path) as toolbox:
        assert HANDLER.examine(locked, toolbox).encrypted == message("document_locked")


def test_a_workbook_whose_sheet_is_not_there_is_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "zeros.xls"
    path.write_bytes((FILES / "formulas.xls").read_bytes())
    workbook = CompoundFile.read_from(path).read("Workbook")
    flagged(path, "Workbook", len(workbook) // 3, bytes(len(workbook) // 2))
    found = examined(path, tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and not found.decides_later
    assert "document_garbled" in str(found.soundness.reason)


def test_what_unfolds_to_too_much_is_not_converted(tmp_path: Path) -> None:
    source = office_files.docx(tmp_path / "a.docx", "<w:p/>" * 23_000_000)
    (refused,) = made(tmp_path, "office/pdf", source)
    assert isinstance(refused, Failed) and "too_large_to_convert" in str(refused.reason)
