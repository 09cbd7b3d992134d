"""Who has a register open."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import RegisterBusy, RegisterError
from pipeline.register.lock import opened

HOLD = """
import sys, time
from pathlib import Path
from pipeline.register.lock import opened
with opened(Path(sys.argv[1]), alone=True):
    print("held", flush=True)
    time.sleep(600)
"""


def test_many_may_have_it_open(tmp_path: Path) -> None:
    with opened(tmp_path / "register.db"), opened(tmp_path / "register.db"):
        assert [path.name for path in tmp_path.iterdir()] == ["register.db.lock"]


@pytest.mark.parametrize(("one", "other"), [(True, False), (False, True), (True, True)])
def test_one_alone_excludes_all(tmp_path: Path, one: bool, other: bool) -> None:
    path = tmp_path / "register.db"
    with opened(path, alone=one):
        with pytest.raises(RegisterBusy) as busy, opened(path, alone=other):
            pass
        assert busy.value.retryable
    with opened(path, alone=other):
        pass


def test_registers_do_not_disturb_one_another(tmp_path: Path) -> None:
    with opened(tmp_path / "a.db", alone=True), opened(tmp_path / "b.db", alone=True):
        pass


def test_it_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(RegisterBusy), opened(path):
            pass
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    with opened(path, alone=True):
        pass


def test_without_its_folder_there_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(RegisterError) as error, opened(tmp_path / "gone" / "register.db"):
        pass
    assert not isinstance(error.value, RegisterBusy)
