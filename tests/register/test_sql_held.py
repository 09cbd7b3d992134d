from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.register import sql_held
from pipeline.register.engine import sqlite_engine, writing
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.register.upgrade import upgrade_tables
from tests.contracts.held import HERE, HeldContract
from tests.contracts.ledger import AT
from tests.contracts.register import a_held


class TestSqlHeld(HeldContract):
    @pytest.fixture
    def archive(self, tmp_path: Path) -> Iterator[SqliteRegister]:
        with open_register(tmp_path / "register.db") as register:
            yield register

    @pytest.fixture(params=[1, sql_held.PAGE], autouse=True)
    def page(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every promise also holds where each row is a page of its own."""
        monkeypatch.setattr(sql_held, "PAGE", request.param)


def test_what_waited_before_rows_were_noted_waits_on(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    engine = sqlite_engine(path)
    waiting = (
        '{"package_id":"A","archival_code":"A","title":"题","delivery":"demo","since":"","findings":[],"folder":"/d"}'
    )
    with writing(engine, str(path)) as connection:
        upgrade_tables(connection, str(path), to="0005")
        connection.execute(text("INSERT INTO held VALUES ('A', 'x', 'demo', :held)"), {"held": waiting})
        connection.execute(
            text("INSERT INTO deliveries VALUES (:id, 'demo', '/a/demo', '', '', :at)"), {"id": HERE.id, "at": AT}
        )
    engine.dispose()
    with open_register(path) as register:
        (held,) = register.held()
        assert (held.package_id, held.row, held.place) == ("A", 0, 0)
        assert [(d.id, d.depositor, d.moved_to) for d in register.deliveries()] == [(HERE.id, "", "")]
        register.hold(a_held("A", folder="/d"))
        assert len(list(register.held())) == 2 - (a_held("A", folder="/d").delivery_id == "x")
