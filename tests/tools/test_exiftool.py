"""ExifTool: all files in one command; values that look like options stay values."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ToolCrashed, ToolFailed, ToolTimedOut
from pipeline.tools.exiftool import ExifTool
from tests.makers.received import DEMO, FILES


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[ExifTool]:
    made = ExifTool(tmp_path)
    yield made
    made.close()


def test_all_files_in_one_command(tool: ExifTool) -> None:
    paths = [DEMO / "K021-ZP·2019·D30-025" / "001.jpg", FILES / "sound.mp4", FILES / "broken.pdf", FILES / "blns.txt"]
    facts = tool.read(paths, seconds=60)
    assert list(facts) == paths
    photo = dict(facts[paths[0]])
    assert photo["IFD0:Model"] == "COOLPIX P6000"
    assert float(photo["GPS:GPSLatitude"]) == pytest.approx(43.467, abs=0.01)
    assert not any(key.startswith("System:") for key in photo)


def test_one_it_cannot_read_has_a_row_that_says_so(tool: ExifTool, tmp_path: Path) -> None:
    (tmp_path / "noise.jpg").write_bytes(b"\x01\x02" * 100)
    assert "ExifTool:Error" in dict(tool.read([tmp_path / "noise.jpg"], seconds=60)[tmp_path / "noise.jpg"])


@pytest.mark.parametrize("name", ["sound.jpg", "sound.mp4"])
def test_any_text_is_written_as_it_is(tool: ExifTool, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    shutil.copyfile(FILES / name, target)
    title = '𠮷林乡\n-execute\n-o=/tmp/x "题名" & <b> =甲'
    tool.write(
        {target: {"XMP-dc:Title": title, "XMP-dc:Title-zh": title, "XMP-dc:Identifier": "K021-WS·2019"}}, seconds=60
    )
    facts = dict(tool.read([target], seconds=60)[target])
    assert facts["XMP-dc:Title"] == title and facts["XMP-dc:Title-zh"] == title
    assert facts["XMP-dc:Identifier"] == "K021-WS·2019"
    assert sorted(p.name for p in tmp_path.iterdir()) == [name], "no copy and no sheet is left behind"


def test_the_same_values_give_the_same_bytes(tool: ExifTool, tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        shutil.copyfile(FILES / "sound.jpg", tmp_path / name)
        tool.write({tmp_path / name: {"XMP-dc:Title": "甲"}}, seconds=60)
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()


def test_one_file_that_cannot_be_written_is_an_error(tool: ExifTool, tmp_path: Path) -> None:
    shutil.copyfile(FILES / "sound.jpg", tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    with pytest.raises(ToolFailed) as caught:
        tool.write({tmp_path / "a.jpg": {"XMP-dc:Title": "甲"}, tmp_path / "b.jpg": {"XMP-dc:Title": "甲"}}, seconds=60)
    assert str(tmp_path) not in str(caught.value) and "b.jpg" not in str(caught.value)


def test_it_may_die_between_two_files_and_starts_again(tool: ExifTool) -> None:
    tool.read([FILES / "sound.jpg"], seconds=60)
    assert tool._process is not None
    tool._process._process.kill()
    tool._process._process.wait()
    with pytest.raises(ToolCrashed, match="SIGKILL"):
        tool.read([FILES / "sound.jpg"], seconds=60)
    assert tool.read([FILES / "sound.jpg"], seconds=60)


def stopped(tool: ExifTool) -> int:
    """It is there and answers nothing: its process has been stopped."""
    assert tool.version and tool._process is not None
    pid = int(tool._process._process.pid)
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_its_death_at_work_is_noticed_within_a_second_and_named(tool: ExifTool) -> None:
    pid = stopped(tool)
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    began = time.monotonic()
    with pytest.raises(ToolCrashed, match="SIGKILL") as caught:
        tool.read([FILES / "sound.jpg"], seconds=60)
    assert time.monotonic() - began < 1.3 and caught.value.tool == "exiftool"
    assert tool.read([FILES / "sound.jpg"], seconds=60)


def test_where_it_hangs_it_is_ended_at_its_limit(tool: ExifTool) -> None:
    pid = stopped(tool)
    with pytest.raises(ToolTimedOut):
        tool.read([FILES / "sound.jpg"], seconds=0.3)
    assert not Path(f"/proc/{pid}").exists()
    assert tool.read([FILES / "sound.jpg"], seconds=60)


def test_where_nothing_is_heard_of_it_it_is_ended_before_the_time_of_all(tool: ExifTool, tmp_path: Path) -> None:
    deep = tmp_path / "deep.xml"
    deep.write_text('<?xml version="1.0"?>' + "<a>" * 60_000 + "</a>" * 60_000, "utf-8")
    began = time.monotonic()
    with pytest.raises(ToolTimedOut):
        tool.read([FILES / "sound.jpg", deep], seconds=600, silence=1)
    assert time.monotonic() - began < 20
    assert tool.read([FILES / "sound.jpg"], seconds=60)
