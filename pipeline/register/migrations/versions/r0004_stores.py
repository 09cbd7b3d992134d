"""Which store each name of the settings stood for when it was last written to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the table; what 0.1.0 wrote to is not known by an identity yet."""
    op.create_table(
        "stores",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("identity", sa.String, nullable=False),
    )
