from pathlib import Path

from tests.makers.terminal import Terminal


def test_a_copy_of_the_register(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home").made("first=a", "second=b")
    assert terminal.type("list").code == 0
    done = terminal.type("backup", tmp_path / "copy.db", "--json")
    assert (done.code, Path(done.json["path"])) == (0, tmp_path / "copy.db")
    assert terminal.type("backup", tmp_path / "copy.db").code == 2
    assert terminal.type("rebuild", "--from", tmp_path / "copy.db").code == 0
