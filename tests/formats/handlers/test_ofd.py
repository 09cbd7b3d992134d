"""OFD: a container that is read to its end."""

from pathlib import Path

from pipeline.domain.formats import Verdict
from pipeline.formats.handlers.ofd import HANDLER
from tests.makers.handling import cut_short, examined
from tests.makers.received import FILES


def test_it_is_read_to_its_end(tmp_path: Path) -> None:
    assert examined(FILES / "hello.ofd", tmp_path).soundness.verdict is Verdict.SOUND
    assert examined(cut_short(FILES / "hello.ofd", tmp_path), tmp_path).soundness.verdict is Verdict.DAMAGED


def test_nothing_turns_it_into_another_format() -> None:
    assert HANDLER.kinds == ("ofd",) and HANDLER.actions == {}
