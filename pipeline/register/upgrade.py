"""Brings a register to today's tables. Alembic is imported here and only when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from pipeline.domain.messages import message
from pipeline.errors import RegisterError
from pipeline.register.engine import reading, writing
from pipeline.register.tables import REVISION

MIGRATIONS = Path(__file__).with_name("migrations")


def ensure_current(engine: Engine, name: str) -> None:
    """Creates or upgrades the tables in one transaction; does nothing to a register that is of today.

    Raises RegisterError for one that a newer program has written, and for a file that is something else.
    """
    with reading(engine, name) as connection:
        if _revision(connection, name) == REVISION:
            return
    with writing(engine, name) as connection:
        # Asked again under the lock: another process may have done it meanwhile.
        if _revision(connection, name) != REVISION:
            upgrade_tables(connection, name)


def _revision(connection: Connection, name: str) -> str | None:
    """The register's revision, None for an empty database."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise RegisterError(message("register_other_database", path=name))
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def upgrade_tables(connection: Connection, name: str, *, to: str = REVISION) -> None:
    """Runs the migrations up to a revision, in the caller's transaction. RegisterError where a newer program has
    written the tables."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    script = ScriptDirectory(MIGRATIONS)
    # As `alembic.command.upgrade` does it, but on our connection and without an ini file.
    try:
        with EnvironmentContext(
            Config(), script, fn=lambda revision, _context: script._upgrade_revs(to, revision)
        ) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()
    except CommandError as error:
        raise RegisterError(
            message("register_newer", path=name, revision=_revision(connection, name), known=REVISION)
        ) from error
