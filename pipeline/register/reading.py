"""A register that may only be read: on a medium, or by a person, without the right to write."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from pipeline.domain.events import Event
from pipeline.domain.messages import Message, message, told_by_program
from pipeline.domain.packages import FixityReport, PackageIndex
from pipeline.errors import RegisterError
from pipeline.register.engine import reading, reading_engine
from pipeline.register.lock import opened
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.register.tables import REVISION


class ReadingRegister(SqliteRegister):
    """Answers as the register does. What a reader does cannot be noted in it: who opens it is told so."""

    read_only = True

    def add_events(self, index: PackageIndex, events: Iterable[Event]) -> None:
        """Nothing can be noted."""

    def add_audit(self, report: FixityReport) -> None:
        """Nothing can be noted."""


def open_for_reading(path: Path) -> SqliteRegister:
    """The register as `open_register` opens it; one that may only be read, where that is all that we may.

    RegisterError where there is none, or where an earlier program wrote it: it cannot be brought up to date.
    """
    if not path.exists() or _may_write(path):
        return open_register(path)
    with ExitStack() as stack:
        if path.with_name(f"{path.name}.lock").exists():
            stack.enter_context(opened(path, may_write=False))
        register = ReadingRegister(reading_engine(path), str(path))
        stack.callback(register.engine.dispose)
        with reading(register.engine, register.name) as connection:
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        if revision != REVISION:
            raise RegisterError(message("register_read_only_old", path=path, revision=revision, known=REVISION))
        register.closing = stack.pop_all()
        return register


def faults_of(path: Path) -> tuple[Message, ...]:
    """What the database says of its own pages, read whole; nothing where they are in order. A page of noise may lie
    where no listing comes by."""
    engine = reading_engine(path)
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    except Exception as error:
        cause = error.__cause__ or error
        if not isinstance(cause, sqlite3.Error):
            raise
        said = [str(cause)]
    finally:
        engine.dispose()
    return tuple(
        message("register_damaged", path=path, reason=told_by_program(RuntimeError(line)))
        for line in said
        if line != "ok"
    )


def _may_write(path: Path) -> bool:
    """SQLite makes files beside its own while it is written."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
