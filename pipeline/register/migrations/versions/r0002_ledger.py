"""The ledger: deliveries, runs, surveys, planned, outcomes, questions, decisions; what is held is kept by delivery.

Records that 0.1.0 held are of a delivery whose name is known and whose folder is not.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ORDERED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Adds the tables, and gives every held record its delivery."""
    _deliveries_and_runs()
    _records_of_runs()
    _questions()
    _held()


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _deliveries_and_runs() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _ORDERED, primary_key=True),
        *_texts("name", "folder", "profile", "rules", "first_seen"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery", _ORDERED, sa.ForeignKey("deliveries.id"), nullable=False),
        *_texts("started_at", "program", "ended_at"),
        sa.Column("exit_code", sa.Integer, nullable=True),
    )
    op.create_index("runs_of_delivery", "runs", ["delivery", "id"])
    op.create_table(
        "surveys",
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        *_texts("catalogue", "findings_json", "ignored_json"),
    )


def _records_of_runs() -> None:
    op.create_table(
        "planned",
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("record_zlib", sa.LargeBinary, nullable=False),
    )
    op.create_index("planned_of_package", "planned", ["run", "package_id"])
    op.create_table(
        "outcomes",
        sa.Column("run", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("outcome_json", sa.Text, nullable=False),
    )
    op.create_index("outcomes_of_package", "outcomes", ["package_id", "run"])


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False, unique=True),
        sa.Column("delivery", _ORDERED, nullable=False),
        sa.Column("package_id", _ORDERED, nullable=False),
        sa.Column("question_json", sa.Text, nullable=False),
    )
    op.create_index("questions_of_delivery", "questions", ["delivery"])
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("question", sa.String, sa.ForeignKey("questions.id"), nullable=False),
        *_texts("answer", "by", "at", "reason"),
    )
    op.create_index("decisions_of_question", "decisions", ["question"])


def _held() -> None:
    op.rename_table("held", "held_before")
    held = op.create_table(
        "held",
        sa.Column("package_id", _ORDERED, primary_key=True),
        sa.Column("delivery", _ORDERED, primary_key=True),
        sa.Column("name", _ORDERED, nullable=False),
        sa.Column("held_json", sa.Text, nullable=False),
    )
    before = sa.table("held_before", sa.column("package_id", sa.String), sa.column("held_json", sa.Text))
    rows = op.get_bind().execute(sa.select(before.c.package_id, before.c.held_json)).all()
    if rows:
        op.bulk_insert(held, [_of_unknown_folder(package_id, held_json) for package_id, held_json in rows])
    op.drop_table("held_before")


def _of_unknown_folder(package_id: str, held_json: str) -> dict[str, object]:
    name = json.loads(held_json)["delivery"]
    delivery = hashlib.sha256(f"{name}\0".encode()).hexdigest()[:16]
    return {"package_id": package_id, "delivery": delivery, "name": name, "held_json": held_json}
