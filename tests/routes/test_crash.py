"""Killed with SIGKILL at any moment of an ingest and run again: it finishes, nothing is doubled or lost.

Real processes, killed when the files on disk show that they are where we want them.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from pipeline.register.sqlite import open_register
from pipeline.stores import StoreSettings, prepare_store
from pipeline.stores.right_store import make_known
from tests.makers.real_files import photo_delivery
from tests.makers.terminal import Terminal, seen

RECORDS, PHOTOS = 4, 5


MOMENTS = {
    "receive begun": "work/*/received",
    "received": "work/*/received.json",
    "identified": "work/*/identified.json",
    "derive begun": "work/*/derived/*",
    "derived": "work/*/derived.json",
    "tar begun": "work/*/packaged/*",
    "packaged": "work/*/packaged.json",
    "store named": "store/.lantai-store.json",
    "tar in the store": "store/*/*/*/v0001/*.tar",
    "index in the store": "store/*/*/*/v0001/*.index.json",
}
"""What shows on the disk that a run has come so far."""


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crash") / "delivery"
    photo_delivery(folder, RECORDS, PHOTOS, 60_000)
    return folder


TAKEN_IN = "SELECT count(*) FROM outcomes WHERE run = (SELECT max(id) FROM runs)"
PLANNED = "SELECT count(*) * 4 FROM surveys WHERE run = (SELECT max(id) FROM runs)"
"""What the ledger says when every record of the run that goes on is planned, or taken in."""
EARLY = ("receive begun", "received", "identified")
KNOWN = ("tar in the store", "index in the store")
"""Where the register knows the store before: else the first deposit waits to note its identity there."""


def kill_at(terminal: Terminal, delivery: Path, moment: str) -> None:
    """Starts an ingest and kills it, with SIGKILL, when it has come to the moment, or a little after.

    From a little before nothing can be registered, and so no workspace is removed: no moment can pass unseen.
    """
    with open_register(terminal.home / "register.db") as register:
        if moment in KNOWN:
            make_known(prepare_store(StoreSettings(name="local", url=(terminal.home / "store").as_uri())), register)
    runs = len(list_of(terminal, "SELECT id FROM runs"))
    process = terminal.start("ingest", delivery)
    while len(list_of(terminal, "SELECT id FROM runs")) == runs:
        assert process.poll() is None
    while list_of(terminal, PLANNED if moment in EARLY else TAKEN_IN) != [(RECORDS,)]:
        assert process.poll() is None
    with unwritable_register(terminal):
        while not seen(terminal.home, MOMENTS[moment]):
            assert process.poll() is None, f"the run ended before this was seen: {moment}"
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive, f"children outlived their parent: {alive}"


def list_of(terminal: Terminal, query: str) -> list[tuple[int, ...]]:
    """What the register answers."""
    with closing(sqlite3.connect(terminal.home / "register.db")) as connection:
        return connection.execute(query).fetchall()


@contextmanager
def unwritable_register(terminal: Terminal) -> Iterator[None]:
    """Whoever wants to write to the register waits."""
    with closing(sqlite3.connect(terminal.home / "register.db", isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def assert_everything_is_there_once(terminal: Terminal, delivery: Path) -> None:
    listed = terminal.type("list", "--json").json
    assert len(listed) == RECORDS
    assert all(row["copies"] == ["local"] for row in listed)
    assert len(list(terminal.home.glob("store/**/*.tar"))) == RECORDS
    assert len(list(terminal.home.glob("store/**/*.index.json"))) == RECORDS
    assert not list(terminal.home.glob("work/*/*"))
    assert terminal.type("list", "--held", "--json").json == []
    assert terminal.type("audit", "--all").code == 0
    again = terminal.type("ingest", delivery, "--json")
    assert {o["state"] for o in again.json["report"]["outcomes"]} == {"unchanged"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again(tmp_path: Path, delivery: Path, moment: str) -> None:
    terminal = Terminal(tmp_path / "home").made()

    kill_at(terminal, delivery, moment)

    stored = {p: p.read_bytes() for p in terminal.home.glob("store/**/*.index.json")}
    assert terminal.type("list", "--json").json == []
    finished = terminal.type("ingest", delivery)
    assert finished.code == 0, finished.out + finished.err
    assert_everything_is_there_once(terminal, delivery)
    assert all(index.read_bytes() == data for index, data in stored.items())


def test_killed_again_and_again(tmp_path: Path, delivery: Path) -> None:
    terminal = Terminal(tmp_path / "home").made()

    for moment in ("received", "derive begun", "tar in the store"):
        kill_at(terminal, delivery, moment)

    assert terminal.type("ingest", delivery).code == 0
    assert_everything_is_there_once(terminal, delivery)


def test_killed_when_some_are_registered(tmp_path: Path, delivery: Path) -> None:
    """What is listed then is whole, and what was stored by then is not touched again."""
    terminal = Terminal(tmp_path / "home").made()
    process = terminal.start("ingest", delivery)
    with open_register(terminal.home / "register.db") as register:
        while not list(register.packages()):
            assert process.poll() is None
    process.kill()
    process.communicate()

    listed = terminal.type("list", "--json").json
    assert listed
    assert terminal.type("audit", *(row["package_id"] for row in listed)).code == 0
    stored = {p: p.stat().st_mtime_ns for p in terminal.home.glob("store/**/*.tar")}
    finished = terminal.type("ingest", delivery)
    assert finished.code == 0, finished.out + finished.err
    assert_everything_is_there_once(terminal, delivery)
    assert all(tar.stat().st_mtime_ns == time for tar, time in stored.items())


def test_killed_between_register_and_removal(tmp_path: Path, delivery: Path) -> None:
    """The state a kill there leaves: registered, and the workspace still there."""
    terminal = Terminal(tmp_path / "home").made()
    kill_at(terminal, delivery, "index in the store")
    shutil.copytree(terminal.home / "work", tmp_path / "work")
    assert terminal.type("ingest", delivery).code == 0
    shutil.copytree(tmp_path / "work", terminal.home / "work", dirs_exist_ok=True)

    finished = terminal.type("ingest", delivery)

    assert finished.code == 0, finished.out + finished.err
    assert_everything_is_there_once(terminal, delivery)


def test_a_half_written_workspace_of_another_delivery_is_begun_anew(tmp_path: Path, delivery: Path) -> None:
    changed = tmp_path / "delivery"
    shutil.copytree(delivery, changed)
    terminal = Terminal(tmp_path / "home").made()
    kill_at(terminal, changed, "received")
    photo = next(p for p in sorted(changed.rglob("*.jpg")))
    photo.write_bytes((changed / photo.parent / sorted(p.name for p in photo.parent.iterdir())[1]).read_bytes())

    finished = terminal.type("ingest", changed, "--json")

    assert finished.code == 0, finished.out + finished.err
    package = photo.parent.name
    out = tmp_path / "out"
    assert terminal.type("get", package, photo.name, "-o", out).code == 0
    assert (out / photo.name).read_bytes() == photo.read_bytes()
