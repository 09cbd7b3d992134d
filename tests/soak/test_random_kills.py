"""An ingest into two stores, killed with SIGKILL at random moments and run again: nothing lost, doubled or half there.

Long: run with `./run soak`. The seed is printed where it fails.
"""

import random
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.makers.real_files import photo_delivery
from tests.makers.terminal import Terminal

pytestmark = [pytest.mark.soak, pytest.mark.timeout(5400)]

KILLS = 60
RECORDS, PHOTOS = 6, 4
SEED = 20261128


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("soak") / "delivery"
    photo_delivery(folder, RECORDS, PHOTOS, 40_000)
    return folder


def undisturbed_seconds(delivery: Path, root: Path) -> float:
    terminal = Terminal(root / "undisturbed").made("a=a", "b=b")
    began = time.monotonic()
    assert terminal.type("ingest", delivery).code == 0
    return time.monotonic() - began


def kill_after(terminal: Terminal, delivery: Path, seconds: float) -> bool:
    """Whether the run was still at work when it was killed."""
    process = terminal.start("ingest", delivery)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive, f"children outlived their parent: {alive}"
        return True
    assert process.returncode == 0
    return False


def assert_all_is_there_once(terminal: Terminal, delivery: Path) -> None:
    listed = terminal.type("list", "--json").json
    assert [row["copies"] for row in listed] == [["a", "b"]] * RECORDS
    for store in ("a", "b"):
        tars = sorted((terminal.home / store).glob("**/*.tar"))
        assert len(tars) == RECORDS
        assert len(list((terminal.home / store).glob("**/*.index.json"))) == RECORDS
    assert not list(terminal.home.glob("work/*/*")), "a finished record leaves no workspace"
    audit = terminal.type("audit", "--all")
    assert audit.code == 0, audit.out + audit.err
    again = terminal.type("ingest", delivery, "--json")
    assert {each["state"] for each in again.json["report"]["outcomes"]} == {"unchanged"}


def test_killed_at_sixty_random_moments(delivery: Path, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    whole = undisturbed_seconds(delivery, tmp_path)
    killed = 0
    for number in range(KILLS):
        terminal = Terminal(tmp_path / f"home-{number}").made("a=a", "b=b")
        after = chance.uniform(0.3, 0.8 * whole)
        killed += kill_after(terminal, delivery, after)
        finished = terminal.type("ingest", delivery)
        assert finished.code == 0, f"kill {number} after {after:.2f} s of {whole:.2f} s: {finished.out}{finished.err}"
        assert_all_is_there_once(terminal, delivery)
        shutil.rmtree(terminal.home)
    assert killed > KILLS // 2, f"only {killed} of {KILLS} runs were still at work when they were to be killed"
