import logging
import os
import subprocess
from pathlib import Path

import pytest

from pipeline.bootstrap import LOG_FILE, SystemClock, open_archive
from pipeline.errors import ProfileError, RegisterError, UsageError
from pipeline.services import open_services
from pipeline.settings import SETTINGS_FILE, create_home
from pipeline.stores import prepare_store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    stores = (("first", "a"), ("second", "b"))
    return create_home(tmp_path / "home", fonds="K021", name="馆", stores=stores, prepare=prepare_store).root


def test_an_archive_opened(home: Path) -> None:
    with open_archive(home) as archive:
        assert [store.name for store in archive.stores] == ["first", "second"]
        assert archive.store("second") is archive.stores[1]
        with pytest.raises(UsageError, match="first, second"):
            archive.store("third")
        assert list(archive.register.packages()) == []


def test_the_log_of_the_home_holds_warnings_and_no_personal_number(home: Path) -> None:
    with open_archive(home):
        logging.getLogger("pipeline.routes").warning("户主 340000190001010023 %s", "x")
        logging.getLogger("pipeline.routes").info("not worth keeping")
    text = (home / LOG_FILE).read_text("utf-8")
    assert "户主" in text
    assert "340000190001010023" not in text
    assert "not worth keeping" not in text


def test_two_homes_in_turn_keep_their_logs_apart(home: Path, tmp_path: Path) -> None:
    other = create_home(tmp_path / "other", fonds="K022", name="馆", stores=(("a", "a"),)).root
    with open_archive(home):
        pass
    with open_archive(other):
        logging.getLogger("pipeline").error("of the other")
    assert not (home / LOG_FILE).exists()
    assert "of the other" in (other / LOG_FILE).read_text("utf-8")


def test_the_plant_has_the_rules_of_profile_and_home(home: Path) -> None:
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


def test_a_garbled_register(home: Path) -> None:
    (home / "register.db").write_bytes(b"garbage" * 1000)
    with pytest.raises(RegisterError, match="register_damaged"), open_archive(home):
        pass


def test_the_clock_tells_whole_seconds_in_utc() -> None:
    now = SystemClock().now()
    assert now.microsecond == 0
    assert now.utcoffset() is not None
    assert now.utcoffset().total_seconds() == 0  # type: ignore[union-attr]


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
