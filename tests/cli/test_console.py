import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.console import BarProgress, Common, Console, complain, emit, human_size, shown
from pipeline.domain.messages import message
from pipeline.domain.visible import columns
from pipeline.errors import ProfileError

NUMBER = "340000190001010023"


def console(lang: str = "both", *, as_json: bool = False) -> Console:
    return Console(Common(lang=lang, json=as_json))


def test_a_sentence_in_the_languages_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for lang in ("both", "zh", "en"):
        console(lang).say("好", "good")
    console().say("K021", "K021")
    console(as_json=True).say("好", "good")
    assert capsys.readouterr().out == "好\ngood\n好\ngood\nK021\n"


def test_nothing_shows_a_personal_number(capsys: pytest.CaptureFixture[str]) -> None:
    some = console()
    some.say(f"户主 {NUMBER}", f"of {NUMBER}")
    some.table(("题名",), ((f"户主{NUMBER}",),))
    some.warn(message("file_gone", path=NUMBER))
    console(as_json=True).emit({"title": NUMBER, "below": [(NUMBER,)]})
    both = capsys.readouterr()
    assert NUMBER not in both.out + both.err
    assert both.out.count("户主") == 2


def test_digests_in_json_are_not_taken_for_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    digest = "34000019000101002312" * 3 + "abcd"
    console(as_json=True).emit({"sha256": digest})
    assert json.loads(capsys.readouterr().out) == {"sha256": digest}


def test_columns_stand_under_one_another(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (("汇𠮷", "1"), ("abcd", "2"), ("é", "3"), ("换\n行\x1b[31m", "4"))
    console().table(("题名", "n"), rows)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    ends = {columns(line[: line.rindex(mark)]) for line, mark in zip(lines, "n1234", strict=True)}
    assert len(ends) == 1
    assert all(line.isprintable() for line in lines)


def test_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    console().table(("a", "b"), ())
    assert capsys.readouterr().out == "a  b\n"


def test_nothing_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    out = console()
    out.say("甲\x1b[2J\u202e乙", "a\x9b2J\u200bb")
    out.line("一\n二\r")
    complain(message("no_such_folder", folder="\x1b]0;x\x07"), "en")
    printed = capsys.readouterr()
    assert printed.out == "甲⟨U+001B⟩[2J⟨U+202E⟩乙\na⟨U+009B⟩2J⟨U+200B⟩b\n一\n二⟨U+000D⟩\n"
    assert "⟨U+001B⟩]0;x⟨U+0007⟩" in printed.err


def test_json_keeps_what_it_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"名": "a\u202eb\x9bc\u200b\ufeff"}
    emit(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert all(line.isprintable() for line in out.splitlines()) and "名" in out


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (3 << 20, "3.0 MiB"),
        (5 << 40, "5.0 TiB"),
        (2**60, "1048576.0 TiB"),
    ],
)
def test_sizes(size: int, shown: str) -> None:
    assert human_size(size) == shown


def test_where_a_profile_is_wrong_is_told_in_either_language() -> None:
    error = ProfileError(message("key_dot"), file="/馆/x.toml", row=3)
    assert shown(error.message, "zh") == "/馆/x.toml，第 3 行：以点开头"
    assert shown(error.message, "en") == "/馆/x.toml, row 3: it starts with a dot"
    assert shown(error.message, "both") == f"{shown(error.message, 'zh')} · {shown(error.message, 'en')}"


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with BarProgress().phase("核对", 10, "bytes") as advance:
        advance(10)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal() -> None:
    program = (
        "from pipeline.cli.console import BarProgress\n"
        "with BarProgress().phase('核对 · fixity', 10, 'records') as advance: advance(10)"
    )
    ours, theirs = os.openpty()
    subprocess.run([sys.executable, "-c", program], stderr=theirs, check=True, cwd=Path(__file__).parents[2])
    os.close(theirs)
    shown = os.read(ours, 65536).decode("utf-8", "replace")
    os.close(ours)
    assert "核对 · fixity" in shown
    assert "10/10" in shown


def test_output_that_nobody_reads_ends_no_work() -> None:
    program = (
        "import sys, time\n"
        "from pipeline.cli.console import Common, Console\n"
        "console = Console(Common(lang='zh'))\n"
        "for number in range(20000): console.line('行 ' * 40)\n"
        "print('went on', file=sys.stderr)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(60), said) == (0, "went on\n")
