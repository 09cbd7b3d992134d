"""PDF: read to its end; its copy is the same document; locked and signed ones are left alone."""

from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats.handler import Made, Refused
from tests.makers import real_files
from tests.makers.handling import cut_short, examined, made
from tests.makers.received import FILES


def test_three_verdicts(tmp_path: Path) -> None:
    assert examined(FILES / "sound.pdf", tmp_path).soundness.verdict is Verdict.SOUND
    assert examined(FILES / "broken.pdf", tmp_path).soundness.verdict is Verdict.DAMAGED
    assert examined(cut_short(FILES / "pdfa-1b.pdf", tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED
    locked = examined(FILES / "open-password.pdf", tmp_path)
    assert locked.soundness.verdict is Verdict.COULD_NOT_TELL and locked.encrypted == message("needs_password")


def test_pages_are_counted(tmp_path: Path) -> None:
    assert examined(real_files.pdf(tmp_path / "a.pdf", pages=5), tmp_path).pages == 5


def test_its_copy_is_the_same_document(tmp_path: Path) -> None:
    (copy,) = made(tmp_path, "pdf/copy", FILES / "sound.pdf")
    assert isinstance(copy, Made) and copy.path.read_bytes() == (FILES / "sound.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [("open-password.pdf", "not_normalised", message("is_encrypted")), ("broken.pdf", "damaged_file", None)],
)
def test_what_has_no_copy(tmp_path: Path, name: str, code: str, reason: object) -> None:
    (refused,) = made(tmp_path, "pdf/copy", FILES / name)
    assert isinstance(refused, Refused) and refused.code == code
    assert reason is None or refused.reason == reason
