"""The connection to an SQLite file: how transactions begin, how safe they are, and what its errors mean."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.domain.wording import because
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
        raise UsageError(f"not text in UTF-8: {error.object!a}; check the terminal's encoding") from error


def _meant(error: BaseException, name: str) -> PipelineError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return RegisterBusy(
            "另一个程序正在写登记库，请稍后再试 · "
            f"another process is writing to the register {name}: try again in a moment"
        )
    if code in _DAMAGED:
        return RegisterError(
            "登记库已损坏，存储中的包不受影响：请运行 lantai rebuild 重建，损坏的文件会保留 · "
            f"the register {name} is damaged ({error}); the packages in the stores are not touched by this: "
            "`lantai rebuild` makes it anew from them and keeps the damaged file"
        )
    if code == sqlite3.SQLITE_FULL:
        return RegisterError(
            "登记库所在磁盘已满，请腾出空间后再运行 · "
            f"no room for the register {name}: free some space, then run this again"
        )
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return RegisterError(
            "登记库无法打开写入，请检查文件夹是否存在、是否有权限 · "
            f"the register {name} cannot be opened for writing ({error}): is its folder there, and yours?"
        )
    if code == sqlite3.SQLITE_IOERR:
        return RegisterError(
            "登记库所在磁盘读写出错，请检查磁盘是否已满或损坏 · "
            f"the disk of the register {name} cannot be read or written ({error}): is it full, or failing?"
        )
    return RegisterError(because("登记库拒绝了操作", f"the register {name} refused", error))
