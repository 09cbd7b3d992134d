"""`lantai derive`: a copy that could not be made when the record came is made later, as a new version."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.codecs.premis import Premis
from pipeline.codecs.premis_reader import read_premis
from tests.cli.conftest import FILES, TEXT, Filled
from tests.makers.apart import SOFFICE, instead, need_apart, program, type_apart
from tests.makers.deliveries import delivery
from tests.makers.terminal import Terminal, Typed, seen

CODE, WHOLE = "K021-WS·2022·Y-0001", "K021-WS·2022·Y-0002"
DOCX = (FILES / "sound.docx").read_bytes()


@pytest.fixture(scope="module")
def lacking(tmp_path_factory: pytest.TempPathFactory) -> tuple[Terminal, Path]:
    """A home where one record was stored while LibreOffice was broken, and another lacks nothing; the delivery."""
    need_apart()
    root = tmp_path_factory.mktemp("derive")
    terminal = Terminal(root / "home").made("first=a", "second=b")
    files = {
        **{f"files/{CODE}/{number}.txt": b"text %d\n" % number for number in range(1, 10)},
        f"files/{CODE}/10.docx": DOCX,
        f"files/{WHOLE}/1.txt": b"other\n",
    }
    folder = delivery(root / "d", [{"档号": CODE, "题名": "报告"}, {"档号": WHOLE}], files)
    done = type_apart(terminal, instead(SOFFICE, program(root / "soffice", "exit 3")), "ingest", folder, "--json")
    assert done.code == 0, done.out + done.err
    assert [t["code"] for t in done.json["texts"]] == ["derived_copy_missing"]
    return terminal, folder


@pytest.fixture
def home(lacking: tuple[Terminal, Path], tmp_path: Path) -> Terminal:
    shutil.copytree(lacking[0].home, tmp_path / "home")
    return Terminal(tmp_path / "home")


def ends(done: Typed) -> list[tuple[str, str]]:
    return [(each["package_id"], each["state"]) for each in done.json["report"]["outcomes"]]


def versions(terminal: Terminal) -> dict[str, int]:
    return {row["package_id"]: row["version"] for row in terminal.type("list", "--json").json}


def premis(terminal: Terminal, version: int, out: Path) -> Premis:
    done = terminal.type("get", CODE, "metadata/premis.xml", "--version", str(version), "-o", out)
    assert done.code == 0, done.err
    return read_premis(out / "premis.xml")


@pytest.mark.slow
def test_the_missing_copy_is_made_and_all_goes_on_with_two_versions(
    home: Terminal, lacking: tuple[Terminal, Path], tmp_path: Path
) -> None:
    listed = home.type("derive", "--json")
    assert listed.code == 0 and [each["package_id"] for each in listed.json["missing"]] == [CODE]
    assert versions(home) == {CODE: 1, WHOLE: 1}

    done = home.type("derive", "--missing", "--json")

    assert done.code == 0, done.out + done.err
    assert ends(done) == [(CODE, "stored")] and done.json["texts"] == []
    assert versions(home) == {CODE: 2, WHOLE: 1}
    assert home.type("derive", "--json").json["missing"] == []
    assert home.type("audit", "--all").code == 0
    assert home.type("verify", CODE).code == 0
    assert home.type("audit", CODE, "--documents", "--json").code == 0
    for version in (1, 2):
        shown = home.type("show", CODE, "--version", str(version), "--json")
        assert shown.code == 0 and shown.json["index"]["version"] == version
    assert home.type("get", CODE, "--originals", "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out" / CODE / "10.docx").read_bytes() == DOCX
    assert home.type("get", CODE, "-o", tmp_path / "bag").code == 0
    held = sorted(path.name for path in (tmp_path / "bag" / f"{CODE}-v0002" / "data").glob("*/*"))
    assert held == ["1.txt", "10.docx", "10.pdf", *(f"{number}.txt" for number in range(2, 10))]
    assert home.type("verify", tmp_path / "bag" / f"{CODE}-v0002").code == 0
    again = home.type("ingest", lacking[1], "--json")
    assert again.code == 0, again.out
    assert {each["state"] for each in again.json["report"]["outcomes"]} == {"unchanged"}
    (home.home / "register.db").unlink()
    assert home.type("rebuild").code == 0
    assert versions(home) == {CODE: 2, WHOLE: 1}
    assert home.type("show", CODE, "--version", "1").code == 0
    assert home.type("audit", "--all").code == 0


def test_the_history_goes_on_in_the_newest_package(home: Terminal, tmp_path: Path) -> None:
    assert home.type("derive", CODE).code == 0
    first, second = premis(home, 1, tmp_path / "1"), premis(home, 2, tmp_path / "2")
    count = len(first.events)
    assert count and second.events[:count] == first.events
    assert [event.identifier for event in second.events] == [f"E{n:04d}" for n in range(1, len(second.events) + 1)]
    assert any("derived_copy_missing" in note for event in second.events[:count] for note in event.notes)
    act, *later = second.events[count:]
    assert act.kind == "fixity check" and "v0001" in act.details[0]
    made = {event.identifier for event in later if event.kind == "normalization" and event.outcome == "success"}
    (copy,) = [file for file in second.files if file.sources]
    assert copy.sources == ("data/original/10.docx",) and set(copy.made_by) <= made
    assert [file.path for file in second.files[:-1]] == [file.path for file in first.files]
    assert first.files[-1].path == "data/original/10.docx", "in page order"


def test_where_it_cannot_be_made_again_nothing_is_stored(home: Terminal, tmp_path: Path) -> None:
    broken = instead(SOFFICE, program(tmp_path / "soffice", "exit 3"))
    done = type_apart(home, broken, "derive", "--missing", "--json")
    assert done.code == 4, done.out + done.err
    assert ends(done) == [(CODE, "unchanged")]
    assert [text["code"] for text in done.json["texts"]] == ["derived_copy_missing"]
    assert "第 " not in done.json["texts"][0]["zh"]
    assert versions(home) == {CODE: 1, WHOLE: 1}
    assert home.type("list", "--held", "--json").json == []
    assert not list((home.home / "work").glob(".derive/*"))
    said = home.type("derive")
    assert said.code == 0 and "lantai derive --missing" in said.out
    assert home.type("derive", "--missing").code == 0
    assert versions(home)[CODE] == 2


def test_what_has_all_its_copies_stays(home: Terminal) -> None:
    done = home.type("derive", WHOLE, "--lang", "en")
    assert done.code == 0 and "all copies are there" in done.out
    assert home.type("derive", CODE).code == 0
    done = home.type("derive", CODE, "--json")
    assert (done.code, ends(done)) == (0, [(CODE, "unchanged")])
    assert versions(home) == {CODE: 2, WHOLE: 1}
    assert "no package lacks copies" in home.type("derive", "--missing", "--lang", "en").out


def test_copies_that_are_there_are_not_lost(home: Terminal, tmp_path: Path) -> None:
    assert home.type("derive", CODE).code == 0
    broken = instead(SOFFICE, program(tmp_path / "soffice", "exit 3"))
    done = type_apart(home, broken, "derive", CODE, "--json")
    assert done.code == 4
    assert {text["code"] for text in done.json["texts"]} == {"derived_copy_missing", "copies_would_be_lost"}
    assert versions(home)[CODE] == 2


def test_one_store_that_cannot_give_the_originals_is_enough_to_lose(home: Terminal, tmp_path: Path) -> None:
    """The other one gives them; with none the package stays, and the next run goes on."""
    (tar,) = (home.home / "a").glob(f"*/*/{CODE}/v0001/*.tar")
    raw = bytearray(tar.read_bytes())
    raw[raw.index(b"text 9\n")] ^= 1
    tar.unlink()
    tar.write_bytes(raw)
    shutil.move(home.home / "b", tmp_path / "b")
    done = home.type("derive", "--missing", "--json")
    assert (done.code, ends(done)) == (6, [(CODE, "failed")])
    assert home.type("list", "--held", "--json").json == []
    shutil.move(tmp_path / "b", home.home / "b")
    assert home.type("derive", "--missing").code == 0
    assert versions(home)[CODE] == 2


def test_after_a_rebuild_from_the_stores_alone_packages_are_named(home: Terminal) -> None:
    for left in home.home.glob("register.db*"):
        left.unlink()
    assert home.type("rebuild").code == 0
    assert "lantai derive PACKAGE" in home.type("derive", "--lang", "en").out
    assert home.type("derive", CODE).code == 0
    assert versions(home)[CODE] == 2


def test_a_record_that_waits_is_left_alone(filled: Filled, own: Terminal, tmp_path: Path) -> None:
    other = delivery(tmp_path / "d", [{"档号": TEXT}], {f"files/{TEXT}/001.txt": b"another text\n"})
    assert own.type("ingest", other).code == 1
    waits = own.type("list", "--held", "--json").json
    done = own.type("derive", TEXT, "--json")
    assert (done.code, done.json["report"]) == (8, {"outcomes": [], "waiting": [TEXT]})
    assert own.type("list", "--held", "--json").json == waits


def test_a_profile_without_copies_is_told(filled: Filled) -> None:
    done = filled.terminal.type("derive", TEXT, "--profile", "originals-only")
    assert done.code == 2 and "originals-only" in done.err


MOMENTS = ("received.json", "derived.json", "packaged.json", "STORED")


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_and_run_again_it_finishes(home: Terminal, moment: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home.home / "register.db", isolation_level=None, timeout=30)) as connection:
        process = home.start("derive", "--missing")
        while not seen(home.home, f"work/.derive/{CODE}/recalled"):
            assert process.poll() is None
        connection.execute("BEGIN IMMEDIATE")  # nothing can be registered: no moment passes unseen
        wanted = f"b/*/*/{CODE}/v0002/*.json" if moment == "STORED" else f"work/.derive/{CODE}/{moment}"
        while not seen(home.home, wanted):
            assert process.poll() is None, moment
        process.kill()
        process.communicate()
        connection.execute("ROLLBACK")
    assert versions(home)[CODE] == 1
    done = home.type("derive", "--missing", "--json")
    assert (done.code, ends(done)) == (0, [(CODE, "stored")])
    assert versions(home)[CODE] == 2
    assert home.type("audit", "--all").code == 0
    assert not list((home.home / "work").glob(".derive/*"))
