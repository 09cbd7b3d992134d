"""The log of a run: what was started and how it ended, from all its processes, without personal numbers."""

import logging
import multiprocessing
from pathlib import Path

import pytest

from pipeline.run_log import FOLDER, KEPT, append_to, run_log

LOG = logging.getLogger("pipeline.tools")


def _child(path: Path) -> None:
    append_to(path)
    LOG.info("from the child")


def test_every_process_of_a_run_writes_into_its_log(tmp_path: Path) -> None:
    with run_log(tmp_path, "ingest", ("移交", "340000190001010023")) as path:
        assert path is not None
        LOG.info("甲\n乙")
        child = multiprocessing.get_context("spawn").Process(target=_child, args=(path,))
        child.start()
        child.join()
    LOG.info("after the run")
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert "ingest: 移交" in lines[0]
    assert "340000190001010023" not in lines[0]
    assert "甲\\n乙" in lines[1]
    assert "from the child" in lines[2]
    assert "ended after" in lines[3]


def test_how_a_run_failed_is_in_its_log(tmp_path: Path) -> None:
    with pytest.raises(KeyError), run_log(tmp_path, "audit") as path:
        raise KeyError("x")
    assert path is not None
    assert "ended by KeyError" in path.read_text("utf-8")


def test_only_the_newest_logs_stay(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    for number in range(KEPT + 5):
        (tmp_path / FOLDER / f"20000101T000000Z-ingest-{number:05}.log").touch()
    with run_log(tmp_path, "ingest"):
        pass
    left = sorted(path.name for path in (tmp_path / FOLDER).iterdir())
    assert len(left) == KEPT
    assert left[0].endswith("-00006.log")


def test_a_home_that_cannot_take_a_log_is_worked_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).touch()
    with run_log(tmp_path, "ingest") as path:
        assert path is None
    assert "no log of this run" in caplog.text
