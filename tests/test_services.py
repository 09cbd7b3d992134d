"""What taking in needs, opened from a home: rules, workers, a folder for the tools."""

import os
import subprocess
from pathlib import Path

import pytest

from pipeline.bootstrap import open_archive
from pipeline.errors import ProfileError
from pipeline.services import open_services
from pipeline.settings import SETTINGS_FILE, create_home
from pipeline.stores import prepare_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    stores = (("first", "a"), ("second", "b"))
    return create_home(tmp_path / "home", fonds="K021", name="馆", stores=stores, prepare=prepare_store).root


def test_the_rules_are_those_of_profile_and_home(home: Path) -> None:
    with open_archive(home) as archive:
        with open_services(archive) as services:
            assert services.profile.name == "county"
            assert services.profile.delivery.default_fonds == "K021"
            assert services.institution == "馆"
            rules = services.rules
        with open_services(archive) as again:
            assert again.rules == rules
        with open_services(archive, profile_name="originals-only") as other:
            assert other.rules != rules


def test_the_profile_of_the_settings(home: Path) -> None:
    text = (home / SETTINGS_FILE).read_text("utf-8")
    (home / SETTINGS_FILE).write_text(text.replace("workers = 0", 'profile = "ours.toml"'), "utf-8")
    (home / "ours.toml").write_text('extends = "county"\nname = "ours"\n[delivery]\ndefault_fonds = "X1"\n', "utf-8")
    with open_archive(home) as archive, open_services(archive) as services:
        assert services.profile.name == "ours"
        assert services.profile.delivery.default_fonds == "X1"


def test_a_severity_for_what_nothing_finds(home: Path) -> None:
    (home / "ours.toml").write_text('extends = "county"\n[severities]\npage_gapp = "warning"\n', "utf-8")
    name = str(home / "ours.toml")
    with (
        open_archive(home) as archive,
        pytest.raises(ProfileError, match="page_gapp"),
        open_services(archive, profile_name=name),
    ):
        pass


def test_a_policy_that_is_not_there(home: Path) -> None:
    (home / "ours.toml").write_text('extends = "county"\npolicy = "nowhere"\n', "utf-8")
    name = str(home / "ours.toml")
    with (
        open_archive(home) as archive,
        pytest.raises(ProfileError, match="nowhere"),
        open_services(archive, profile_name=name),
    ):
        pass


def test_what_killed_runs_left_for_their_tools_is_removed_and_nothing_else(home: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    scratch = home / "scratch"
    left, in_use, foreign = scratch / f"{ended.pid}-a", scratch / f"{os.getpid()}-b", scratch / ".DS_Store"
    for folder in (left / "toolbox-1", in_use):
        folder.mkdir(parents=True)
    foreign.touch()
    with open_archive(home) as archive, open_services(archive):
        assert not left.exists()
    assert in_use.is_dir()
    assert foreign.exists()
