"""The register in an SQLite file: what `lantai` uses at one machine, and several processes may use at once."""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, Row, Select, bindparam, func, select, tuple_

from pipeline.domain.copies import Audit, CopyStanding, Disposal
from pipeline.domain.events import Event
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.domain.records import Description
from pipeline.ports import EVERY, PackageRow, Sought
from pipeline.register.blobs import from_json, pack_index, unpack_index
from pipeline.register.engine import reading, sqlite_engine, writing
from pipeline.register.lock import opened
from pipeline.register.rows import (
    LISTED,
    CopyAudit,
    columns_of,
    event_rows,
    note_audit,
    note_fault,
    note_version,
    of_version,
    package_row,
    row_of,
    version_row,
)
from pipeline.register.rules import fixity_event, not_registered
from pipeline.register.search import described_row
from pipeline.register.sql_described import SqlDescribed, conditions_of, note_described
from pipeline.register.sql_held import SqlHeld, release_stored
from pipeline.register.tables import AUDITS, COPIES, DESCRIPTIONS, DISPOSALS, EVENTS, FAULTS, STORES, VERSIONS
from pipeline.register.upgrade import ensure_current
from pipeline.register.upsert import insert_or_change, insert_or_keep

PAGE = 2000
"""Rows read at a time: an audit of many hours must not keep a read transaction open."""

ONE_EVENT = ("package_id", "version", "digest")
"""What tells an event from every other."""

# Asked for each record: made once, since making a statement costs more than asking it.
_OF_PACKAGE = VERSIONS.c.package_id == bindparam("package")
_NEWEST_STATE, _NEWEST_INDEX = (
    select(VERSIONS.c[column]).where(_OF_PACKAGE).order_by(VERSIONS.c.version.desc()).limit(1)
    for column in ("stamp", "index_zlib")
)
_IDENTITY = select(STORES.c.identity).where(STORES.c.name == bindparam("name"))


def open_register(path: Path, *, busy_seconds: float = 30.0) -> "SqliteRegister":
    """The register in the file `path`, made where there is none; close it, or use it in a `with`.

    Waits `busy_seconds` for other writers. Raises RegisterBusy where it is being rebuilt, RegisterError where it
    is damaged, not a register, or of a newer program.
    """
    with ExitStack() as stack:
        stack.enter_context(opened(path))
        register = SqliteRegister(sqlite_engine(path, busy_seconds=busy_seconds), str(path))
        stack.callback(register.engine.dispose)
        ensure_current(register.engine, str(path))
        register.closing = stack.pop_all()
        return register


class SqliteRegister(SqlHeld, SqlDescribed):
    """See `ports.Register` and `ports.Ledger`; every call is one transaction. Threads may share it."""

    read_only = False
    """Whether nothing can be noted in it."""

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self.closing = ExitStack()

    def __enter__(self) -> "SqliteRegister":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all connections. Twice does no harm."""
        self.closing.close()

    def add_version(
        self,
        index: PackageIndex,
        copies: Iterable[Copy],
        events: Iterable[Event],
        *,
        source_state: str,
        description: Description | None = None,
    ) -> None:
        """See `ports.Register`. A state that is not empty takes the place of the one before. RegisterError where
        the version is registered as something else."""
        row = version_row(index, source_state)
        standings = [row_of(COPIES, CopyStanding.of(index, copy)) for copy in copies]
        acts, described = event_rows(index, events), described_row(index, description)
        with writing(self.engine, self.name) as connection:
            note_version(connection, index, row)
            insert_or_keep(connection, COPIES, standings)
            insert_or_keep(connection, EVENTS, acts, unique=ONE_EVENT)
            release_stored(connection, index)
            note_described(connection, index, described)

    def add_events(self, index: PackageIndex, events: Iterable[Event]) -> None:
        """See `ports.Register`."""
        acts = event_rows(index, events)
        here = select(VERSIONS.c.version).where(of_version(VERSIONS, index.package_id, index.version))
        with writing(self.engine, self.name) as connection:
            if connection.execute(here).one_or_none() is None:
                raise not_registered(index)
            insert_or_keep(connection, EVENTS, acts, unique=ONE_EVENT)

    def index(self, package_id: str, version: int | None = None) -> PackageIndex | None:
        """See `ports.Register`."""
        wanted, given = _NEWEST_INDEX, {"package": package_id}
        if version is not None:
            wanted, given = select(VERSIONS.c.index_zlib).where(of_version(VERSIONS, package_id, version)), {}
        with reading(self.engine, self.name) as connection:
            data = connection.execute(wanted, given).scalar_one_or_none()
        return None if data is None else unpack_index(data)

    def source_state(self, package_id: str) -> str:
        """See `ports.Register`."""
        with reading(self.engine, self.name) as connection:
            return connection.execute(_NEWEST_STATE, {"package": package_id}).scalar_one_or_none() or ""

    def packages(self, sought: Sought = EVERY) -> Iterator[PackageRow]:
        """See `ports.Register`."""
        other = VERSIONS.alias()
        last = select(func.max(other.c.version)).where(other.c.package_id == VERSIONS.c.package_id)
        rows = select(*LISTED).where(VERSIONS.c.version == last.scalar_subquery())
        if sought != EVERY:
            rows = rows.join(DESCRIPTIONS, DESCRIPTIONS.c.package_id == VERSIONS.c.package_id)
            rows = rows.where(*conditions_of(sought))
        after = ""
        while page := self._page(rows.where(VERSIONS.c.package_id > after).order_by(VERSIONS.c.package_id)):
            after = page[-1].package_id
            audits = self._audits(page[0].package_id, after)
            for row in page:
                yield package_row(row, audits.get((row.package_id, row.version), []))

    def versions(self, package_id: str) -> tuple[int, ...]:
        """See `ports.Register`."""
        wanted = select(VERSIONS.c.version).where(VERSIONS.c.package_id == package_id).order_by(VERSIONS.c.version)
        with reading(self.engine, self.name) as connection:
            return tuple(connection.execute(wanted).scalars())

    def all_versions(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """See `ports.Register`."""
        order = (VERSIONS.c.package_id, VERSIONS.c.version)
        last: tuple[str, int] = ("", 0)
        while page := self._page(select(*order).where(tuple_(*order) > last).order_by(*order)):
            first, last = page[0].package_id, (page[-1].package_id, page[-1].version)
            audits = self._audits(first, last[0])
            for row in page:
                copies = audits.get((row.package_id, row.version), [])
                yield row.package_id, row.version, tuple(store for store, _, _ in copies)

    def volume(self, stores: Iterable[str]) -> int:
        """See `ports.Register`."""
        joined = COPIES.join(
            VERSIONS, (COPIES.c.package_id == VERSIONS.c.package_id) & (COPIES.c.version == VERSIONS.c.version)
        )
        wanted = select(func.coalesce(func.sum(VERSIONS.c.payload_bytes), 0)).select_from(joined)
        with reading(self.engine, self.name) as connection:
            return int(connection.execute(wanted.where(COPIES.c.store.in_(sorted(stores)))).scalar_one())

    def copy_in(self, store: str) -> str:
        """See `ports.Register`."""
        with reading(self.engine, self.name) as connection:
            wanted = select(COPIES.c.tar_key).where(COPIES.c.store == store).limit(1)
            return connection.execute(wanted).scalar_one_or_none() or ""

    def has_copy(self, package_id: str, version: int, store: str) -> bool:
        """See `ports.Register`."""
        wanted = select(COPIES.c.store).where(of_version(COPIES, package_id, version) & (COPIES.c.store == store))
        with reading(self.engine, self.name) as connection:
            return connection.execute(wanted).scalar_one_or_none() is not None

    def store_identity(self, name: str) -> str:
        """See `ports.Register`."""
        with reading(self.engine, self.name) as connection:
            return connection.execute(_IDENTITY, {"name": name}).scalar_one_or_none() or ""

    def know_store(self, name: str, identity: str) -> None:
        """See `ports.Register`."""
        row = {"name": name, "identity": identity}
        with writing(self.engine, self.name) as connection:
            insert_or_change(connection, STORES, [row], change=("identity",))

    def dispose(self, disposal: Disposal, index: PackageIndex) -> None:
        """See `ports.Register`."""
        row = {**row_of(DISPOSALS, disposal, but=("index_zlib",)), "index_zlib": pack_index(index)}
        with writing(self.engine, self.name) as connection:
            insert_or_keep(connection, DISPOSALS, [row])

    def disposals(self, package_id: str = "") -> Iterator[Disposal]:
        """See `ports.Register`."""
        columns = columns_of(DISPOSALS, but=("index_zlib",))
        wanted = select(*columns).order_by(DISPOSALS.c.package_id, DISPOSALS.c.version, DISPOSALS.c.at)
        if package_id:
            wanted = wanted.where(DISPOSALS.c.package_id == package_id)
        with reading(self.engine, self.name) as connection:
            rows = connection.execute(wanted).all()
        yield from (Disposal(**row._mapping) for row in rows)

    def add_audit(self, report: FixityReport) -> None:
        """See `ports.Register`. A report that is not OK is kept in full; the same again at once is counted.
        RegisterError where the register knows no such copy."""
        with writing(self.engine, self.name) as connection:
            note_audit(connection, report)
            if report.result is not FixityResult.OK:
                note_fault(connection, report)

    def audits(self, package_id: str) -> Iterator[Audit]:
        """See `ports.Register`."""
        wanted = (
            select(*columns_of(AUDITS))
            .where(AUDITS.c.package_id == package_id)
            .order_by(AUDITS.c.ended_at, AUDITS.c.id)
        )
        with reading(self.engine, self.name) as connection:
            rows = connection.execute(wanted).all()
        for row in rows:
            values = dict(row._mapping)
            yield Audit(**{**values, "result": FixityResult(values["result"])})

    def events(self, package_id: str) -> Iterator[Event]:
        """See `ports.Register`."""
        wanted = select(EVENTS.c.event_json).where(EVENTS.c.package_id == package_id)
        with reading(self.engine, self.name) as connection:
            rows = connection.execute(wanted.order_by(EVENTS.c.at, EVENTS.c.id)).scalars().all()
        acts = (from_json(row, Event) for row in rows)
        checks = (fixity_event(audit) for audit in self.audits(package_id))
        yield from heapq.merge(acts, checks, key=lambda event: event.at)

    def copies(self, package_id: str, version: int) -> tuple[CopyStanding, ...]:
        """See `ports.Register`."""
        wanted = select(COPIES).where(of_version(COPIES, package_id, version)).order_by(COPIES.c.store)
        with reading(self.engine, self.name) as connection:
            return tuple(CopyStanding(**row._mapping) for row in connection.execute(wanted))

    def faults(self, package_id: str) -> Iterator[FixityReport]:
        """See `ports.Register`."""
        wanted = select(FAULTS.c.report_json).where(FAULTS.c.package_id == package_id).order_by(FAULTS.c.id)
        with reading(self.engine, self.name) as connection:
            rows = connection.execute(wanted).scalars().all()
        for row in rows:
            yield from_json(row, FixityReport)

    def _page(self, wanted: Select[Any]) -> list[Row[Any]]:
        with reading(self.engine, self.name) as connection:
            return list(connection.execute(wanted.limit(PAGE)).all())

    def _audits(self, first: str, last: str) -> dict[tuple[str, int], list[CopyAudit]]:
        """By version, of the packages from `first` to `last`: the copies by name of store."""
        columns = (COPIES.c[name] for name in ("package_id", "version", "store", "last_audit", "last_result"))
        wanted = select(*columns).where(COPIES.c.package_id.between(first, last)).order_by(*COPIES.primary_key)
        found: dict[tuple[str, int], list[CopyAudit]] = {}
        with reading(self.engine, self.name) as connection:
            for package_id, version, *audit in connection.execute(wanted):
                found.setdefault((package_id, version), []).append((audit[0], audit[1], audit[2]))
        return found
