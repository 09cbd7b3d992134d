"""What `lantai doctor` is told."""

from pathlib import Path

import pytest

from pipeline.tools import run
from pipeline.tools.probe import probe_tools


def test_every_tool_is_here_with_a_version() -> None:
    tools = probe_tools()
    assert {t.name for t in tools} >= {
        "libmagic",
        "siegfried",
        "exiftool",
        "libvips",
        "img2pdf",
        "pikepdf",
        "ffmpeg",
        "soffice",
    }
    for tool in tools:
        assert tool.found and tool.version and tool.needed_for and not tool.remedy, tool


def test_what_is_missing_is_told_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SEARCH_PATH", str(tmp_path))
    run.locate.cache_clear()
    try:
        missing = {t.name: t for t in probe_tools() if not t.found}
    finally:
        run.locate.cache_clear()
    assert "libimage-exiftool-perl" in missing["exiftool"].remedy
