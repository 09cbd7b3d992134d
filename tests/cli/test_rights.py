"""Who may read a home, who may only read it, and what is said where rights are missing."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import TEXT, Filled
from tests.makers.rightless import RIGHTLESS
from tests.makers.terminal import LANTAI, Terminal, Typed


def rightless(terminal: Terminal, *arguments: str | os.PathLike[str]) -> Typed:
    call = [*RIGHTLESS, str(LANTAI), *map(os.fspath, arguments)]
    done = subprocess.run(call, env=terminal.env(), capture_output=True, timeout=240, check=False)
    return Typed(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def test_nobody_else_reads_home_register_stores(filled: Filled) -> None:
    home = filled.terminal.home
    readable = {str(path.relative_to(home)) for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077}
    assert readable == set()


@pytest.fixture
def frozen(own: Terminal) -> Terminal:
    """A home that may only be read."""
    for path in (own.home, *own.home.rglob("*")):
        path.chmod(path.stat().st_mode & 0o555)
    return own


def test_a_home_that_may_only_be_read(frozen: Terminal, tmp_path: Path) -> None:
    assert TEXT in rightless(frozen, "list").out
    for call in (("show", TEXT), ("get", TEXT, "-o", tmp_path / "out"), ("verify", TEXT)):
        done = rightless(frozen, *call)
        assert (done.code, "Traceback" in done.err) == (0, False), done.out + done.err


def test_a_work_folder_without_rights_is_no_fault_of_our_own(own: Terminal, filled: Filled) -> None:
    (own.home / "work").chmod(0o500)
    done = rightless(own, "ingest", filled.delivery)
    assert done.code == 6, done.out + done.err
    assert str(own.home / "work") in done.err


def test_a_page_of_noise_is_noticed(own: Terminal) -> None:
    register = own.home / "register.db"
    with closing(sqlite3.connect(register)) as database:
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name='outcomes'").fetchone()
    with register.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    done = own.type("audit", "--all")
    assert (done.code, str(register) in done.err) == (6, True)


def test_a_lost_register_is_no_empty_archive(own: Terminal, filled: Filled, tmp_path: Path) -> None:
    for path in own.home.glob("register.db*"):
        path.unlink()
    for call in (("list",), ("get", TEXT, "-o", tmp_path), ("doctor",), ("ingest", filled.delivery)):
        done = own.type(*call)
        assert (done.code, "lantai rebuild" in done.out + done.err) == (6, True), call
    assert own.type("rebuild").code == 0


def test_the_store_of_another_archive_is_named(own: Terminal, tmp_path: Path) -> None:
    other = Terminal(tmp_path / "other").made("theirs=c")
    shutil.copytree(own.home / "a", other.home / "c", dirs_exist_ok=True)
    assert other.type("list").code == 6


def test_a_terminal_of_another_encoding(filled: Filled) -> None:
    latin = Terminal(filled.terminal.home, (("PYTHONIOENCODING", "latin-1"),))
    assert latin.type("list").code == 0
