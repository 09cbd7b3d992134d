"""What packages say of their records, to be searched and shown; of packages of before, as far as the plans of their
newest deliveries still tell it.

The keys are made by the program as it is: a key of an earlier form would find nothing.
"""

import sqlalchemy as sa
from alembic import op

from pipeline.domain.outcomes import State
from pipeline.domain.records import Description, PlannedRecord
from pipeline.errors import RegisterError
from pipeline.register.blobs import unpack, unpack_index
from pipeline.register.search import described_row

revision = "0007"
down_revision = "0006"

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_PAGE = 500


def upgrade() -> None:
    """Adds the table with a row for every package."""
    described = op.create_table(
        "descriptions",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("code_key", _ORDERED, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("year", "period")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("creator_key", "search_key", "description_json")),
    )
    op.create_index("descriptions_by_code", "descriptions", ["code_key"])
    versions = sa.table("versions", sa.column("package_id"), sa.column("version"), sa.column("index_zlib"))
    other = versions.alias()
    last = sa.select(sa.func.max(other.c.version)).where(other.c.package_id == versions.c.package_id)
    wanted = sa.select(versions).where(versions.c.version == last.scalar_subquery())
    connection, after = op.get_bind(), ""
    ordered = wanted.order_by(versions.c.package_id).limit(_PAGE)
    while page := connection.execute(ordered.where(versions.c.package_id > after)).all():
        after = page[-1].package_id
        rows = [row for each in page if (row := _row(connection, each))]
        if rows:
            op.bulk_insert(described, rows)


def _row(connection: sa.Connection, version: sa.Row[tuple[str, int, bytes]]) -> dict[str, object] | None:
    """None where the index cannot be read any more: whoever asks for the package is told so."""
    try:
        return described_row(unpack_index(version.index_zlib), _planned(connection, version.package_id))
    except RegisterError:
        return None


def _planned(connection: sa.Connection, package_id: str) -> Description | None:
    """The description by which the record was delivered last and found the same, or stored."""
    planned = sa.table("planned", *(sa.column(name) for name in ("run", "position", "package_id", "record_zlib")))
    ends = sa.table("outcomes", *(sa.column(name) for name in ("run", "position", "package_id", "state")))
    same = (planned.c.run == ends.c.run) & (planned.c.position == ends.c.position)
    good = ends.c.state.in_([State.STORED.value, State.UNCHANGED.value])
    wanted = sa.select(planned.c.record_zlib).join(ends, same).where((ends.c.package_id == package_id) & good)
    written = connection.execute(wanted.order_by(planned.c.run.desc()).limit(1)).scalar_one_or_none()
    if written is None:
        return None
    try:
        return unpack(written, PlannedRecord).description
    except RegisterError:
        return None
