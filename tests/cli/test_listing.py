import pytest

from tests.cli.conftest import BARE, HELD, NUMBER, PHOTOS, TEXT, Filled
from tests.makers.terminal import Terminal


def test_packages(filled: Filled) -> None:
    done = filled.terminal.type("list", "--lang", "zh")
    assert done.code == 0
    assert TEXT in done.out
    assert "关于𠮷家村扶贫工作的报告" in done.out
    assert "first, second" in done.out
    assert HELD not in done.out
    assert done.out.endswith("共 2 个包\n")


@pytest.mark.parametrize(("words", "found"), [("照片", [PHOTOS]), ("k021-ws", [TEXT]), ("nothing", []), ("%", [])])
def test_by_words(filled: Filled, words: str, found: list[str]) -> None:
    assert [row["package_id"] for row in filled.terminal.type("list", words, "--json").json] == found


def test_what_is_held_and_why(filled: Filled) -> None:
    done = filled.terminal.type("list", "--held")
    assert done.code == 0
    assert HELD in done.out
    assert BARE in done.out
    assert "没有对应的文件" in done.out
    assert "has no files" in done.out
    assert NUMBER not in done.out
    held = filled.terminal.type("list", "--held", "--json")
    assert [each["package_id"] for each in held.json] == [BARE, HELD]
    assert NUMBER not in held.out


def test_the_last_audit_is_told_in_the_readers_language(own: Terminal) -> None:
    assert own.type("audit", TEXT).code == 0
    assert "完好" in own.type("list", TEXT, "--lang", "zh").out
    assert "sound" in own.type("list", TEXT, "--lang", "en").out


def test_no_home_and_a_garbled_register(own: Terminal) -> None:
    done = Terminal(own.home / "nowhere").type("list")
    assert done.code == 2
    assert "lantai init" in done.err
    (own.home / "register.db").write_bytes(b"garbage" * 999)
    done = own.type("list", "--lang", "zh")
    assert done.code == 6
    assert "lantai rebuild" in done.err
    assert "damaged" not in done.err
