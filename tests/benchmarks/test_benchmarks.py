"""The harness measures and tells. What the times are worth is for `./run bench`, never for a test."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import scratch_folder
from tests.benchmarks.cases import TINY
from tests.benchmarks.measure import MIB, become_subreaper, measured

ROOT = Path(__file__).resolve().parents[2]


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_tiny_case_prints_its_table_and_leaves_nothing(tmp_path: Path) -> None:
    done = bench("--size", "tiny", "--only", "photos", "--only", "receive", "--scratch", str(tmp_path))

    assert done.returncode in {0, 1}, done.stderr
    heads, ingest, memory, receive = done.stdout.splitlines()[1:]
    assert heads.split() == ["what", "measured", "wanted", "ok?"]
    assert "ingest 4 JPEG" in ingest
    assert "files/s" in ingest
    assert "PSS" in memory
    assert memory.split()[-1] in {"yes", "NO"}
    assert "MB/s" in receive
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, scratch_folder(tmp_path, replace(TINY, video_bytes=1 << 60)):
        raise AssertionError("there is no such disk")

    assert ended.value.code == 2
    assert "GiB free" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_memory_of_a_grandchild_in_a_session_of_its_own_is_seen() -> None:
    hidden = "import os,time; os.setsid(); x=bytearray(os.urandom(1)*80*2**20); time.sleep(2)"
    orphan = f"import subprocess,sys; subprocess.Popen([sys.executable,'-c',{hidden!r}])"
    waits = f"import subprocess,sys,time; subprocess.run([sys.executable,'-c',{orphan!r}]); time.sleep(2)"

    become_subreaper()
    try:
        run = measured([sys.executable, "-c", waits])
    finally:
        become_subreaper(ours=False)

    assert run.peak_pss > 80 * MIB
    assert run.peak_rss > 80 * MIB
    assert run.seconds > 2
