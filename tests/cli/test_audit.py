import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PHOTOS, TEXT, Filled
from tests.makers.bags import PACKAGE, edited, golden_packages, packed, unpacked
from tests.makers.terminal import Terminal


def test_all_is_sound(filled: Filled) -> None:
    done = filled.terminal.type("audit", "--all")
    assert done.code == 0
    assert "4" in done.out
    assert len(filled.terminal.type("audit", TEXT, PHOTOS, "--json").json) == 4


@pytest.mark.parametrize("arguments", [(), ("--all", TEXT), ("K021-WS·2020·Y-9999",)])
def test_a_wrong_call(filled: Filled, arguments: tuple[str, ...]) -> None:
    assert filled.terminal.type("audit", *arguments).code == 2


def test_a_changed_copy(own: Terminal, flip: Callable[[Terminal, str, str, bytes], None]) -> None:
    flip(own, "a", TEXT, "一、基本情况\n".encode())
    done = own.type("audit", "--all", "--lang", "zh")
    assert done.code == 6
    for word in (
        TEXT,
        "first",
        "data/original/001.txt",
        "与入库时不一致",
        "4 份副本",
        "3 份完好",
        "1 份损坏或缺失",
        "0 份未能核对",
    ):
        assert word in done.out
    assert PHOTOS not in done.out


def test_a_store_that_is_away_is_told_once(own: Terminal) -> None:
    shutil.move(own.home / "a", own.home / "unplugged")
    done = own.type("audit", "--all")
    assert done.code == 6
    assert done.out.count("is not there") == 1
    assert "无法判断" in done.out
    assert "1 more" in done.out
    assert not (own.home / "a").exists()
    assert len(own.type("audit", "--all", "--json").json) == 4


def add_a_store(terminal: Terminal) -> None:
    with (terminal.home / "lantai.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[store]]\nname = "third"\nurl = "c"\n')
    (terminal.home / "c").mkdir()


def test_a_store_that_was_added_and_filled(own: Terminal) -> None:
    add_a_store(own)
    done = own.type("audit", "--all")
    assert done.code == 6
    assert done.out.count("third") == 2  # once in each language
    assert "lantai rebuild" in done.out
    doctor = own.type("doctor")
    assert "third 缺 2 个包的副本" in doctor.out

    shutil.copytree(own.home / "a", own.home / "c", dirs_exist_ok=True)
    told = own.type("rebuild")
    assert (told.code, ".lantai-store.json" in told.err) == (6, True), "it says that it is the first one"
    (own.home / "c" / ".lantai-store.json").unlink()
    assert own.type("rebuild").code == 0

    assert own.type("audit", "--all").code == 0
    assert "third 缺" not in own.type("doctor").out


def test_a_store_that_the_settings_have_forgotten(own: Terminal) -> None:
    settings = own.home / "lantai.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text[: text.rindex("[[store]]")], "utf-8")
    done = own.type("audit", "--all")
    assert done.code == 6
    assert "second" in done.out
    assert "lantai.toml" in done.out


def test_documents_that_disagree_are_a_warning_and_no_fault_of_the_bytes(tmp_path: Path) -> None:
    """Both stores are given a package whose METS says something else than its files; the bytes are as registered."""
    bag = unpacked(golden_packages(tmp_path)[PACKAGE], tmp_path / "bag")
    edited(bag / "metadata/mets.xml", 'SIZE="', 'SIZE="9')
    terminal = Terminal(tmp_path / "own").made("first=a", "second=b")
    index = packed(bag, tmp_path / "packed")
    for store in ("a", "b"):
        for ending in (".tar", ".index.json"):
            source = tmp_path / f"packed/{index.bag_name}{ending}"
            target = terminal.home / store / index.folder / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    assert terminal.type("rebuild").code == 0
    done = terminal.type("audit", "--all", "--documents", "--lang", "zh")
    assert done.code == 0, done.out + done.err
    assert done.out.count("[提醒]") == 2
    assert "METS、PREMIS 与包内文件一致" in done.out
    assert "[提醒]" not in terminal.type("audit", "--all").out
    told = terminal.type("audit", PACKAGE, "--documents", "--json").json
    assert [(copy["result"], [row["result"] for row in copy["rows"]]) for copy in told] == [("ok", ["failed"])] * 2
