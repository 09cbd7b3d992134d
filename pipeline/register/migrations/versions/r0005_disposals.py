"""Versions that nothing holds any more and that a person has let go, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the table: until now nothing was let go."""
    op.create_table(
        "disposals",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("archival_code", "title", "at", "by", "reason")),
        sa.Column("index_zlib", sa.LargeBinary, nullable=False),
    )
