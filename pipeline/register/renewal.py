"""A register made anew beside the old one and put in its place; what only the old one knew is taken over.

The stores know packages and copies. Only the register knows what waits, the stamps of deliveries, what audits said,
the events after packaging and the whole ledger: these are read out of the old register, table by table, as far as it
can be read.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    insert,
    select,
    update,
)

from pipeline.domain.messages import Message, message
from pipeline.errors import RegisterError
from pipeline.register.engine import ATTACHED, sqlite_engine, writing
from pipeline.register.lock import opened
from pipeline.register.sqlite import SqliteRegister
from pipeline.register.tables import (
    AUDITS,
    COPIES,
    DECISIONS,
    DELIVERIES,
    DESCRIPTIONS,
    EVENTS,
    FAULTS,
    HELD,
    METADATA,
    OUTCOMES,
    PLANNED,
    QUESTIONS,
    RUNS,
    SURVEYS,
    VERSIONS,
    WITHDRAWALS,
)
from pipeline.register.upgrade import ensure_current

_BESIDE = ("-wal", "-shm")
_OLD = MetaData()
_OF_OLD: dict[str, FromClause] = {
    table.name: table.to_metadata(_OLD, schema=ATTACHED).alias(f"old_{table.name}") for table in METADATA.sorted_tables
}
_AUDIT_COLUMNS = ("bytes_read_back", "deposited_at", "last_audit", "last_result", "last_ok", "audits")


class Renewal:
    """A register under way: `register` is the new one; `backup` the file of the old one, once it is in place."""

    def __init__(self, old: Path, new: Path) -> None:
        self.old = old
        self.register = SqliteRegister(sqlite_engine(new, durable=False), str(new))
        self.backup: Path | None = None

    def take_over(self) -> tuple[Message, ...]:
        """Takes from the old register what no store knows; says what could not be read. Call it once, when all
        packages are recorded: audits and events are taken over for versions that are in both registers alike."""
        if not self.old.exists():
            return ()
        problems = []
        beside = sqlite_engine(Path(self.register.engine.url.database or ""), durable=False, attached=self.old)
        try:
            _bring_up_to_date(self.old)
            for take in _TAKE:
                problems += _problem(take, SqliteRegister(beside, str(self.old)))
        except RegisterError as error:
            problems = [error.message]
        finally:
            beside.dispose()
        return tuple(dict.fromkeys(problems))


@contextmanager
def renewed(path: Path, *, at: str) -> Iterator[Renewal]:
    """An empty register that takes the place of the one at `path` when the block ends; not if it raises.

    Nobody else may have the register open meanwhile (RegisterBusy). The old file is kept as `<name>.bak-<at>`.
    """
    new = path.with_name(f"{path.name}.new")
    with opened(path, alone=True):
        if path.exists() and not path.is_file():
            raise RegisterError(message("register_no_file", path=path))
        _remove(new)
        renewal = Renewal(path, new)
        try:
            ensure_current(renewal.register.engine, str(new))
            yield renewal
        except BaseException:
            renewal.register.engine.dispose()
            _remove(new)
            raise
        renewal.register.engine.dispose()
        renewal.backup = _put_in_place(new, path, at)


def _bring_up_to_date(path: Path) -> None:
    engine = sqlite_engine(path)
    try:
        ensure_current(engine, str(path))
    finally:
        engine.dispose()


def _problem(take: Callable[[Connection], None], register: SqliteRegister) -> list[Message]:
    try:
        with writing(register.engine, register.name) as connection:
            take(connection)
    except RegisterError as error:
        return [error.message]
    return []


def _take_whole(table: Table, connection: Connection) -> None:
    """Every row as it is, with its number."""
    connection.execute(insert(table).from_select([column.name for column in table.c], select(_OF_OLD[table.name])))


def _take_stamps(connection: Connection) -> None:
    old = _OF_OLD[VERSIONS.name]
    same = and_(*(old.c[n] == VERSIONS.c[n] for n in ("package_id", "version", "fingerprint", "packaged_at")))
    stamp = select(old.c.stamp).where(same)
    connection.execute(update(VERSIONS).where(exists(stamp)).values(stamp=stamp.scalar_subquery()))


def _take_copies(connection: Connection) -> None:
    old = _OF_OLD[COPIES.name]
    same = and_(*(old.c[n] == COPIES.c[n] for n in ("package_id", "version", "store", "tar_key")))
    where = exists(select(old.c.store).where(same)) & _alike(COPIES)
    values = {name: select(old.c[name]).where(same).scalar_subquery() for name in _AUDIT_COLUMNS}
    connection.execute(update(COPIES).where(where).values(values))


def _take_descriptions(connection: Connection) -> None:
    """Those that the old register had and the new one, made of indexes alone, has not."""
    old = _OF_OLD[DESCRIPTIONS.name]
    said = (old.c.description_json != "") & _alike(old)
    connection.execute(delete(DESCRIPTIONS).where(DESCRIPTIONS.c.package_id.in_(select(old.c.package_id).where(said))))
    names = [column.name for column in DESCRIPTIONS.c]
    connection.execute(insert(DESCRIPTIONS).from_select(names, select(*(old.c[n] for n in names)).where(said)))


def _take_events(connection: Connection) -> None:
    _take_rows(connection, EVENTS)


def _take_of_copies(table: Table, connection: Connection) -> None:
    old = _OF_OLD[table.name]
    same = and_(*(old.c[n] == COPIES.c[n] for n in ("package_id", "version", "store")))
    _take_rows(connection, table, exists(select(COPIES.c.store).where(same)))


def _take_rows(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> None:
    """All rows of versions that are alike, in their order, numbered anew."""
    old = _OF_OLD[table.name]
    names = [column.name for column in table.c if column.name != "id"]
    rows = select(*(old.c[n] for n in names)).where(_alike(old), *conditions).order_by(old.c.id)
    connection.execute(insert(table).from_select(names, rows))


def _alike(rows: FromClause) -> ColumnElement[bool]:
    """The condition that both registers know the row's version as the same package."""
    old = _OF_OLD[VERSIONS.name]
    same = (old.c[n] == VERSIONS.c[n] for n in ("package_id", "version", "fingerprint", "packaged_at"))
    its = (VERSIONS.c.package_id == rows.c.package_id, VERSIONS.c.version == rows.c.version)
    return exists(select(VERSIONS.c.version).join(old, and_(*same)).where(*its))


_WHOLE = (HELD, DELIVERIES, RUNS, SURVEYS, PLANNED, OUTCOMES, QUESTIONS, DECISIONS, WITHDRAWALS)
"""Tables of which the new register knows nothing, each behind those it names."""

_TAKE: tuple[Callable[[Connection], None], ...] = (
    _take_stamps,
    _take_copies,
    _take_events,
    _take_descriptions,
    *(partial(_take_of_copies, table) for table in (AUDITS, FAULTS)),
    *(partial(_take_whole, table) for table in _WHOLE),
)
"""One transaction each, so that a table which cannot be read costs itself and no other."""


def _put_in_place(new: Path, path: Path, at: str) -> Path | None:
    """Moves the new file over the old one, which is kept; at every moment one of them is at `path`."""
    _sync(new)
    backup = None
    if path.exists():
        backup = _untaken(path.with_name(f"{path.name}.bak-{at}"))
        # Left only beside a register that could not be read. Beside the new one they would destroy it.
        for suffix in _BESIDE:
            leftover = path.with_name(path.name + suffix)
            if leftover.exists():
                leftover.rename(backup.with_name(backup.name + suffix))
        _keep(path, backup)
    new.replace(path)
    _sync(path.parent)
    return backup


def _keep(path: Path, backup: Path) -> None:
    try:
        backup.hardlink_to(path)
    except OSError:
        # Some network and removable disks have no hard links.
        shutil.copy2(path, backup)
        _sync(backup)


def _untaken(path: Path) -> Path:
    candidate, number = path, 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for suffix in ("", *_BESIDE):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
