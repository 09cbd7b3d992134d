"""Rows of the register's tables from domain values and back, inside a transaction that the caller holds."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, insert, select, update

from pipeline.domain.events import Event
from pipeline.domain.ledger import delivery_id
from pipeline.domain.packages import FixityReport, PackageIndex
from pipeline.ports import PackageRow
from pipeline.register.blobs import from_json, pack_index, to_json, unpack_index
from pipeline.register.rules import CopyStanding, earliest, refuse_other, same_fault, search_key, unknown_copy, worst
from pipeline.register.tables import COPIES, EVENTS, FAULTS, HELD, VERSIONS

LISTED = tuple(
    VERSIONS.c[name] for name in PackageRow.__dataclass_fields__ if name not in {"copies", "last_audit", "last_result"}
)
"""The columns that a listing needs; the index is not among them."""

_NAMES = tuple(column.name for column in LISTED)

CopyAudit = tuple[str, str, str]
"""Of a copy: its store, its last audit and what that said."""


def of_version(table: Table, package_id: str, version: int) -> ColumnElement[bool]:
    """The condition that a row belongs to a version."""
    return (table.c.package_id == package_id) & (table.c.version == version)


def held_in(package_id: str, delivery: str, folder: str) -> ColumnElement[bool]:
    """The condition that a held row is of this record in this delivery, its folder known or not."""
    deliveries = {delivery_id(delivery, folder), delivery_id(delivery, "")}
    return (HELD.c.package_id == package_id) & HELD.c.delivery.in_(sorted(deliveries))


def newest(wanted: Select[Any], package_id: str, version: int | None) -> Select[Any]:
    """`wanted` of one version, of the newest where None."""
    if version is not None:
        return wanted.where(of_version(VERSIONS, package_id, version))
    return wanted.where(VERSIONS.c.package_id == package_id).order_by(VERSIONS.c.version.desc()).limit(1)


def version_row(index: PackageIndex, source_state: str) -> dict[str, object]:
    """The row of a version."""
    listed = {column.name: getattr(index, column.name) for column in LISTED}
    return {
        **listed,
        "fingerprint": index.fingerprint,
        "stamp": source_state,
        "search_key": search_key(index.archival_code, index.title),
        "index_zlib": pack_index(index),
    }


def note_version(connection: Connection, index: PackageIndex, row: dict[str, object]) -> None:
    """Adds the version, or checks that it is there as it is; a new state of the source takes the place of the old."""
    here = of_version(VERSIONS, index.package_id, index.version)
    stored = connection.execute(select(VERSIONS.c.index_zlib, VERSIONS.c.stamp).where(here)).one_or_none()
    if stored is None:
        connection.execute(insert(VERSIONS).values(row))
        return
    refuse_other(unpack_index(stored.index_zlib), index)
    if row["stamp"] and row["stamp"] != stored.stamp:
        connection.execute(update(VERSIONS).where(here).values(stamp=row["stamp"]))


def note_copies(connection: Connection, index: PackageIndex, standings: Sequence[CopyStanding]) -> None:
    """Adds copies in stores that hold none yet; those known keep what their audits said."""
    here = of_version(COPIES, index.package_id, index.version)
    known = set(connection.execute(select(COPIES.c.store).where(here)).scalars())
    rows = [asdict(standing) for standing in standings if standing.store not in known]
    if rows:
        connection.execute(insert(COPIES), rows)


def event_rows(events: Iterable[Event]) -> list[tuple[str, str]]:
    """Each event's time and its JSON."""
    return [(event.at.astimezone(UTC).isoformat(), to_json(event)) for event in events]


def note_events(connection: Connection, index: PackageIndex, acts: Sequence[tuple[str, str]]) -> None:
    """Adds events, each its time and its JSON, but those that are there already."""
    here = of_version(EVENTS, index.package_id, index.version)
    known = set(connection.execute(select(EVENTS.c.event_json).where(here)).scalars())
    rows = [
        {"package_id": index.package_id, "version": index.version, "at": at, "event_json": event}
        for at, event in dict.fromkeys(acts)
        if event not in known
    ]
    if rows:
        connection.execute(insert(EVENTS), rows)


def note_audit(connection: Connection, report: FixityReport) -> None:
    """Notes in the copy's row what the audit said; RegisterError where there is no such copy."""
    here = of_version(COPIES, report.package_id, report.version) & (COPIES.c.store == report.store)
    before = connection.execute(select(COPIES).where(here)).one_or_none()
    if before is None:
        raise unknown_copy(report)
    standing = CopyStanding(**before._mapping).after(report)
    connection.execute(update(COPIES).where(here).values(asdict(standing)))


def note_fault(connection: Connection, report: FixityReport) -> None:
    """Keeps a report in full, or counts it where the newest kept of that copy says the same."""
    here = of_version(FAULTS, report.package_id, report.version) & (FAULTS.c.store == report.store)
    last = connection.execute(select(FAULTS).where(here).order_by(FAULTS.c.id.desc()).limit(1)).one_or_none()
    if last is not None and same_fault(from_json(last.report_json, FixityReport), report):
        again = {"times": last.times + 1, "last_at": report.ended_at}
        connection.execute(update(FAULTS).where(FAULTS.c.id == last.id).values(again))
        return
    row = {"package_id": report.package_id, "version": report.version, "store": report.store}
    kept = {"report_json": to_json(report), "times": 1, "last_at": report.ended_at}
    connection.execute(insert(FAULTS).values({**row, **kept}))


def package_row(row: Row[Any], copies: Sequence[CopyAudit]) -> PackageRow:
    """A line of the listing."""
    return PackageRow(
        **dict(zip(_NAMES, row, strict=True)),
        copies=tuple(store for store, _, _ in copies),
        last_audit=earliest(audit for _, audit, _ in copies),
        last_result=worst(result for _, _, result in copies),
    )
