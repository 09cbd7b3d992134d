"""The text of a PDF."""

from pathlib import Path

import pytest

from pipeline.errors import ToolFailed
from pipeline.tools import poppler
from tests.makers.received import FILES


def test_text_and_version(tmp_path: Path) -> None:
    text = poppler.text_of(FILES / "sound.pdf", subject="a.pdf", scratch=tmp_path)
    assert text.count("\f") == 2 and any("\u4e00" <= c <= "\u9fff" for c in text)
    assert poppler.version(tmp_path)[0].isdigit()


def test_what_is_no_pdf_fails(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed):
        poppler.text_of(FILES / "sound.png", subject="a.png", scratch=tmp_path)
