import logging
from pathlib import Path

import pytest

from pipeline.bootstrap import LOG_FILE, SystemClock, open_archive
from pipeline.errors import RegisterError, UsageError
from pipeline.settings import create_home
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


def test_a_garbled_register(home: Path) -> None:
    (home / "register.db").write_bytes(b"garbage" * 1000)
    with pytest.raises(RegisterError, match="register_damaged"), open_archive(home):
        pass


def test_the_clock_tells_whole_seconds_in_utc() -> None:
    now = SystemClock().now()
    assert now.microsecond == 0
    assert now.utcoffset() is not None
    assert now.utcoffset().total_seconds() == 0  # type: ignore[union-attr]
