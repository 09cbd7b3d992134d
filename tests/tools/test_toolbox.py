"""The toolbox: time by number and bytes, a scratch folder of its own, programs that end with it."""

from pathlib import Path

import pytest

from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import open_toolbox
from tests.makers.received import FILES, LIMITS, FixedClock, WatchLog


def test_time_grows_with_files_and_bytes(tmp_path: Path) -> None:
    watch = WatchLog()
    with open_toolbox(LIMITS, watch, FixedClock(), tmp_path) as toolbox:
        assert toolbox.announce("甲", 2**20) == pytest.approx(62)
        assert toolbox.announce("乙", 2**20, files=3) == pytest.approx(182)
    assert [subject for subject, _ in watch.begun] == ["甲", "乙"]
    assert watch.begun[0][1] > 62, "a program's own time limit speaks first"


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    with open_toolbox(LIMITS, WatchLog(), FixedClock(), tmp_path) as toolbox:
        exiftool = toolbox.helper(ExifTool)
        exiftool.read([FILES / "sound.jpg"], seconds=60)
        assert toolbox.helper(ExifTool) is exiftool and exiftool._process is not None
        pid = exiftool._process._process.pid
        with toolbox.scratch_folder() as folder:
            (folder / "x").write_bytes(b"x")
        assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()
    assert list(tmp_path.iterdir()) == []


def test_two_toolboxes_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        open_toolbox(LIMITS, WatchLog(), FixedClock(), tmp_path) as one,
        open_toolbox(LIMITS, WatchLog(), FixedClock(), tmp_path) as two,
    ):
        assert one.scratch != two.scratch
