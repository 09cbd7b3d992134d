import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.ports import HeldRecord
from pipeline.register.sqlite import open_register
from pipeline.register.tables import METADATA, REVISION
from pipeline.register.upgrade import MIGRATIONS
from tests.contracts.register import a_held


def test_there_is_one_newest_revision_and_the_tables_know_it() -> None:
    assert ScriptDirectory(MIGRATIONS).get_heads() == [REVISION]


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    with open_register(tmp_path / "register.db") as register, register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_failed_creation_leaves_nothing(tmp_path: Path) -> None:
    """An empty file is an empty register: what a kill between creating the file and its tables leaves."""
    path = tmp_path / "register.db"
    path.touch()
    with open_register(path) as register:
        assert list(register.packages()) == []


def _as_0_1_0_left_it(path: Path, *held: HeldRecord) -> None:
    """A register at the first revision, with records that wait."""
    open_register(path).close()
    with closing(sqlite3.connect(path)) as database:
        for table in ("decisions", "questions", "outcomes", "planned", "surveys", "runs", "deliveries", "held"):
            database.execute(f"DROP TABLE {table}")
        database.execute("CREATE TABLE held (package_id VARCHAR PRIMARY KEY, held_json TEXT NOT NULL)")
        for record in held:
            written = msgspec.to_builtins(record)
            del written["folder"]
            row = (record.package_id, msgspec.json.encode(written).decode())
            database.execute("INSERT INTO held VALUES (?, ?)", row)
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()


def test_what_0_1_0_held_is_held_by_the_delivery_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    first, second = a_held("A", folder=""), a_held("B", delivery="other", folder="")
    _as_0_1_0_left_it(path, first, second)
    with open_register(path) as register:
        assert list(register.held()) == [first, second]
        register.release("B", delivery="other", folder="/wherever")
        register.hold(a_held("A"))
        assert list(register.held()) == [a_held("A")], "the same record in the same delivery, now with its folder"


def test_an_empty_register_of_0_1_0_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    _as_0_1_0_left_it(path)
    with open_register(path) as register, register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
