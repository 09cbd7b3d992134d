import shutil

from tests.cli.conftest import TEXT, Filled
from tests.makers.terminal import Terminal


def test_the_register_lost(own: Terminal, filled: Filled) -> None:
    for file in own.home.glob("register.db*"):
        file.unlink()
    done = own.type("rebuild", "--lang", "zh")
    assert done.code == 0, done.out
    assert "2 个包" in done.out
    assert "4 份副本" in done.out
    listed = own.type("list", "--json").json
    assert [(r["package_id"], r["copies"]) for r in listed] == [
        (r["package_id"], r["copies"]) for r in filled.terminal.type("list", "--json").json
    ]


def test_what_was_held_is_taken_over(own: Terminal) -> None:
    before = own.type("list", "--held", "--json").json
    assert own.type("rebuild", "--json").json["held"] == len(before) == 2
    assert own.type("list", "--held", "--json").json == before


def test_a_garbled_register_is_kept_beside_the_new_one(own: Terminal) -> None:
    (own.home / "register.db").write_bytes(b"garbage" * 999)
    assert own.type("list").code == 6
    done = own.type("rebuild")
    assert "old_register_unreadable" in done.out
    assert own.type("list").code == 0
    assert any(b"garbage" in path.read_bytes() for path in own.home.glob("register*") if path.name != "register.db")


def test_a_copy_that_is_missing_is_named(own: Terminal) -> None:
    shutil.rmtree(next(own.home.glob(f"b/*/*/{TEXT}")))
    done = own.type("rebuild")
    assert done.code == 6
    assert TEXT in done.out
    assert "second" in done.out


def test_a_store_that_is_away_leaves_the_register_alone(own: Terminal) -> None:
    before = own.type("list", "--json").json
    shutil.move(own.home / "a", own.home / "unplugged")
    assert own.type("rebuild").code == 6
    assert own.type("list", "--json").json == before


def test_what_was_lost_everywhere_is_missing_until_a_person_lets_it_go(own: Terminal) -> None:
    for folder in own.home.glob(f"[ab]/*/*/{TEXT}"):
        shutil.rmtree(folder)
    done = own.type("rebuild")
    assert (done.code, "package_lost" in done.out, TEXT in done.out) == (6, True, True)
    assert own.type("audit", "--all").code == 6
    assert own.type("rebuild").code == 6, "again, and it is not forgotten"
    assert own.type("rebuild", "--without", TEXT).code == 2, "no reason is given"
    done = own.type("rebuild", "--without", TEXT, "--reason", "水灾，备份亦毁")
    assert done.code == 0, done.out + done.err
    assert own.type("audit", "--all").code == 0
    got = own.type("show", TEXT)
    assert (got.code, "水灾" in got.err) == (2, True)


def test_stores_that_are_one_are_refused(own: Terminal) -> None:
    shutil.rmtree(own.home / "b")
    (own.home / "b").symlink_to("a")
    done = own.type("rebuild", "--lang", "zh")
    assert (done.code, "同一处" in done.err) == (6, True)
