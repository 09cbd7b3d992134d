import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from pipeline.domain.copies import CopyStanding
from pipeline.domain.packages import FixityResult
from pipeline.errors import RegisterBusy, RegisterError
from pipeline.register import sqlite as sqlite_register
from pipeline.register.rows import version_row
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.register.tables import COPIES, VERSIONS
from tests.contracts.register import ID, RegisterContract, a_held, a_report, an_event
from tests.makers.real_packages import an_index, copies_of, some_members


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "登记 100%?#.db"


class TestSqliteRegister(RegisterContract):
    @pytest.fixture
    def register(self, path: Path) -> Iterator[SqliteRegister]:
        with open_register(path) as register:
            yield register

    @pytest.fixture(params=[1, sqlite_register.PAGE], autouse=True)
    def page(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every promise also holds where each row is a page of its own."""
        monkeypatch.setattr(sqlite_register, "PAGE", request.param)


def test_it_is_still_there_after_closing(path: Path) -> None:
    index = an_index(members=some_members(300))
    with open_register(path) as register:
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="s1")
        register.hold(a_held("B"))
    register.close()
    with open_register(path) as register:
        assert register.index(ID) == index
        assert list(register.events(ID)) == [an_event(8)]
        assert list(register.held()) == [a_held("B")]
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


def test_durability_is_asked_of_sqlite(path: Path) -> None:
    with open_register(path) as register, register.engine.connect() as connection:
        asked = {
            p: connection.exec_driver_sql(f"PRAGMA {p}").scalar_one()
            for p in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def _rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)


def test_one_row_per_version_and_none_per_file(path: Path) -> None:
    index = an_index(members=some_members(2000))
    with open_register(path) as register:
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="")
    assert _rows(path) == 5, "version, description, copy, event, revision"
    assert path.stat().st_size < 400_000


def test_an_audit_is_one_short_row(path: Path) -> None:
    index = an_index()
    with open_register(path) as register:
        register.add_version(index, copies_of(index, "nas"), [], source_state="")
        before = _rows(path)
        for night in range(10, 30):
            register.add_audit(a_report(FixityResult.OK, f"2026-02-{night}T00:00:00+00:00"))
        assert _rows(path) == before + 20
        with register.engine.begin() as connection:
            columns = "package_id, version, store, started_at, ended_at, result, bytes_read, program"
            numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
            connection.exec_driver_sql(f"{numbers} INSERT INTO audits ({columns}) SELECT {columns} FROM audits, n")
    assert path.stat().st_size < 100_000 * 200, "bytes for a hundred thousand audits"


_KILLED_AT_STATEMENT = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from pipeline.register.sqlite import open_register
from tests.contracts.register import a_held, an_event
from tests.makers.real_packages import an_index, copies_of, some_members
register = open_register(Path(sys.argv[1]))
left = int(sys.argv[2])
@event.listens_for(register.engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
@event.listens_for(register.engine, "commit")
def committing(_):
    count()
index = an_index(members=some_members(3000))
register.add_version(index, copies_of(index, "nas", "s3"), [an_event(8), an_event(9)], source_state="s1")
print("recorded")
"""


def test_killed_at_any_statement_it_is_all_or_nothing(path: Path) -> None:
    """A real kill -9 after each statement of `record`, and once just before the commit."""
    index = an_index(members=some_members(3000))
    with open_register(path) as register:
        register.hold(a_held(title=index.title))
    for statement in range(20):
        call = [sys.executable, "-c", _KILLED_AT_STATEMENT, str(path), str(statement)]
        ended = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        with open_register(path) as register:
            if ended.returncode == 0:
                assert register.index(ID) == index
                assert list(register.all_versions()) == [(ID, 1, ("nas", "s3"))]
                assert list(register.events(ID)) == [an_event(8), an_event(9)]
                assert list(register.held()) == []
                break
            assert ended.returncode == -9, ended.stderr
            assert register.index(ID) is None
            assert list(register.all_versions()) == []
            assert list(register.events(ID)) == []
            assert list(register.held()) == [a_held(title=index.title)]
    else:
        pytest.fail("record never ended")
    assert statement > 5, "the kills came before the transaction began"


_WRITER = """
import sys
from pathlib import Path
from pipeline.register.sqlite import open_register
from tests.contracts.register import an_event
from tests.makers.real_packages import an_index, copies_of
with open_register(Path(sys.argv[1])) as register:
    for number in range(30):
        index = an_index(f"P-{sys.argv[2]}-{number}")
        register.add_version(index, copies_of(index, "nas"), [an_event(8)], source_state="")
"""


def test_several_processes_create_and_write_at_once(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), str(n)], stderr=subprocess.PIPE, text=True)
        for n in range(4)
    ]
    assert [(w.communicate(timeout=120)[1], w.returncode) for w in writers] == [("", 0)] * 4
    with open_register(path) as register:
        rows = list(register.packages())
    assert len(rows) == 120
    assert all(row.copies == ("nas",) for row in rows)


def test_a_writer_that_does_not_end_makes_it_busy(path: Path) -> None:
    with open_register(path, busy_seconds=0.2) as register:
        register.add_version(an_index("A"), (), [], source_state="")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegisterBusy) as caught:
            register.add_version(an_index("B"), (), [], source_state="")
        assert caught.value.retryable
        assert [row.package_id for row in register.packages()] == ["A"], "readers do not wait for writers"
        other.execute("ROLLBACK")
        other.close()
        register.add_version(an_index("B"), (), [], source_state="")
        assert len(list(register.packages())) == 2


@pytest.mark.parametrize("garbage", [b"this is no database at all" * 400, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_file_says_what_to_do(path: Path, garbage: bytes) -> None:
    path.write_bytes(garbage)
    with pytest.raises(RegisterError, match="register_damaged"):
        open_register(path)
    assert path.read_bytes() == garbage


def test_damage_inside_says_what_to_do(path: Path) -> None:
    with open_register(path) as register:
        for number in range(300):
            index = an_index(f"P-{number:04d}", members=some_members(20))
            register.add_version(index, copies_of(index, "nas"), [], source_state="")
    data = bytearray(path.read_bytes())
    for page in range(4096 * 8, len(data), 4096):
        data[page : page + 64] = b"\xa5" * 64
    path.write_bytes(data)
    with pytest.raises(RegisterError, match="register_damaged"), open_register(path) as register:
        list(register.packages())


def test_a_damaged_index_says_what_to_do(path: Path) -> None:
    with open_register(path) as register:
        register.add_version(an_index(), (), [], source_state="")
        with sqlite3.connect(path) as database:
            database.execute("UPDATE versions SET index_zlib = substr(index_zlib, 1, 40)")
        database.close()
        assert [row.package_id for row in register.packages()] == [ID], "the listing does not need it"
        with pytest.raises(RegisterError, match="register_value_unreadable"):
            register.index(ID)


def test_another_database_is_not_touched(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE diary (day TEXT)")
    database.close()
    with pytest.raises(RegisterError, match="register_other_database"):
        open_register(path)
    with sqlite3.connect(path) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
    database.close()
    assert tables == [("diary",)]


def test_a_newer_register_is_refused_and_left_alone(path: Path) -> None:
    open_register(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="register_newer"):
        open_register(path)
    assert path.read_bytes() == before


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="register_not_opened"):
        open_register(tmp_path / "nowhere" / "register.db")


def test_no_permission_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(RegisterError, match="register_not_opened"):
        open_register(path)


def test_the_listing_reads_no_index(path: Path) -> None:
    with open_register(path) as register:
        index = an_index()
        register.add_version(index, copies_of(index, "nas"), [], source_state="")
        asked: list[str] = []
        event.listen(register.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        list(register.packages())
        list(register.all_versions())
    assert len(asked) > 3
    assert not any("index_zlib" in statement for statement in asked)


_LIST = """
import sys
from pathlib import Path
from pipeline.register.sqlite import open_register
with open_register(Path(sys.argv[1])) as register:
    count = sum(1 for _ in register.packages())
print(count, "alembic" in sys.modules)
"""


def test_listing_ten_thousand_without_loading_what_upgrades_need(path: Path) -> None:
    members = some_members(20)
    indexes = [an_index(f"P-{number:05d}", members=members) for number in range(10_000)]
    copies = [CopyStanding.of(index, copy) for index in indexes for copy in copies_of(index, "nas", "s3")]
    with open_register(path) as register, register.engine.begin() as connection:
        connection.execute(insert(VERSIONS), [version_row(index, "s") for index in indexes])
        connection.execute(insert(COPIES), [asdict(copy) for copy in copies])
    done = subprocess.run([sys.executable, "-c", _LIST, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["10000", "False"]
