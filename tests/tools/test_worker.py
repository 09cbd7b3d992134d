"""WorkerPool: what a library breaks is only the worker, and the error names the file."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.domain.messages import told_by_program
from pipeline.errors import HouseError, MissingTool, ToolCrashed, ToolFailed, ToolTimedOut
from pipeline.ports import Watch
from pipeline.tools.worker import Abandoned, WorkerPool, WorkersByKind


@contextmanager
def toolbox(watch: Watch) -> Iterator[Watch]:
    yield watch


def add(watch: Watch, left: int, right: int) -> int:
    return left + right


def pid(watch: Watch) -> int:
    return os.getpid()


def segfault(watch: Watch, name: str) -> None:
    watch.begin(name, 20)
    ctypes.string_at(0)


def hang(watch: Watch, name: str) -> None:
    watch.begin(name, 0.5)
    signal.pause()


def hang_with_a_child(watch: Watch, told: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(told).write_text(str(child.pid))
    hang(watch, told)


def hang_long(watch: Watch, told: str) -> None:
    watch.begin(told, 250)
    Path(told).touch()
    signal.pause()


def refuse(watch: Watch, name: str) -> None:
    raise ToolFailed(told_by_program("no"), tool="judge", subject=name)


def devour(watch: Watch, name: str) -> int:
    watch.begin(name, 60)
    return len(bytearray(32 * 2**30))


def leave(watch: Watch, name: str) -> None:
    watch.begin(name, 20)
    os._exit(6)


def killed_from_outside(watch: Watch, name: str) -> None:
    watch.begin(name, 20)
    os.kill(os.getpid(), signal.SIGKILL)


def unsendable(watch: Watch) -> object:
    return lambda: None


@contextmanager
def toolbox_without_a_program(watch: Watch) -> Iterator[Watch]:
    raise MissingTool(told_by_program("exiftool is not installed"), tool="exiftool")
    yield watch


@contextmanager
def broken_toolbox(watch: Watch) -> Iterator[Watch]:
    raise KeyError("ours")
    yield watch


@contextmanager
def leaving_toolbox(watch: Watch) -> Iterator[Watch]:
    os._exit(6)
    yield watch


def break_down(watch: Watch) -> None:
    raise KeyError("ours")


@pytest.fixture
def workers() -> Iterator[WorkerPool[Watch]]:
    made = WorkerPool(2, toolbox)
    yield made
    made.close()


def test_work_comes_back_from_another_process(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        assert worker.call(add, 2, right=3) == 5
        assert worker.call(pid) == worker.call(pid) != os.getpid()


def test_a_crash_names_the_file_and_the_worker_goes_on(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises(ToolCrashed, match="SIGSEGV") as caught:
            worker.call(segfault, "坏图.tif")
        assert caught.value.subject == "坏图.tif"
        assert worker.call(add, 1, 1) == 2


def test_a_hang_is_ended_and_named(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises(ToolTimedOut) as caught:
            worker.call(hang, "慢.pdf")
        assert caught.value.subject == "慢.pdf"
        assert caught.value.retryable
        assert worker.call(add, 1, 1) == 2


def test_what_a_hung_worker_started_ends_with_it(workers: WorkerPool[Watch], tmp_path: Path) -> None:
    told = tmp_path / "pid"
    with workers.borrow() as worker, pytest.raises(ToolTimedOut):
        worker.call(hang_with_a_child, str(told))

    deadline = time.monotonic() + 60
    while runs(int(told.read_text())):
        assert time.monotonic() < deadline, "it outlived its worker"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether it is there and more than an entry that nobody has taken note of."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_bomb_ends_in_the_worker_and_not_the_machine(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises((MemoryError, ToolCrashed)):
            worker.call(devour, "炸弹.zip")
        assert worker.call(add, 1, 1) == 2


def test_closed_under_its_user_it_blames_no_file(tmp_path: Path) -> None:
    made, told = WorkerPool(1, toolbox), tmp_path / "pid"
    with made.borrow() as worker, ThreadPoolExecutor(1) as pool:
        using = pool.submit(worker.call, hang_long, str(told))
        while not told.exists():
            assert not using.done()
        made.close()
        with pytest.raises(Abandoned):
            using.result()


def test_errors_travel_whole(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises(ToolFailed, match="no") as caught:
            worker.call(refuse, "a.jpg")
        assert (caught.value.tool, caught.value.subject) == ("judge", "a.jpg")
        with pytest.raises(KeyError):
            worker.call(break_down)


def test_a_worker_dies_with_its_parent() -> None:
    program = (
        "import os, sys; from tests.tools.test_worker import *\n"
        "if __name__ == '__main__':\n"
        "    workers = WorkerPool(1, toolbox)\n"
        "    with workers.borrow() as worker:\n"
        "        print(worker.call(pid), flush=True); sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    gone, alive = psutil.wait_procs([child], timeout=60)
    assert gone and not alive


@pytest.mark.parametrize("opener", [broken_toolbox, leaving_toolbox])
def test_a_worker_that_does_not_start_is_our_fault_and_no_file_s(opener: Any) -> None:
    made = WorkerPool(1, opener)
    try:
        with made.borrow() as worker, pytest.raises(HouseError, match="worker_did_not_start") as caught:
            worker.call(add, 1, 1)
    finally:
        made.close()
    assert ("KeyError" if opener is broken_toolbox else "exit code 6") in str(caught.value)
    assert caught.value.exit_code == 70


def test_what_the_installation_lacks_is_told_as_such() -> None:
    made = WorkerPool(1, toolbox_without_a_program)
    try:
        with made.borrow() as worker, pytest.raises(MissingTool):
            worker.call(add, 1, 1)
    finally:
        made.close()


def test_a_worker_that_leaves_by_itself_accuses_no_file(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises(ToolFailed, match="worker_ended") as caught:
            worker.call(leave, "a.jpg")
        assert caught.value.subject == "a.jpg" and not isinstance(caught.value, ToolCrashed)
        with pytest.raises(ToolCrashed, match="worker_killed"):
            worker.call(killed_from_outside, "a.jpg")


def test_an_answer_that_cannot_be_handed_back_is_told(workers: WorkerPool[Watch]) -> None:
    with workers.borrow() as worker:
        with pytest.raises(HouseError, match="worker_answer_lost"):
            worker.call(unsendable)
        assert worker.call(add, 1, 1) == 2


def test_each_kind_has_workers_of_its_own_started_when_needed() -> None:
    made = WorkersByKind({"decoding": 1, "office": 1}, toolbox)
    try:
        before = {child.pid for child in psutil.Process().children()}
        one = made.call("decoding", pid)
        assert {child.pid for child in psutil.Process().children()} - before >= {one}
        other = made.call("office", pid)
        assert one == made.call("decoding", pid) != other
        with pytest.raises(HouseError, match="worker_kind_unknown"):
            made.call("ocr", pid)
    finally:
        made.close()
