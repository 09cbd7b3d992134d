"""Programs that betray us: each ends in the right error, and nothing of theirs lives on."""

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import MissingTool, ToolCrashed, ToolFailed, ToolTimedOut
from pipeline.tools import run as run_module
from pipeline.tools.run import Ran, run


@pytest.fixture
def program(tmp_path: Path) -> "Program":
    return Program(tmp_path)


class Program:
    """Small real executables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, body: str) -> str:
        path = self.folder / "program"
        path.write_text("#!/bin/sh\n" + body, "utf-8")
        path.chmod(0o755)
        return str(path)

    def run(self, body: str, *arguments: str, seconds: float = 20, **more: int) -> Ran:
        command = [self.write(body), *arguments]
        return run(command, subject="第1页.tif", seconds=seconds, scratch=self.folder, **more)

    def hung(self, body: str, writes: str = "pid") -> int:
        """The process number that a program without end wrote before it was stopped; a busy machine may need more
        than a second to bring it so far."""
        for seconds in (1, 5, 25):
            with pytest.raises(ToolTimedOut) as caught:
                self.run(body, seconds=seconds)
            assert caught.value.retryable
            if written := read(self.folder / writes):
                return int(written)
        raise AssertionError("it never began")


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def wait_for(path: Path, seconds: float = 60) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if written := read(path):
            return written
        time.sleep(0.02)
    raise AssertionError(f"{path.name} was not written")


def gone(pid: int, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_output_comes_back(program: Program) -> None:
    ran = program.run('printf "%s" "$1"; echo warning >&2', "值 with blanks; and $(a shell's) words")
    assert ran.stdout.decode() == "值 with blanks; and $(a shell's) words"
    assert ran.complaints == "warning"


def test_input_is_closed_and_the_environment_is_small(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for programs")
    ran = program.run("cat; env")
    names = {line.split("=")[0] for line in ran.stdout.decode().splitlines()}
    assert names <= {"PATH", "LANG", "HOME", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_"}
    assert f"HOME={program.folder}" in ran.stdout.decode().splitlines()


def test_a_failure_carries_the_last_lines(program: Program) -> None:
    with pytest.raises(ToolFailed) as caught:
        program.run("for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 3")
    assert "exit=3" in str(caught.value)
    assert "line 7" in str(caught.value) and "line 2" not in str(caught.value)
    assert (caught.value.tool, caught.value.subject) == ("program", "第1页.tif")


def test_an_accepted_code_is_no_failure(program: Program) -> None:
    ran = run([program.write("exit 1")], subject="x", seconds=9, scratch=program.folder, accepted=frozenset({1}))
    assert ran.code == 1


def test_it_says_nothing_and_fails(program: Program) -> None:
    with pytest.raises(ToolFailed, match=r"exit=1, subject"):
        program.run("exit 1")


def test_a_hang_is_ended(program: Program) -> None:
    assert gone(program.hung("echo $$ > pid; sleep 300"))


def test_one_that_ignores_the_polite_signal_is_ended(program: Program) -> None:
    assert gone(program.hung("trap '' TERM INT HUP; echo $$ > pid; while :; do sleep 0.1; done"))


def test_children_end_with_it(program: Program) -> None:
    assert gone(program.hung("sleep 300 & echo $! > child; wait", "child"))


def test_children_left_behind_are_ended(program: Program) -> None:
    program.run("sleep 300 & echo $! > child; exit 0")
    assert gone(int(wait_for(program.folder / "child")))


def test_a_death_by_signal_is_a_crash(program: Program) -> None:
    with pytest.raises(ToolCrashed, match="SIGSEGV"):
        program.run("kill -SEGV $$")


def test_a_file_that_grows_too_far_ends_it(program: Program) -> None:
    with pytest.raises((ToolCrashed, ToolFailed)):
        program.run("head -c 5000000 /dev/zero > big", max_written=100_000)
    assert (program.folder / "big").stat().st_size <= 100_000


def test_output_without_end_is_refused(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MAX_CAPTURED", 100_000)
    with pytest.raises(ToolFailed, match="tool_talks_on"):
        program.run("head -c 200000 /dev/zero")


def test_garbage_on_stderr_does_not_hurt(program: Program) -> None:
    with pytest.raises(ToolFailed):
        program.run("head -c 3000 /dev/urandom >&2; exit 1")


def test_a_missing_program_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "SEARCH_PATH", str(tmp_path))
    run_module.locate.cache_clear()
    try:
        with pytest.raises(MissingTool, match="package=libimage-exiftool-perl"):
            run_module.locate("exiftool")
    finally:
        run_module.locate.cache_clear()


def test_it_dies_with_the_process_that_started_it(program: Program) -> None:
    """Even where that is killed outright, and with all it has started itself."""
    path = program.write("trap '' TERM; sleep 300 & echo $! > child; echo $$ > pid; while :; do sleep 0.1; done")
    code = (
        "from pathlib import Path\nfrom pipeline.tools.run import run\n"
        f"run([{path!r}], subject='x', seconds=200, scratch=Path({str(program.folder)!r}))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    try:
        pid, child = int(wait_for(program.folder / "pid")), int(wait_for(program.folder / "child"))
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
    assert gone(pid) and gone(child)


def test_each_program_is_in_the_log_with_its_arguments_and_how_it_ended(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "pipeline.tools.run"), pytest.raises(ToolFailed):
        program.run("exit 3", "一 二")
    (line,) = caplog.messages
    assert line.startswith("program on 第1页.tif: exit code 3 after ")
    assert line.endswith("'一 二'")


def test_what_takes_too_much_memory_is_stopped_with_all_it_has_started(program: Program) -> None:
    hungry = f"{sys.executable} -c 'import time; x = bytearray(200 * 2**20); time.sleep(60)' & wait"
    began = time.monotonic()
    with pytest.raises(ToolCrashed) as caught:
        program.run(hungry, seconds=50, max_memory=100 * 2**20)
    assert caught.value.message.code == "tool_over_memory" and time.monotonic() - began < 30


def test_what_stays_below_its_memory_ends_well(program: Program) -> None:
    assert program.run("sleep 1; echo done", max_memory=2**30).stdout == b"done\n"
