"""Tables of the register. Changing them needs a new revision in `migrations/versions` and a new `REVISION`.

One row per package version (its members are in the compressed index, not in rows), per copy, per event after
packaging, per audit, in full per audit that was not OK, per record that waits in a delivery or was withdrawn from one,
per store of known identity, per version that a person has let go; of the ledger, one per delivery, run, survey, planned
record, outcome, question and decision. Times are ISO 8601 text in UTC.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

REVISION = "0007"
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

DESCRIPTIONS = Table(
    "descriptions",
    METADATA,
    Column("package_id", _ORDERED, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("code_key", _ORDERED, nullable=False),
    *(Column(name, String, nullable=False) for name in ("year", "period")),
    *(Column(name, Text, nullable=False) for name in ("creator_key", "search_key", "description_json")),
    Index("descriptions_by_code", "code_key"),
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
    Column("digest", String, nullable=False),
    ForeignKeyConstraint(["package_id", "version"], ["versions.package_id", "versions.version"]),
    Index("one_of_each_event", "package_id", "version", "digest", unique=True),
)

AUDITS = Table(
    "audits",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("package_id", _ORDERED, nullable=False),
    Column("version", Integer, nullable=False),
    *(Column(name, String, nullable=False) for name in ("store", "started_at", "ended_at", "result")),
    Column("bytes_read", BigInteger, nullable=False),
    Column("program", String, nullable=False),
    ForeignKeyConstraint(["package_id", "version", "store"], ["copies.package_id", "copies.version", "copies.store"]),
    Index("audits_of_package", "package_id"),
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
    Column("delivery", _ORDERED, primary_key=True),
    # 0 but for a code that stands in several rows of the delivery.
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", _ORDERED, nullable=False),
    Column("held_json", Text, nullable=False),
    Index("held_in_delivery", "delivery"),
)

WITHDRAWALS = Table(
    "withdrawals",
    METADATA,
    Column("number", Integer, primary_key=True),
    *(Column(name, _ORDERED, nullable=False) for name in ("delivery", "package_id")),
    *(Column(name, Text, nullable=False) for name in ("archival_code", "title", "by", "at", "reason")),
    Index("withdrawals_of_delivery", "delivery"),
)

STORES = Table(
    "stores",
    METADATA,
    Column("name", String, primary_key=True),
    Column("identity", String, nullable=False),
)

DISPOSALS = Table(
    "disposals",
    METADATA,
    Column("package_id", _ORDERED, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # Of the index's bytes: what lies under the same version otherwise was not let go with it.
    Column("sha256", String, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("archival_code", "title", "at", "by", "reason")),
    Column("index_zlib", LargeBinary, nullable=False),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", _ORDERED, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("name", "folder", "profile", "rules", "first_seen")),
    *(Column(name, Text, nullable=False) for name in ("depositor", "contact", "moved_to")),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("delivery", _ORDERED, ForeignKey("deliveries.id"), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("started_at", "program", "ended_at")),
    Column("exit_code", Integer, nullable=True),
    Index("runs_of_delivery", "delivery", "id"),
)

SURVEYS = Table(
    "surveys",
    METADATA,
    Column("run", Integer, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("records", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("catalogue", "findings_json", "ignored_json")),
)

PLANNED = Table(
    "planned",
    METADATA,
    Column("run", Integer, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("package_id", _ORDERED, nullable=False),
    Column("row", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("record_zlib", LargeBinary, nullable=False),
    Index("planned_of_package", "run", "package_id"),
)

OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("run", Integer, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("package_id", _ORDERED, nullable=False),
    Column("state", String, nullable=False),
    Column("outcome_json", Text, nullable=False),
    Index("outcomes_of_package", "package_id", "run"),
)

QUESTIONS = Table(
    "questions",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("delivery", _ORDERED, nullable=False),
    Column("package_id", _ORDERED, nullable=False),
    Column("question_json", Text, nullable=False),
    Index("questions_of_delivery", "delivery"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("question", String, ForeignKey("questions.id"), nullable=False),
    *(Column(name, Text, nullable=False) for name in ("answer", "by", "at", "reason")),
    Index("decisions_of_question", "question"),
)
