"""A register made anew in the old one's place; what only the old one knew is taken over."""

from pathlib import Path

import pytest

from pipeline.domain.packages import FixityResult
from pipeline.errors import RegisterBusy, RegisterError
from pipeline.register.renewal import renewed
from pipeline.register.sqlite import open_register
from tests.contracts.register import ID, a_held, a_report, an_event
from tests.makers.real_packages import an_index, copies_of

AT = "20260301T120000Z"
INDEX = an_index()
AUDITED = a_report(FixityResult.MISMATCH, "2026-02-01T00:00:00+00:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A register that knows an audit, an event and a record that waits."""
    made = tmp_path / "register.db"
    with open_register(made) as register:
        register.add_version(INDEX, copies_of(INDEX, "nas"), [an_event(8)], source_state="s1")
        register.add_audit(AUDITED)
        register.hold(a_held("K021-2"))
    return made


def test_what_no_store_knows_is_taken_over(path: Path) -> None:
    with renewed(path, at=AT) as renewal:
        renewal.register.add_version(INDEX, copies_of(INDEX, "nas"), [], source_state="")
        assert renewal.take_over() == ()
    with open_register(path) as register:
        assert register.index(ID) == INDEX
        assert an_event(8) in list(register.events(ID))
        assert [held.package_id for held in register.held()] == ["K021-2"]
        (row,) = register.packages()
        assert row.last_result == "mismatch"
    assert renewal.backup is not None and renewal.backup.name == f"{path.name}.bak-{AT}"
    with open_register(renewal.backup) as old:
        assert old.index(ID) == INDEX


def test_nothing_is_taken_over_for_what_is_another_package_now(path: Path) -> None:
    other = an_index(packaged_at="2027-01-01T00:00:00+00:00")
    with renewed(path, at=AT) as renewal:
        renewal.register.add_version(other, copies_of(other, "nas"), [], source_state="")
        assert renewal.take_over() == ()
    with open_register(path) as register:
        assert list(register.events(ID)) == []
        assert [row.last_result for row in register.packages()] == [""]


def test_where_there_was_none_there_is_one_now(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    with renewed(path, at=AT) as renewal:
        assert renewal.take_over() == ()
    assert renewal.backup is None
    assert {each.name for each in tmp_path.iterdir()} == {"register.db", "register.db.lock"}


def test_a_renewal_that_fails_leaves_all_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyError), renewed(path, at=AT):
        raise KeyError
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.new*")) and not list(path.parent.glob("*.bak*"))


def test_an_old_register_that_is_garbage_is_kept_and_told(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)
    with renewed(path, at=AT) as renewal:
        assert len(renewal.take_over()) == 1
    assert renewal.backup is not None and renewal.backup.read_bytes().startswith(b"garbage")
    with open_register(path) as register:
        assert list(register.packages()) == []


def test_nobody_else_may_have_it_open(path: Path) -> None:
    with open_register(path), pytest.raises(RegisterBusy), renewed(path, at=AT):
        pass


def test_what_is_no_file_is_left_in_place(tmp_path: Path) -> None:
    (tmp_path / "register.db").mkdir()
    with pytest.raises(RegisterError), renewed(tmp_path / "register.db", at=AT):
        pass
    assert (tmp_path / "register.db").is_dir()
