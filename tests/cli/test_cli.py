"""The command line as such: its table, and how a command that fails ends."""

import logging
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.cli import COMMANDS, MODULES, main
from pipeline.errors import ExitCode
from tests.makers.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home")


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_every_command_of_the_table_has_its_module(name: str) -> None:
    assert callable(import_module(f"pipeline.cli.{MODULES.get(name, name)}").command)


@pytest.mark.parametrize("line", [line for _, line in COMMANDS])
def test_every_command_has_a_line_in_each_language(line: str) -> None:
    zh, _, en = line.partition("·")
    assert any("\u4e00" <= char <= "\u9fff" for char in zh)
    assert en.strip().isascii() and en.strip()


def test_help_and_version_load_no_command() -> None:
    code = (
        "import sys, pipeline.cli\n"
        "try: pipeline.cli.main()\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith('pipeline.cli.') and m != 'pipeline.cli.console'])"
    )
    for option, said in (("--help", "ingest"), ("--version", __version__)):
        done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
        assert said in done.stdout
        assert done.stdout.rstrip().endswith("[]")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["--help"], ExitCode.DONE),
        (["ingst"], ExitCode.USAGE),
        (["show"], ExitCode.USAGE),
        (["list"], ExitCode.USAGE),  # there is no home
    ],
)
def test_how_a_call_ends(terminal: Terminal, typed: list[str], code: ExitCode) -> None:
    done = terminal.type(*typed)
    assert done.code == code
    assert bool(done.err) == (code is not ExitCode.DONE)
    assert "Traceback" not in done.err


def test_an_error_is_told_to_machines_too(terminal: Terminal) -> None:
    done = terminal.type("list", "--json")
    assert done.code == ExitCode.USAGE
    assert done.json["exit_code"] == ExitCode.USAGE
    assert done.json["error"]["code"]
    assert done.json["error"]["zh"] and done.json["error"]["en"]


def test_an_error_that_nobody_foresaw_is_told_with_the_file_of_its_report(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("𠮷")

    monkeypatch.setattr("pipeline.cli.app", lambda: broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(logging.getLogger("pipeline"), "handlers", [])
    monkeypatch.setattr(sys, "argv", ["lantai", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 70
    (log,) = tmp_path.glob("lantai-*.log")
    said = capsys.readouterr().err
    assert str(log) in said
    assert "Traceback" not in said
    assert "KeyError" in log.read_text("utf-8")
