import shutil
from pathlib import Path

from tests.cli.conftest import Filled
from tests.makers.apart import SOFFICE, instead, need_apart, type_apart
from tests.makers.terminal import Terminal


def test_programs_stores_and_what_is_missing(filled: Filled) -> None:
    done = filled.terminal.type("doctor")
    assert done.code == 0, done.out
    for word in ("ffmpeg", "soffice", "exiftool", "libvips", "first", "second", "place", "medium"):
        assert word in done.out


def test_for_machines(filled: Filled) -> None:
    told = filled.terminal.type("doctor", "--json").json
    assert {store["name"] for store in told["stores"]} == {"first", "second"}
    assert all(store["abilities"]["conditional_writes"] is True for store in told["stores"])
    assert all(tool["found"] and tool["version"] for tool in told["tools"])


def test_programs_alone_need_no_home(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "nowhere")
    assert terminal.type("doctor", "--tools-only").code == 0
    assert terminal.type("doctor").code == 2


def test_a_store_that_is_away(own: Terminal) -> None:
    shutil.move(own.home / "a", own.home / "unplugged")
    done = own.type("doctor", "--lang", "en")
    assert done.code == 6
    assert "the folder of first is not there" in done.out
    assert not (own.home / "a").exists()
    (away,) = [s for s in own.type("doctor", "--json").json["stores"] if s["name"] == "first"]
    assert away["abilities"] is None
    assert away["error"]


def test_an_empty_mount_point_is_not_the_store(own: Terminal) -> None:
    shutil.move(own.home / "a", own.home / "unmounted")
    (own.home / "a").mkdir()
    done = own.type("doctor", "--lang", "zh")
    assert done.code == 6
    assert "请检查磁盘是否已挂载" in done.out
    assert not list((own.home / "a").iterdir())


def test_a_program_that_is_not_there(own: Terminal, tmp_path: Path) -> None:
    need_apart()
    (tmp_path / "no-program").touch(mode=0o644)
    done = type_apart(own, instead(SOFFICE, tmp_path / "no-program"), "doctor")
    assert done.code == 4
    assert "apt-get install libreoffice" in done.out
