"""The register alone, for commands that only list."""

import sys
from pathlib import Path

import pytest

from pipeline.cli.opening import open_listing
from pipeline.errors import RegisterBusy, UsageError
from pipeline.register.lock import opened
from pipeline.settings import create_home
from pipeline.stores import prepare_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = create_home(tmp_path / "home", fonds="K021", name="馆", stores=(("first", "a"),), prepare=prepare_store)
    return made.root


def test_the_homes_register_is_open_and_closed_again(home: Path) -> None:
    with open_listing(home) as register:
        assert list(register.packages()) == []
        with pytest.raises(RegisterBusy), opened(home / "register.db", alone=True):
            pass
    with opened(home / "register.db", alone=True):
        pass


def test_a_store_that_is_away_does_not_matter(home: Path) -> None:
    (home / "a").rename(home / "away")
    with open_listing(home) as register:
        assert list(register.packages()) == []


def test_a_folder_that_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(UsageError), open_listing(tmp_path):
        pass


def test_nothing_heavy_is_loaded() -> None:
    import subprocess

    code = "import sys, pipeline.cli.opening; sys.exit('boto3' in sys.modules or 'pyvips' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
