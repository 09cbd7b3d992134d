from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipeline.register.sqlite import open_register
from pipeline.register.tables import METADATA, REVISION
from pipeline.register.upgrade import MIGRATIONS


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
