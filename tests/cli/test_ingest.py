"""What a clerk sees of an ingest: exit codes, languages, and every way the world gets in the way."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.domain import layout
from tests.cli.conftest import FILES, NUMBER, TEXT, Filled, filling
from tests.makers.apart import SOFFICE, instead, need_apart, program, small_disk, type_apart
from tests.makers.deliveries import delivery
from tests.makers.real_files import photo_delivery
from tests.makers.rightless import RIGHTLESS
from tests.makers.terminal import LANTAI, Terminal, seen

QUICK = 'extends = "county"\nname = "quick"\n[limits]\nseconds_per_file = 2.0\nseconds_per_mib = 0.1\n'


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "home").made()


def states(out: str) -> list[str]:
    return [outcome["state"] for outcome in json.loads(out)["report"]["outcomes"]]


def of_fixtures(folder: Path, *names: str) -> Path:
    """A delivery with a record of each file."""
    codes = [f"K021-WS·2022·Y-{number:04d}" for number in range(len(names))]
    files = {
        f"files/{code}/001{Path(name).suffix}": (FILES / name).read_bytes()
        for code, name in zip(codes, names, strict=True)
    }
    rows = [{"档号": code, "题名": f"报告 {code[-4:]}", "页数": "1"} for code in codes]
    return delivery(folder, rows, files, extra_headers=["页数"])


def one_text(folder: Path, **row: str) -> Path:
    return delivery(folder, [{"档号": TEXT, **row}], {f"files/{TEXT}/001.txt": b"text\n"})


# What is told


def test_the_report_for_machines(filled: Filled) -> None:
    told = json.loads(filled.out)
    assert told["exit_code"] == 1
    assert states(filled.out) == ["stored", "stored", "held", "held"]
    assert {t["code"] for t in told["texts"] if t["severity"] == "error"} == {
        "personal_number_in_text",
        "row_without_files",
    }
    assert NUMBER not in filled.out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_language_alone(own: Terminal, filled: Filled, lang: str) -> None:
    done = own.type("ingest", filled.delivery, "--lang", lang)
    assert done.code == 1
    ours = {
        "zh": ("批次", "没有对应的文件", "结果", "退回，待改正", "此前已入库，内容一致", "合计", "再次运行同一命令"),
        "en": ("delivery", "has no files", "result", "held: to be mended", "stored before", "in all", "run the same"),
    }
    for word in ours[lang]:
        assert word in done.out
    for word in ours["en" if lang == "zh" else "zh"]:
        assert word not in done.out
    assert NUMBER not in done.out


def test_the_language_of_the_home(own: Terminal, filled: Filled) -> None:
    settings = own.home / "lantai.toml"
    settings.write_text(settings.read_text("utf-8").replace("workers = 0", 'language = "en"'), "utf-8")
    assert "共" not in own.type("list").out
    assert "共" in own.type("list", "--lang", "zh").out


def test_the_json_of_every_command_has_no_personal_number(own: Terminal, filled: Filled, tmp_path: Path) -> None:
    for arguments in (
        ("list",),
        ("list", "--held"),
        ("show", TEXT),
        ("get", TEXT, "-o", tmp_path / "out"),
        ("verify", TEXT),
        ("verify", tmp_path / "out" / f"{TEXT}-v0001"),
        ("audit", "--all"),
        ("doctor",),
        ("ingest", filled.delivery),
        ("rebuild",),
    ):
        done = own.type(*arguments, "--json")
        assert done.json is not None, arguments
        assert NUMBER not in done.out + done.err
    log = own.home / "lantai.log"
    assert not log.exists() or NUMBER not in log.read_text("utf-8")


def test_output_cut_off_by_head(filled: Filled, terminal: Terminal) -> None:
    """The work is done all the same, and the exit code is that of the work."""
    command = f"'{LANTAI}' ingest '{filled.delivery}' | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=terminal.env(), capture_output=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout.decode().count("\n") == 1
    assert done.stderr == b""
    assert len(terminal.type("list", "--json").json) == 2


# Wrong calls and wrong settings


def test_wrong_calls(terminal: Terminal, tmp_path: Path) -> None:
    for arguments in (
        ("ingest",),
        ("ingest", tmp_path / "nowhere"),
        ("ingest", terminal.home / "lantai.toml"),
        ("nonsense",),
        ("list", "--nonsense"),
        ("list", "--lang", "fr"),
    ):
        done = terminal.type(*arguments)
        assert done.code == 2, (arguments, done.err)
        assert "lantai: " in done.err
        assert "Traceback" not in done.err


def test_a_home_where_one_stands(tmp_path: Path) -> None:
    """Without --home and LANTAI_HOME it is ./lantai-home."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANTAI_")}
    Terminal(tmp_path / "lantai-home").made()
    done = subprocess.run([LANTAI, "list", "--json"], env=environment, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    done = subprocess.run([LANTAI, "list"], env=environment, cwd="/", capture_output=True, check=False)
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("nonsense", "county, originals-only"),
        ('name = "x', "ours.toml"),
        ('extends = "county"\nnormalize = false', "normalize"),
        ('extends = "county"\n[severities]\npage_gapp = "warning"', "page_gapp"),
    ],
)
def test_a_wrong_profile(terminal: Terminal, tmp_path: Path, profile: str, told: str) -> None:
    name: str | Path = profile
    if "\n" in profile or "=" in profile:
        name = tmp_path / "ours.toml"
        name.write_text(profile, "utf-8")
    for lang in ("zh", "en"):
        done = terminal.type("ingest", one_text(tmp_path / "d"), "--profile", name, "--lang", lang)
        assert done.code == 3
        assert told in done.err
        assert Path(name).name in done.err


def test_wrong_settings(terminal: Terminal, tmp_path: Path) -> None:
    settings = terminal.home / "lantai.toml"
    settings.write_text(settings.read_text("utf-8").replace("workers = 0", "workerz = 0"), "utf-8")
    done = terminal.type("ingest", one_text(tmp_path / "d"))
    assert done.code == 3
    assert "lantai.toml" in done.err
    assert "work.workerz" in done.err


# The material


def test_a_question_waits(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.type("ingest", one_text(tmp_path / "d", 保管期限="永久或30年"))
    assert done.code == 8
    assert "[待定]" in done.out
    assert "待人工核定" in done.out
    assert TEXT in terminal.type("list", "--held").out


@pytest.mark.parametrize(
    ("catalogue", "code"),
    [(None, "no_catalogue"), (b"", "catalogue"), (bytes(range(128, 256)) * 20, "catalogue_encoding"), (b"\0\1\2", "")],
)
def test_without_a_catalogue_that_can_be_read_nothing_is_taken_in(
    terminal: Terminal, tmp_path: Path, catalogue: bytes | None, code: str
) -> None:
    folder = one_text(tmp_path / "d")
    (folder / "catalogue.csv").unlink()
    if catalogue is not None:
        (folder / "catalogue.csv").write_bytes(catalogue)
    done = terminal.type("ingest", folder)
    assert done.code == 1, done.out
    assert code in done.out
    assert "[错误]" in done.out
    assert "没有可处理的件" in done.out
    assert terminal.type("list", "--json").json == []


def test_a_bag_as_a_delivery(terminal: Terminal, tmp_path: Path) -> None:
    bagit = Path(sys.executable).parent / "bagit.py"
    bag = filling(tmp_path / "移交包")
    subprocess.run([sys.executable, bagit, "--sha256", bag], check=True, capture_output=True)
    changed = bag / "data" / "files" / TEXT / "附件.txt"
    good = changed.read_bytes()
    changed.write_bytes(b"twO\n")

    done = terminal.type("ingest", bag, "--json")

    assert done.code == 1
    assert states(done.out) == ["held", "stored", "held", "held"]
    assert [t["subject"] for t in done.json["texts"] if t["code"] == "checksum_differs"] == [
        f"data/files/{TEXT}/附件.txt"
    ]
    changed.write_bytes(good)
    assert states(terminal.type("ingest", bag, "--json").out) == ["stored", "unchanged", "held", "held"]


def test_a_delivery_that_may_not_be_read(tmp_path: Path) -> None:
    """Without the rights of root, who may read everything."""
    terminal = Terminal(tmp_path / "home").made()
    folder = one_text(tmp_path / "d")
    folder.chmod(0)
    try:
        command = [*RIGHTLESS, LANTAI, "ingest", folder]
        done = subprocess.run(command, env=terminal.env(), capture_output=True, timeout=60, check=False)
    finally:
        folder.chmod(stat.S_IRWXU)
    assert done.returncode == 5, done.stderr.decode()
    assert str(folder) in done.stderr.decode()


# Programs


@pytest.mark.parametrize("script", ["exit 0", "kill -SEGV $$", "sleep 600", "exit 3"])
def test_a_program_that_fails_costs_the_copies_it_was_to_make_and_no_record(
    terminal: Terminal, tmp_path: Path, script: str
) -> None:
    need_apart()
    folder = of_fixtures(tmp_path / "d", "sound.docx", "sound.jpg", "sound.docx")
    (tmp_path / "quick.toml").write_text(QUICK, "utf-8")
    broken = program(tmp_path / "soffice", script)

    done = type_apart(
        terminal, instead(SOFFICE, broken), "ingest", folder, "--profile", tmp_path / "quick.toml", "--json"
    )

    assert done.code == 0, done.out + done.err
    assert states(done.out) == ["stored", "stored", "stored"]
    assert {t["code"] for t in done.json["texts"]} == {"derived_copy_missing"}
    assert len(done.json["texts"]) == 2 and all(t["subject"].endswith("/001.docx") for t in done.json["texts"])
    assert terminal.type("list", "--held", "--json").json == []


def test_a_program_that_is_missing_is_told_before_anything_is_done(terminal: Terminal, tmp_path: Path) -> None:
    need_apart()
    (tmp_path / "none").touch(mode=0o644)
    folder = of_fixtures(tmp_path / "d", "sound.docx", "sound.docx", "sound.docx")
    done = type_apart(terminal, instead(SOFFICE, tmp_path / "none"), "ingest", folder)
    assert done.code == 4
    assert "soffice" in done.err and "apt-get install libreoffice" in done.err
    assert terminal.type("list", "--held", "--json").json == []


# Stores and disks


def test_a_store_that_is_away(tmp_path: Path) -> None:
    """Told once; the other store has its copy and is not written to again when the first is back."""
    terminal = Terminal(tmp_path / "home").made("nas=nas", "usb=usb")
    folder = photo_delivery(tmp_path / "d", 3, 1, 20_000)
    (terminal.home / "usb").rename(tmp_path / "away")

    done = terminal.type("ingest", folder, "--lang", "en")

    assert done.code == 6, done.out
    assert done.out.count("the folder of usb is not there") == 1
    assert "and 2 more alike" in done.out
    assert "tool or store failed 3" in done.out
    assert not (terminal.home / "usb").exists()
    kept = {p: p.stat() for p in terminal.home.glob("nas/**/*.tar")}
    assert kept
    assert terminal.type("list", "--json").json == []
    assert len(terminal.type("list", "--held", "--json").json) == 3

    (tmp_path / "away").rename(terminal.home / "usb")
    again = terminal.type("ingest", folder, "--json")
    assert again.code == 0, again.out
    assert states(again.out) == ["stored"] * 3
    assert all((p.stat().st_ino, p.stat().st_mtime_ns) == (s.st_ino, s.st_mtime_ns) for p, s in kept.items())
    assert len(list(terminal.home.glob("*/*/*/*/v0001/*.tar"))) == 6
    assert terminal.type("list", "--held", "--json").json == []
    assert terminal.type("audit", "--all").code == 0


def test_no_room_in_the_workspace(terminal: Terminal, tmp_path: Path) -> None:
    done = type_apart(
        terminal, small_disk(terminal.home / "work", 1), "ingest", one_text(tmp_path / "d"), "--lang", "zh"
    )
    assert done.code == 6
    assert "工作区磁盘空间不足" in done.err
    assert "MiB" in done.err
    assert terminal.type("list", "--held", "--json").json == []


def test_the_workspace_fills_up_in_the_middle(terminal: Terminal, tmp_path: Path) -> None:
    need_apart()
    folder = photo_delivery(tmp_path / "d", 3, 4, 300_000)
    work = terminal.home / "work"
    filler = (
        f"{small_disk(work, 280)}\n"
        f"(until ls '{work}'/*/received.json; do sleep 0.01; done; head -c 300m /dev/zero > '{work}/filler') "
        ">/dev/null 2>&1 &"
    )
    done = type_apart(terminal, filler, "ingest", folder)
    assert done.code == 6, done.out + done.err
    assert "工作区磁盘已满" in done.out
    assert "the workspace's disk is full" in done.out
    assert "our own fault" not in done.out
    assert terminal.type("ingest", folder).code == 0
    assert len(terminal.type("list", "--json").json) == 3


def test_a_full_store(tmp_path: Path) -> None:
    need_apart()
    terminal = Terminal(tmp_path / "home").made("nas=nas", "usb=usb")
    folder = photo_delivery(tmp_path / "d", 3, 2, 300_000)
    usb, identity = terminal.home / "usb", layout.STORE_IDENTITY
    # the disk is the one that `init` made ready, but full
    shutil.copy(usb / identity, tmp_path / identity)
    done = type_apart(terminal, f"{small_disk(usb, 1)}\ncp '{tmp_path / identity}' '{usb}'", "ingest", folder)
    assert done.code == 6
    assert done.out.count("(storage_failed)") == 1
    assert "the disk is full" in done.out
    assert terminal.type("ingest", folder).code == 0
    assert terminal.type("audit", "--all").code == 0


# Two at once, and interrupted


def test_two_runs_of_one_delivery(terminal: Terminal, tmp_path: Path) -> None:
    folder = photo_delivery(tmp_path / "d", 4, 3, 60_000)
    both = [terminal.start("ingest", folder) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].decode() for process in both]

    codes = sorted(process.returncode for process in both)
    # The second may start so late that all is stored already.
    assert codes in ([0, 9], [0, 0])
    if codes == [0, 9]:
        loser = said[[process.returncode for process in both].index(9)]
        assert "另一次运行正在接收这批移交" in loser
        assert "another run is taking in this delivery" in loser
        assert "[错误]" not in loser
    assert len(list(terminal.home.glob("store/**/*.tar"))) == len(terminal.type("list", "--json").json) == 4
    assert terminal.type("list", "--held", "--json").json == []
    assert list((terminal.home / "work").iterdir()) == []
    assert terminal.type("audit", "--all").code == 0


def test_two_deliveries_with_the_same_records(terminal: Terminal, tmp_path: Path) -> None:
    """Whoever is second at a record says so, and does not note it as held: the first may have stored it by then."""
    folder = photo_delivery(tmp_path / "d", 4, 3, 60_000)
    shutil.copytree(folder, tmp_path / "e")
    both = [terminal.start("ingest", each, "--json") for each in (folder, tmp_path / "e")]
    said = [json.loads(process.communicate(timeout=120)[0]) for process in both]

    ends = {o["state"] for each in said for o in each["report"]["outcomes"]}
    assert "held" not in ends
    for each in said:
        for outcome in each["report"]["outcomes"]:
            assert outcome["state"] != "failed" or outcome["findings"][-1]["code"] == "record_busy", outcome
    assert terminal.type("list", "--held", "--json").json == []
    for each in (folder, tmp_path / "e"):
        assert terminal.type("ingest", each).code == 0
    assert len(list(terminal.home.glob("store/**/*.tar"))) == len(terminal.type("list", "--json").json) == 4
    assert list((terminal.home / "work").iterdir()) == []


@pytest.mark.parametrize("moment", ["*/received.json", "*/derived.json"])
def test_interrupted_from_the_keyboard(terminal: Terminal, tmp_path: Path, moment: str) -> None:
    folder = photo_delivery(tmp_path / "d", 4, 3, 60_000)
    process = subprocess.Popen(
        [LANTAI, "ingest", folder],
        env=terminal.env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    while not seen(terminal.home / "work", moment):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: to everything that was started
    said = process.communicate()[0].decode()

    assert process.returncode == 130
    assert "已中断" in said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert terminal.type("ingest", folder).code == 0
    assert len(list(terminal.home.glob("store/**/*.tar"))) == 4


# Our own fault


def test_what_nobody_foresaw_is_owned_up_to(terminal: Terminal, tmp_path: Path) -> None:
    (terminal.home / "work").rmdir()
    (terminal.home / "work").write_text("in the way")
    done = terminal.type("ingest", one_text(tmp_path / "d"), "--lang", "en")
    assert done.code == 70
    assert "our own fault" in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in (terminal.home / "lantai.log").read_text("utf-8")
