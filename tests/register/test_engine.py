"""Transactions of the register's database, and what its errors mean."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from pipeline.errors import RegisterBusy, RegisterError, UsageError
from pipeline.register.engine import ATTACHED, reading, sqlite_engine, translated, writing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "登记 100%?#.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    made = sqlite_engine(path, busy_seconds=0.05)
    with writing(made, "r") as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    yield made
    made.dispose()


def numbers(engine: Engine) -> list[int]:
    with reading(engine, "r") as connection:
        return [n for (n,) in connection.execute(text("SELECT n FROM t ORDER BY n"))]


def test_all_of_a_transaction_or_nothing(engine: Engine) -> None:
    with writing(engine, "r") as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with pytest.raises(KeyError), writing(engine, "r") as connection:
        connection.execute(text("INSERT INTO t VALUES (2)"))
        raise KeyError
    assert numbers(engine) == [1]


def test_a_reader_never_waits_and_sees_one_state(engine: Engine) -> None:
    with reading(engine, "r") as before:
        assert before.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
        with writing(engine, "r") as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
            assert numbers(engine) == []
        assert before.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
    assert numbers(engine) == [1]


def test_a_second_writer_is_told_to_come_again(engine: Engine) -> None:
    with writing(engine, "r"), pytest.raises(RegisterBusy), writing(engine, "r"):
        pass


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 0)])
def test_how_safe_a_commit_is(path: Path, durable: bool, level: int) -> None:
    engine = sqlite_engine(path, durable=durable)
    with reading(engine, "r") as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == level
    engine.dispose()


def test_another_register_beside_it(engine: Engine, path: Path, tmp_path: Path) -> None:
    with writing(engine, "r") as connection:
        connection.execute(text("INSERT INTO t VALUES (7)"))
    both = sqlite_engine(tmp_path / "new.db", attached=path)
    with reading(both, "r") as connection:
        assert connection.execute(text(f"SELECT n FROM {ATTACHED}.t")).scalar_one() == 7
    both.dispose()


def test_a_file_that_is_no_database_is_damaged_and_not_busy(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    engine = sqlite_engine(path)
    with pytest.raises(RegisterError) as error, reading(engine, "r"):
        pass
    assert not isinstance(error.value, RegisterBusy)
    engine.dispose()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, RegisterBusy),
        (sqlite3.SQLITE_LOCKED, RegisterBusy),
        (sqlite3.SQLITE_BUSY | 2 << 8, RegisterBusy),  # SQLITE_BUSY_SNAPSHOT
        (sqlite3.SQLITE_CORRUPT, RegisterError),
        (sqlite3.SQLITE_FULL, RegisterError),
        (sqlite3.SQLITE_CANTOPEN, RegisterError),
        (sqlite3.SQLITE_IOERR | 3 << 8, RegisterError),  # SQLITE_IOERR_WRITE
        (sqlite3.SQLITE_ERROR, RegisterError),
    ],
)
def test_what_the_databases_errors_mean(code: int, kind: type[RegisterError]) -> None:
    error = sqlite3.OperationalError("words")
    error.sqlite_errorcode = code
    with pytest.raises(RegisterError) as meant, translated("r"):
        raise error
    assert type(meant.value) is kind
    assert meant.value.__cause__ is error


def test_each_trouble_has_words_of_its_own() -> None:
    said = set()
    codes = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY)
    for code in (*codes, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_ERROR):
        error = sqlite3.OperationalError("words")
        error.sqlite_errorcode = code
        with pytest.raises(RegisterError) as meant, translated("r"):
            raise error
        said.add(str(meant.value))
    assert len(said) == 6


def test_what_was_typed_is_not_the_registers_fault(engine: Engine) -> None:
    with pytest.raises(UsageError), reading(engine, "r") as connection:
        connection.execute(text("SELECT :x"), {"x": "half\ud800"})
