"""Tables of the register. Changing them needs a new revision in `migrations/versions` and a new `REVISION`.

One row per package version (its members are in the compressed index, not in rows), per copy, per event after
packaging, per audit that was not OK, per record that waits. Times are ISO 8601 text in UTC.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

REVISION = "0001"
"""The newest revision, the only one this program works on; a test compares it with the migrations."""

METADATA = MetaData()

_ORDERED = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by code point in every database, as Python does."""

VERSIONS = Table(
    "versions",
    METADATA,
    Column("package_id", _ORDERED, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("fonds", String, nullable=False),
    Column("category", String, nullable=False),
    Column("archival_code", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("retention", String, nullable=False),
    Column("date", String, nullable=False),
    Column("batch", String, nullable=False),
    Column("payload_files", Integer, nullable=False),
    Column("payload_bytes", BigInteger, nullable=False),
    Column("packaged_at", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("stamp", String, nullable=False),
    Column("search_key", Text, nullable=False),
    # Last, so that SQLite need not read it to reach the other columns.
    Column("index_zlib", LargeBinary, nullable=False),
)

COPIES = Table(
    "copies",
    METADATA,
    Column("package_id", _ORDERED, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("store", String, primary_key=True),
    Column("tar_key", Text, nullable=False),
    Column("bytes_read_back", BigInteger, nullable=False),
    Column("deposited_at", String, nullable=False),
    Column("last_audit", String, nullable=False),
    Column("last_result", String, nullable=False),
    Column("last_ok", String, nullable=False),
    Column("audits", Integer, nullable=False),
    ForeignKeyConstraint(["package_id", "version"], ["versions.package_id", "versions.version"]),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("package_id", _ORDERED, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String, nullable=False),
    Column("event_json", Text, nullable=False),
    ForeignKeyConstraint(["package_id", "version"], ["versions.package_id", "versions.version"]),
    Index("events_of_package", "package_id", "at"),
)

FAULTS = Table(
    "faults",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("package_id", _ORDERED, nullable=False),
    Column("version", Integer, nullable=False),
    Column("store", String, nullable=False),
    Column("report_json", Text, nullable=False),
    # The same again, night after night, is counted and not written anew.
    Column("times", Integer, nullable=False),
    Column("last_at", String, nullable=False),
    ForeignKeyConstraint(["package_id", "version", "store"], ["copies.package_id", "copies.version", "copies.store"]),
    Index("faults_of_copy", "package_id", "version", "store"),
)

HELD = Table(
    "held",
    METADATA,
    Column("package_id", _ORDERED, primary_key=True),
    Column("held_json", Text, nullable=False),
)
