import tomllib
from pathlib import Path

import pytest

from tests.makers.terminal import Terminal

MADE = ("--fonds", "K021", "--name", "某县档案馆")


def test_a_home_that_can_be_used_at_once(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "新馆")

    done = terminal.type("init", terminal.home, *MADE)

    assert done.code == 0
    assert f"lantai doctor --home {terminal.home}" in done.out
    assert "只有一处存储" in done.out
    settings = tomllib.loads((terminal.home / "lantai.toml").read_text("utf-8"))
    assert settings["archive"] == {"name": "某县档案馆", "fonds": "K021"}
    assert (terminal.home / "store").is_dir()
    assert terminal.type("list", "--json").json == []


def test_two_stores(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    done = terminal.type(
        "init", terminal.home, *MADE, "--store", f"nas={tmp_path}/n", "--store", f"usb=file://{tmp_path}/u", "--json"
    )
    assert done.code == 0
    assert done.json == {"home": str(terminal.home), "stores": ["nas", "usb"]}
    assert (tmp_path / "n").is_dir()
    assert (tmp_path / "u").is_dir()


def test_an_archive_is_not_made_over_another(filled_home_bytes: tuple[Terminal, bytes]) -> None:
    terminal, before = filled_home_bytes
    done = terminal.type("init", terminal.home, *MADE)
    assert done.code == 2
    assert "already" in done.err
    assert (terminal.home / "lantai.toml").read_bytes() == before


@pytest.fixture
def filled_home_bytes(tmp_path: Path) -> tuple[Terminal, bytes]:
    terminal = Terminal(tmp_path / "home").made()
    return terminal, (terminal.home / "lantai.toml").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--fonds", "", "--name", "馆"),
        ("--fonds", "K/1", "--name", "馆"),
        ("--name", "馆"),
        (*MADE, "--store", "nas"),
        (*MADE, "--store", "=x"),
        (*MADE, "--store", "a=x", "--store", "a=y"),
        (*MADE, "--store", "a=ftp://x/y"),
    ],
)
def test_a_wrong_call_makes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    terminal = Terminal(tmp_path / "home")
    done = terminal.type("init", terminal.home, *arguments)
    assert done.code == 2
    assert done.err
    assert not (terminal.home / "lantai.toml").exists()


def test_where_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    terminal = Terminal(tmp_path / "file" / "home")
    assert terminal.type("init", terminal.home, *MADE, "--store", f"a={tmp_path}/a").code == 2
    done = terminal.type("init", tmp_path / "home", *MADE, "--store", f"a={tmp_path}/file/a")
    assert done.code == 6
    assert "Traceback" not in done.err
    assert not (tmp_path / "home" / "lantai.toml").exists()
