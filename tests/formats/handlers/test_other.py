"""Whatever has no handler of its own: of most nothing can be told."""

import gzip
import zipfile
from pathlib import Path

from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message, word
from pipeline.formats.handler import all_handlers
from pipeline.formats.handlers.other import HANDLER
from tests.makers.handling import cut_short, examined
from tests.makers.received import FILES


def test_nothing_can_be_told_of_what_nobody_reads(tmp_path: Path) -> None:
    found = examined(FILES / "blns.txt", tmp_path)
    assert found.soundness.verdict is Verdict.COULD_NOT_TELL
    assert found.soundness.reason == message(
        "no_reader", what=word("format", "application/octet-stream", shown="unknown")
    )


def test_a_zip_is_read_to_its_end(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.bin", bytes(range(256)) * 100)
    assert examined(tmp_path / "a.zip", tmp_path).soundness.verdict is Verdict.SOUND
    (tmp_path / "cut").mkdir()
    cut = cut_short(tmp_path / "a.zip", tmp_path / "cut")
    assert examined(cut, tmp_path).soundness.verdict is not Verdict.SOUND


def test_a_kind_that_no_handler_is_for_is_its_own() -> None:
    assert all_handlers().of_kind("unheard of") is HANDLER


def test_gzip_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"abc" * 1000))
    assert examined(tmp_path / "a.gz", tmp_path).soundness.verdict is Verdict.SOUND
    (tmp_path / "stub.gz").write_bytes(b"\x1f\x8b\x08")
    assert examined(tmp_path / "stub.gz", tmp_path).soundness.verdict is Verdict.DAMAGED
