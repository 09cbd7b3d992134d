"""The first tables: versions, copies, events, faults, held.

Written out and not taken from `tables`, which goes on changing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Creates the tables in an empty database."""
    _versions_and_copies()
    _events_and_faults()
    op.create_table(
        "held",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("held_json", sa.Text, nullable=False),
    )


def _versions_and_copies() -> None:
    op.create_table(
        "versions",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("fonds", "category", "archival_code")),
        sa.Column("title", sa.Text, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("retention", "date", "batch")),
        sa.Column("payload_files", sa.Integer, nullable=False),
        sa.Column("payload_bytes", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("packaged_at", "fingerprint", "stamp")),
        sa.Column("search_key", sa.Text, nullable=False),
        sa.Column("index_zlib", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "copies",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("store", sa.String, primary_key=True),
        sa.Column("tar_key", sa.Text, nullable=False),
        sa.Column("bytes_read_back", sa.BigInteger, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("deposited_at", "last_audit", "last_result", "last_ok")
        ),
        sa.Column("audits", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["package_id", "version"], ["versions.package_id", "versions.version"]),
    )


def _events_and_faults() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("event_json", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["package_id", "version"], ["versions.package_id", "versions.version"]),
    )
    op.create_index("events_of_package", "events", ["package_id", "at"])
    op.create_table(
        "faults",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("store", sa.String, nullable=False),
        sa.Column("report_json", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_at", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id", "version", "store"], ["copies.package_id", "copies.version", "copies.store"]
        ),
    )
    op.create_index("faults_of_copy", "faults", ["package_id", "version", "store"])
