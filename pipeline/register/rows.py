"""Rows of the register's tables from domain values and back, inside a transaction that the caller holds."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, insert, select, update

from pipeline.domain.copies import BAD, earliest, worst
from pipeline.domain.events import Event
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.ports import PackageRow
from pipeline.register.blobs import from_json, pack_index, to_json, unpack_index
from pipeline.register.rules import (
    LISTED_NAMES,
    audit_of,
    event_digest,
    listed,
    refuse_other,
    same_fault,
    search_key,
    unknown_copy,
)
from pipeline.register.tables import AUDITS, COPIES, FAULTS, VERSIONS
from pipeline.register.upsert import insert_or_keep

LISTED = tuple(VERSIONS.c[name] for name in LISTED_NAMES)
"""The columns that a listing needs; the index is not among them."""

NUMBERS = frozenset({"id", "number"})
"""Columns that count the rows of a table."""

CopyAudit = tuple[str, str, str]
"""Of a copy: its store, its last audit and what that said."""


def row_of(table: Table, value: object, *, but: Sequence[str] = ()) -> dict[str, Any]:
    """The row of a value whose fields are columns; a field that has no column is not kept, a number not given."""
    return {column.name: getattr(value, column.name) for column in columns_of(table, but=but)}


def columns_of(table: Table, *, but: Sequence[str] = ()) -> list[Column[Any]]:
    """The columns of such a table, but the row's number and those named."""
    return [column for column in table.c if column.name not in NUMBERS and column.name not in but]


def of_version(table: Table, package_id: str, version: int) -> ColumnElement[bool]:
    """The condition that a row belongs to a version."""
    return (table.c.package_id == package_id) & (table.c.version == version)


def version_row(index: PackageIndex, source_state: str) -> dict[str, object]:
    """The row of a version."""
    return {
        **listed(index),
        "fingerprint": index.fingerprint or index.content,
        "stamp": source_state,
        "search_key": search_key(index.archival_code, index.title),
        "index_zlib": pack_index(index),
    }


def note_version(connection: Connection, index: PackageIndex, row: dict[str, object]) -> None:
    """Adds the version, or checks that it is there as it is; a new state of the source takes the place of the old."""
    if insert_or_keep(connection, VERSIONS, [row]):
        return
    here = of_version(VERSIONS, index.package_id, index.version)
    stored = connection.execute(select(VERSIONS.c.index_zlib, VERSIONS.c.stamp).where(here)).one()
    refuse_other(unpack_index(stored.index_zlib), index)
    if row["stamp"] and row["stamp"] != stored.stamp:
        connection.execute(update(VERSIONS).where(here).values(stamp=row["stamp"]))


def event_rows(index: PackageIndex, events: Iterable[Event]) -> list[dict[str, object]]:
    """The rows of events of a version."""
    return [
        {
            "package_id": index.package_id,
            "version": index.version,
            "at": event.at.astimezone(UTC).isoformat(),
            "event_json": to_json(event),
            "digest": event_digest(event),
        }
        for event in events
    ]


def note_audit(connection: Connection, report: FixityReport) -> None:
    """Notes in the copy's row what the audit said, and the audit in a row of its own; RegisterError where there is
    no such copy."""
    copy = of_version(COPIES, report.package_id, report.version) & (COPIES.c.store == report.store)
    counted = connection.execute(update(COPIES).where(copy).values(audits=COPIES.c.audits + 1))
    if counted.rowcount == 0:
        raise unknown_copy(report)
    told = {"last_audit": report.ended_at, "last_result": report.result.value}
    if report.result is FixityResult.OK:
        told["last_ok"] = report.ended_at
    if report.result is FixityResult.COULD_NOT_TELL:
        copy &= COPIES.c.last_result.not_in([result.value for result in BAD])
    connection.execute(update(COPIES).where(copy).values(told))
    connection.execute(insert(AUDITS).values(row_of(AUDITS, audit_of(report))))


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
        **dict(zip(LISTED_NAMES, row, strict=True)),
        copies=tuple(store for store, _, _ in copies),
        last_audit=earliest(audit for _, audit, _ in copies),
        last_result=worst(result for _, _, result in copies),
    )
