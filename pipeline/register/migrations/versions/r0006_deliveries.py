"""Who handed a delivery in and where it has gone since; what waits, row by row; what was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds columns and a table; what waits already has no other row of its code beside it."""
    for name in ("depositor", "contact", "moved_to"):
        op.add_column("deliveries", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.rename_table("held", "held_before")
    op.create_table(
        "held",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("delivery", _ORDERED, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", _ORDERED, nullable=False),
        sa.Column("held_json", sa.Text, nullable=False),
    )
    op.create_index("held_in_delivery", "held", ["delivery"])
    op.execute(
        "INSERT INTO held (package_id, delivery, place, name, held_json)"
        " SELECT package_id, delivery, 0, name, held_json FROM held_before"
    )
    op.drop_table("held_before")
    op.create_table(
        "withdrawals",
        sa.Column("number", sa.Integer, primary_key=True),
        *(sa.Column(name, _ORDERED, nullable=False) for name in ("delivery", "package_id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("archival_code", "title", "by", "at", "reason")),
    )
    op.create_index("withdrawals_of_delivery", "withdrawals", ["delivery"])
