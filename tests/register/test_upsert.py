"""Rows that may be there already."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, UniqueConstraint, select

from pipeline.errors import RegisterError
from pipeline.register.engine import sqlite_engine, writing
from pipeline.register.upsert import insert_or_change, insert_or_keep

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("says", String, nullable=False),
    UniqueConstraint("name"),
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = sqlite_engine(tmp_path / "x.db")
    with writing(engine, "x") as opened:
        THINGS.create(opened)
        yield opened
    engine.dispose()


def row(number: int, name: str, says: str = "") -> dict[str, object]:
    return {"id": number, "name": name, "says": says}


def rows(connection: Connection) -> list[tuple[int, str, str]]:
    return [tuple(each) for each in connection.execute(select(THINGS).order_by(THINGS.c.id))]


def test_what_is_there_is_kept_and_what_is_new_is_counted(connection: Connection) -> None:
    assert insert_or_keep(connection, THINGS, [row(1, "a", "first"), row(2, "b")]) == 2
    assert insert_or_keep(connection, THINGS, [row(1, "a", "other")]) == 0
    assert rows(connection) == [(1, "a", "first"), (2, "b", "")]


def test_what_makes_a_row_one_of_its_kind_may_be_said(connection: Connection) -> None:
    insert_or_keep(connection, THINGS, [row(1, "a", "first")])
    assert insert_or_keep(connection, THINGS, [row(9, "a", "other")], unique=("name",)) == 0
    assert insert_or_keep(connection, THINGS, [row(9, "c")], unique=("name",)) == 1
    assert [number for number, _, _ in rows(connection)] == [1, 9]


def test_named_columns_change_and_the_others_stay(connection: Connection) -> None:
    insert_or_keep(connection, THINGS, [row(1, "a", "first")])
    insert_or_change(connection, THINGS, [row(1, "z", "later"), row(2, "b", "new")], change=("says",))
    assert rows(connection) == [(1, "a", "later"), (2, "b", "new")]


def test_no_rows_are_no_statement(connection: Connection) -> None:
    assert insert_or_keep(connection, THINGS, []) == 0
    insert_or_change(connection, THINGS, [], change=("says",))
    assert rows(connection) == []


def test_another_constraint_is_not_passed_over(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "x.db")
    with writing(engine, "x") as connection:
        THINGS.create(connection)
        insert_or_keep(connection, THINGS, [row(1, "a")])
    with pytest.raises(RegisterError), writing(engine, "x") as connection:
        insert_or_keep(connection, THINGS, [row(2, "a")])
    engine.dispose()
