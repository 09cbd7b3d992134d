"""PDF: read to its end; its copy is the same document; locked and signed ones are left alone."""

from pathlib import Path

import pytest

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.formats.handler import Made, Refused
from pipeline.tools.pdf import page_count
from tests.makers import real_files
from tests.makers.handling import cut_short, examined, made
from tests.makers.real_files import pdf
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


def frame(data: bytes, fault: str) -> bytes:
    """The document with its frame broken in one way, all that it says still there."""
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    return {
        "shifted": data.replace(b"startxref\n%d" % start, b"startxref\n%d" % (start - 6)),
        "zeros": data + bytes(4096),
        "nowhere": data.replace(b"startxref\n%d" % start, b"startxref\n99999999"),
        "renumbered": data.replace(b"xref\n0 ", b"xref\n1 "),
        "stream lengths": data.replace(b"/Length ", b"/Length 9"),
        "moved": data[:9] + b"% a line that an editor put in\n" + data[9:],
    }[fault]


@pytest.mark.parametrize("fault", ["shifted", "zeros", "nowhere", "renumbered", "moved", "stream lengths"])
def test_a_broken_frame_is_a_doubt_where_every_page_is_shown(tmp_path: Path, fault: str) -> None:
    odd = tmp_path / "odd.pdf"
    odd.write_bytes(frame(pdf(tmp_path / "whole.pdf", pages=3).read_bytes(), fault))
    found = examined(odd, tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL and found.pages == 3
    (copy,) = made(tmp_path, "pdf/copy", odd)
    assert isinstance(copy, Made) and page_count(copy.path, subject="x") == 3


@pytest.mark.parametrize("lost", ["page", "stream", "tail"])
def test_one_that_lacks_something_is_damaged(tmp_path: Path, lost: str) -> None:
    data = frame(pdf(tmp_path / "whole.pdf", pages=3).read_bytes(), "shifted")
    hurt = tmp_path / "hurt.pdf"
    at = data.index(b"/Type /Page\n") if b"/Type /Page\n" in data else data.index(b"/Type /Page ")
    start = data.rfind(b" obj", 0, at)
    gone = {
        "page": data[: start - 3] + b"% gone" + data[data.index(b"endobj", at) :],
        "stream": data[: data.index(b"stream\n")] + data[data.index(b"endstream") :],
        "tail": data[: len(data) * 6 // 10],
    }[lost]
    hurt.write_bytes(gone)
    assert examined(hurt, tmp_path).soundness.verdict is Verdict.DAMAGED
