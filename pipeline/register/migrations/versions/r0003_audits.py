"""Audits are kept, the good ones too; an event is known by a digest, so that the database itself keeps it from being
noted twice and no event need be read to note another."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_PAGE = 5000


def upgrade() -> None:
    """Adds the table, and gives every event its digest."""
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("store", "started_at", "ended_at", "result")),
        sa.Column("bytes_read", sa.BigInteger, nullable=False),
        sa.Column("program", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id", "version", "store"], ["copies.package_id", "copies.version", "copies.store"]
        ),
    )
    op.create_index("audits_of_package", "audits", ["package_id"])
    op.add_column("events", sa.Column("digest", sa.String, nullable=False, server_default=""))
    _digest_events()
    op.drop_index("events_of_package", "events")
    op.create_index("one_of_each_event", "events", ["package_id", "version", "digest"], unique=True)


def _digest_events() -> None:
    events = sa.table("events", sa.column("id"), sa.column("event_json"), sa.column("digest"))
    connection, after = op.get_bind(), 0
    wanted = sa.select(events.c.id, events.c.event_json).order_by(events.c.id).limit(_PAGE)
    set_one = sa.update(events).where(events.c.id == sa.bindparam("of")).values(digest=sa.bindparam("to"))
    while page := connection.execute(wanted.where(events.c.id > after)).all():
        after = page[-1].id
        connection.execute(set_one, [{"of": row.id, "to": _digest(row.event_json)} for row in page])


def _digest(event_json: str) -> str:
    """As `pipeline.register.rules.event_digest`, over what 0.1.0 wrote."""
    event = json.loads(event_json)
    agent = [event["agent"][name] for name in ("name", "version", "kind")]
    told = [event[name] for name in ("kind", "at", "outcome", "objects", "sources", "detail")]
    told[1] = told[1].replace("Z", "+00:00")
    return hashlib.sha256(json.dumps([*told, *agent], ensure_ascii=False).encode()).hexdigest()[:32]
