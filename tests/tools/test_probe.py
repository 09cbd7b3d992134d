"""What `lantai doctor` is told."""

from pathlib import Path

import pytest

from pipeline.errors import HouseError, MissingTool
from pipeline.tools import run
from pipeline.tools.probe import probe_tools, require


def test_every_tool_is_here_with_a_version() -> None:
    tools = probe_tools()
    assert {t.name for t in tools} >= {
        "libmagic",
        "siegfried",
        "exiftool",
        "libvips",
        "libavcodec",
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
    assert "libimage-exiftool-perl" in str(missing["exiftool"].remedy)


def test_what_is_needed_and_not_here_stops_before_anything_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require(("exiftool", "libvips", "soffice"))
    with pytest.raises(HouseError, match="tool_unknown"):
        require(("crystal ball",))
    monkeypatch.setattr(run, "SEARCH_PATH", str(tmp_path))
    run.locate.cache_clear()
    try:
        require(("libvips", "pikepdf"))
        with pytest.raises(MissingTool, match="libimage-exiftool-perl"):
            require(("libvips", "exiftool"))
    finally:
        run.locate.cache_clear()
