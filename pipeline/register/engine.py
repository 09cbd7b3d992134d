"""The connection to an SQLite file: how transactions begin, how safe they are, and what its errors mean."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import PipelineError, RegisterBusy, RegisterError, UsageError

_IMMEDIATE = "lantai_immediate"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


ATTACHED = "attached"
"""The name under which SQL finds the attached register's tables."""


def sqlite_engine(
    path: Path, *, busy_seconds: float = 30.0, durable: bool = True, attached: Path | None = None
) -> Engine:
    """An engine on the file. Write-ahead log, foreign keys; `durable` false leaves syncing to the caller;
    `attached` is another register, to be read beside it.

    The transactions are begun by us: Python's sqlite3 would begin them late, and two readers that
    both go on to write would then refuse each other.
    """
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys=ON")
        if attached is not None:
            connection.execute(f"ATTACH ? AS {ATTACHED}", (str(attached),))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_IMMEDIATE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def reading_engine(path: Path, *, busy_seconds: float = 30.0) -> Engine:
    """An engine that only reads the file, and needs no right to write to it or beside it.

    What is in a write-ahead log beside it is read, too. Without one the file is taken as it lies, for SQLite could not
    make the files that it shares with writers.
    """
    query = {"mode": "ro", "uri": "true"}
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        query["immutable"] = "1"
    url = URL.create("sqlite", database=f"file:{quote(os.fsencode(path))}", query=query)
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextmanager
def writing(engine: Engine, name: str) -> Iterator[Connection]:
    """One transaction that holds the write lock from its beginning; all of it or nothing."""
    with translated(name), engine.execution_options(**{_IMMEDIATE: True}).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine, name: str) -> Iterator[Connection]:
    """One consistent view; never waits for a writer."""
    with translated(name), engine.connect() as connection:
        yield connection


@contextmanager
def translated(name: str) -> Iterator[None]:
    """The database's errors as ours; `name` is the register's place in messages."""
    try:
        yield
    except DBAPIError as error:
        raise _meant(error.orig if error.orig is not None else error, name) from error
    except sqlite3.Error as error:
        raise _meant(error, name) from error
    except UnicodeEncodeError as error:
        raise UsageError(message("not_text", text=ascii(error.object))) from error


def _meant(error: BaseException, name: str) -> PipelineError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    reason = told_by_program(error)
    if code in _BUSY:
        return RegisterBusy(message("register_busy", path=name))
    if code in _DAMAGED:
        return RegisterError(message("register_damaged", path=name, reason=reason))
    if code == sqlite3.SQLITE_FULL:
        return RegisterError(message("register_disk_full", path=name))
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return RegisterError(message("register_not_opened", path=name, reason=reason))
    if code == sqlite3.SQLITE_IOERR:
        return RegisterError(message("register_disk_fails", path=name, reason=reason))
    return RegisterError(message("register_refused", path=name, reason=reason))
