from dataclasses import asdict
from pathlib import Path

import msgspec
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from pipeline.domain.copies import CopyStanding
from pipeline.domain.events import Event, EventKind
from pipeline.domain.packages import FixityResult
from pipeline.ports import HeldRecord
from pipeline.register.engine import sqlite_engine, writing
from pipeline.register.rows import version_row
from pipeline.register.sqlite import open_register
from pipeline.register.tables import METADATA, REVISION
from pipeline.register.upgrade import MIGRATIONS, upgrade_tables
from tests.contracts.register import ID, a_held, a_report, an_event
from tests.makers.real_packages import an_index, copies_of


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


def _as_0_1_0_left_it(path: Path, *held: HeldRecord, events: tuple[Event, ...] = ()) -> None:
    """A register at the first revision: records that wait, one package with a copy, and its events."""
    index = an_index()
    version = version_row(index, "s")
    copy = asdict(CopyStanding.of(index, copies_of(index, "nas")[0]))
    engine = sqlite_engine(path)
    with writing(engine, str(path)) as connection:
        upgrade_tables(connection, str(path), to="0001")
        for table, row in (("versions", version), ("copies", copy)):
            connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})"), row)
        for event in events:
            row = {"i": index.package_id, "at": event.at.isoformat(), "e": msgspec.json.encode(event).decode()}
            columns = "package_id, version, at, event_json"
            connection.execute(text(f"INSERT INTO events ({columns}) VALUES (:i, 1, :at, :e)"), row)
        for record in held:
            written = msgspec.to_builtins(record)
            del written["folder"]
            row = {"i": record.package_id, "h": msgspec.json.encode(written).decode()}
            connection.execute(text("INSERT INTO held VALUES (:i, :h)"), row)
    engine.dispose()


def test_what_0_1_0_held_is_held_by_the_delivery_of_that_name(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    first, second = a_held("A", folder=""), a_held("B", delivery="other", folder="")
    _as_0_1_0_left_it(path, first, second)
    with open_register(path) as register:
        assert list(register.held()) == [first, second]
        register.release("B", delivery="other", folder="/wherever")
        register.hold(a_held("A"))
        assert list(register.held()) == [a_held("A")], "the same record in the same delivery, now with its folder"


def test_events_of_0_1_0_are_not_noted_twice(tmp_path: Path) -> None:
    path, index = tmp_path / "register.db", an_index()
    events = (an_event(8), an_event(9, detail="存入 “nas”"), an_event(10, EventKind.INGESTION))
    _as_0_1_0_left_it(path, events=events)
    with open_register(path) as register:
        register.add_events(index, [*events, an_event(11)])
        assert list(register.events(ID)) == [*events, an_event(11)]
        register.add_audit(a_report(FixityResult.OK, "2026-02-01T00:00:00+00:00"))
        assert [copy.audits for copy in register.copies(ID, 1)] == [1]


def test_a_register_of_0_1_0_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    _as_0_1_0_left_it(path)
    with open_register(path) as register, register.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert list(register.all_versions()) == [(ID, 1, ("nas",))]
