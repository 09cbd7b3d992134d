"""Killed with SIGKILL at any moment of an ingest and run again: it finishes, nothing is doubled or lost.

Real processes, killed when the files on disk show that they are where we want them.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.makers.desk import Desk
from tests.makers.real_files import photo_delivery

RECORDS, PHOTOS = 4, 5


def received_begun(home: Path) -> bool:
    return any(not f.with_suffix(".json").exists() for f in home.glob("work/*/received"))


def received_done(home: Path) -> bool:
    return any(home.glob("work/*/received.json"))


def identified_done(home: Path) -> bool:
    return any(home.glob("work/*/identified.json"))


def normalise_begun(home: Path) -> bool:
    return any(home.glob("work/*/normalised/*"))


def normalised_done(home: Path) -> bool:
    return any(home.glob("work/*/normalised.json"))


def tar_begun(home: Path) -> bool:
    return any(home.glob("work/*/packaged/*"))


def packaged_done(home: Path) -> bool:
    return any(home.glob("work/*/packaged.json"))


def tar_in_store(home: Path) -> bool:
    return any(home.glob("store/*/*/*/v0001/*.tar"))


def index_in_store(home: Path) -> bool:
    return any(home.glob("store/*/*/*/v0001/*.index.json"))


MOMENTS: tuple[Callable[[Path], bool], ...] = (
    received_begun,
    received_done,
    identified_done,
    normalise_begun,
    normalised_done,
    tar_begun,
    packaged_done,
    tar_in_store,
    index_in_store,
)


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crash") / "delivery"
    photo_delivery(folder, RECORDS, PHOTOS, 60_000)
    return folder


def kill_at(desk: Desk, delivery: Path, moment: Callable[[Path], bool]) -> None:
    """Starts an ingest and kills it, with SIGKILL, as soon as the disk shows the moment."""
    process = desk.start("ingest", delivery)
    deadline = time.monotonic() + 120
    while not moment(desk.home):
        assert process.poll() is None, f"the run ended before {moment.__name__} was seen"
        assert time.monotonic() < deadline
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, f"children outlived their parent: {alive}"


def assert_only_whole_packages_are_listed(desk: Desk) -> None:
    listed = desk.type("list", "--json").json
    if listed:
        audited = desk.type("audit", "--all", "--json")
        assert audited.code == 0, audited.out


def assert_everything_is_there_once(desk: Desk, delivery: Path) -> None:
    listed = desk.type("list", "--json").json
    assert len(listed) == RECORDS
    assert all(row["copies"] == ["local"] for row in listed)
    assert len(list(desk.home.glob("store/**/*.tar"))) == RECORDS
    assert len(list(desk.home.glob("store/**/*.index.json"))) == RECORDS
    assert not list(desk.home.glob("work/*/*"))
    assert desk.type("list", "--held", "--json").json == []
    assert desk.type("audit", "--all").code == 0
    again = desk.type("ingest", delivery, "--json")
    assert {o["state"] for o in again.json["report"]["outcomes"]} == {"unchanged"}


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: m.__name__)
def test_killed_and_run_again(tmp_path: Path, delivery: Path, moment: Callable[[Path], bool]) -> None:
    desk = Desk(tmp_path / "home").made()

    kill_at(desk, delivery, moment)

    assert_only_whole_packages_are_listed(desk)
    finished = desk.type("ingest", delivery)
    assert finished.code == 0, finished.out + finished.err
    assert_everything_is_there_once(desk, delivery)


def test_killed_again_and_again(tmp_path: Path, delivery: Path) -> None:
    desk = Desk(tmp_path / "home").made()

    for moment in (received_done, normalise_begun, tar_in_store):
        kill_at(desk, delivery, moment)

    assert desk.type("ingest", delivery).code == 0
    assert_everything_is_there_once(desk, delivery)


def test_killed_between_index_and_register(tmp_path: Path, delivery: Path) -> None:
    """The state a kill there leaves: copies whole in the store, the register knowing nothing of them."""
    for attempt in range(20):
        desk = Desk(tmp_path / f"home{attempt}").made()
        kill_at(desk, delivery, index_in_store)
        stored = {p.name: p.read_bytes() for p in desk.home.glob("store/**/*.index.json")}
        if all((desk.home / "work" / name.split("-v0001")[0] / "packaged.json").exists() for name in stored):
            break  # else the kill came after the register was written and the workspace removed
    else:
        pytest.fail("the moment was never met")
    for leftover in desk.home.glob("register.db*"):
        leftover.unlink()

    finished = desk.type("ingest", delivery)

    assert finished.code == 0, finished.out + finished.err
    assert_everything_is_there_once(desk, delivery)
    now = {p.name: p.read_bytes() for p in desk.home.glob("store/**/*.index.json")}
    assert stored.items() <= now.items()


def test_a_half_written_workspace_of_another_delivery_is_begun_anew(tmp_path: Path, delivery: Path) -> None:
    changed = tmp_path / "delivery"
    shutil.copytree(delivery, changed)
    desk = Desk(tmp_path / "home").made()
    kill_at(desk, changed, received_done)
    photo = next(p for p in sorted(changed.rglob("*.jpg")))
    photo.write_bytes((changed / photo.parent / sorted(p.name for p in photo.parent.iterdir())[1]).read_bytes())

    finished = desk.type("ingest", changed, "--json")

    assert finished.code == 0, finished.out + finished.err
    package = photo.parent.name
    out = tmp_path / "out"
    assert desk.type("get", package, photo.name, "-o", out).code == 0
    assert (out / photo.name).read_bytes() == photo.read_bytes()
