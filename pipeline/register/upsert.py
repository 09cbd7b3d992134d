"""Rows that may be there already, left to the database's own constraints: nothing is read first, so that two who
write at once do not both add."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

Rows = Sequence[dict[str, Any]]


def insert_or_keep(connection: Connection, table: Table, rows: Rows, *, unique: Sequence[str] = ()) -> int:
    """Adds the rows but those whose `unique` columns (the primary key by default) are there already; how many."""
    if not rows:
        return 0
    keys = unique or [column.name for column in table.primary_key]
    return connection.execute(sqlite.insert(table).on_conflict_do_nothing(index_elements=keys), rows).rowcount


def insert_or_change(connection: Connection, table: Table, rows: Rows, *, change: Sequence[str]) -> None:
    """Adds the rows; where the primary key is there already, the columns to `change` take their new values."""
    if rows:
        added = sqlite.insert(table)
        values = {name: added.excluded[name] for name in change}
        keys = [column.name for column in table.primary_key]
        connection.execute(added.on_conflict_do_update(index_elements=keys, set_=values), rows)
