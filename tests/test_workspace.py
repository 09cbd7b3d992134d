import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.errors import Busy
from pipeline.workspace import Workspace

ID = "K021-ZY·FP·2019·Y-001"


@dataclass(frozen=True)
class Value:
    files: tuple[str, ...]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "work")


def test_a_finished_stage_is_found_again(workspace: Workspace) -> None:
    with workspace.record(ID) as work:
        (work.fresh_folder("received") / "0001.tif").write_bytes(b"x")
        assert work.finished("received", Value) is None
        work.finish("received", Value(("0001.tif",)))

    with workspace.record(ID) as work:
        assert work.finished("received", Value) == Value(("0001.tif",))
        assert (work.folder("received") / "0001.tif").read_bytes() == b"x"


def test_a_stage_that_begins_again_has_neither_files_nor_journal(workspace: Workspace) -> None:
    with workspace.record(ID) as work:
        (work.fresh_folder("received") / "half.tif").write_bytes(b"x")
        work.finish("received", Value(()))

        folder = work.fresh_folder("received")

        assert list(folder.iterdir()) == []
        assert work.finished("received", Value) is None


@pytest.mark.parametrize("journal", [b"", b'{"files": ["a"', b'{"pages": 3}', b'{"files": 3}', b"\xff"])
def test_a_journal_that_is_not_ours_is_no_finished_stage(workspace: Workspace, journal: bytes) -> None:
    with workspace.record(ID) as work:
        (work.root / "received.json").write_bytes(journal)
        assert work.finished("received", Value) is None


def test_two_do_not_work_on_one_record(workspace: Workspace) -> None:
    other = workspace.record("K021-ZY·FP·2019·Y-002")
    with workspace.record(ID), other, pytest.raises(Busy) as busy, workspace.record(ID):
        pass
    assert ID in str(busy.value)
    assert busy.value.retryable
    with workspace.record(ID):
        pass


def test_the_lock_of_a_killed_process_is_free(workspace: Workspace) -> None:
    program = (
        "import sys, time; from pathlib import Path; from pipeline.workspace import Workspace\n"
        f"with Workspace(Path(sys.argv[1])).record('{ID}'): print('in', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", program, workspace.root], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(Busy), workspace.record(ID):
        pass

    other.kill()
    other.wait()
    other.stdout.close()

    with workspace.record(ID) as work:
        assert work.root.is_dir()


def test_discarding_removes_everything_and_can_be_done_twice(workspace: Workspace) -> None:
    with workspace.record(ID) as work:
        (work.fresh_folder("received") / "0001.tif").write_bytes(b"x")
        work.finish("received", Value(()))

    workspace.discard(ID)
    workspace.discard(ID)

    assert workspace.pending() == []


def test_a_workspace_that_cannot_be_removed_ends_no_run(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.record(ID) as work:
        work.finish("received", Value(()))

    def refuse(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    workspace.discard(ID)

    assert ID in caplog.text
    assert workspace.pending() == [ID]


def test_a_record_that_another_is_working_on_is_not_discarded(workspace: Workspace) -> None:
    with workspace.record(ID) as work:
        work.finish("received", Value(()))

        workspace.discard(ID)

        assert work.finished("received", Value) == Value(())
    assert workspace.pending() == [ID]


def test_a_lock_on_a_removed_folder_keeps_nobody_out_and_lets_no_two_in(tmp_path: Path) -> None:
    """Two processes take and discard the same record as fast as they can; they never meet inside."""
    program = (
        "import sys; from pathlib import Path\n"
        "from pipeline.workspace import Workspace; from pipeline.errors import Busy\n"
        "workspace, mark, inside = Workspace(Path(sys.argv[1])), Path(sys.argv[2]), 0\n"
        "while inside < 300:\n"
        "    try:\n"
        "        with workspace.record('a') as work:\n"
        "            mark.touch(exist_ok=False); inside += 1\n"
        "            work.finish('received', 1); mark.unlink()\n"
        "    except Busy: pass\n"
        "    workspace.discard('a')\n"
        "print(inside)"
    )
    arguments = [sys.executable, "-c", program, tmp_path / "work", tmp_path / "mark"]
    both = [subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in both:
        out, err = process.communicate()
        assert (process.returncode, out.strip()) == (0, "300"), err


def test_one_process_at_a_time_takes_in_a_delivery(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "交接").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "交接")

    first, other, again = (workspace.delivery(tmp_path / name) for name in ("交接", "other", "link"))
    with first, other, pytest.raises(Busy) as busy, again:
        pass

    assert "link" in str(busy.value)
    assert list(workspace.root.iterdir()) == []


def test_one_process_at_a_time_does_an_act(workspace: Workspace) -> None:
    with workspace.alone("derive"), workspace.alone("other"), pytest.raises(Busy), workspace.alone("derive"):
        pass
    with workspace.alone("derive"):
        pass


def test_two_acts_on_one_record_do_not_take_each_others_work_away(workspace: Workspace) -> None:
    inside = workspace.of("derive")
    with workspace.record(ID) as one, inside.record(ID) as other:
        one.finish("received", 1)
        other.finish("received", 2)
    workspace.discard(ID)
    assert (workspace.pending(), inside.pending()) == ([], [ID])
    with inside.record(ID) as other:
        assert other.finished("received", int) == 2


def test_occupied_bytes(workspace: Workspace) -> None:
    assert workspace.occupied(ID) == 0
    with workspace.record(ID) as work:
        (work.fresh_folder("received") / "0001.tif").write_bytes(b"12345")
    assert workspace.occupied(ID) == 5


def test_waiting_for_a_removed_folder_ends(workspace: Workspace) -> None:
    for _ in range(50):
        with workspace.record(ID):
            pass
        workspace.discard(ID)
    assert list(workspace.root.iterdir()) == []
