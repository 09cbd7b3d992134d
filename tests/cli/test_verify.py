import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import TEXT, Filled
from tests.makers.bags import PACKAGE, edited, golden_packages, unpacked
from tests.makers.rightless import RIGHTLESS
from tests.makers.terminal import LANTAI, Terminal

CONTENT = "一、基本情况\n".encode()


def test_a_stored_package(filled: Filled) -> None:
    done = filled.terminal.type("verify", TEXT)
    assert done.code == 0
    assert "first" in done.out
    assert "second" in done.out
    copies = filled.terminal.type("verify", TEXT, "--json").json
    assert {copy["result"] for copy in copies} == {"ok"}
    for copy in copies:
        assert {row["result"] for row in copy["rows"]} == {"passed", "not_applicable"}
        assert {row["code"] for row in copy["rows"] if row["result"] == "not_applicable"} == {"P-1", "P-2"}


def test_a_stored_package_that_has_changed(own: Terminal, flip: Callable[[Terminal, str, str, bytes], None]) -> None:
    flip(own, "b", TEXT, CONTENT)
    done = own.type("verify", TEXT, "--lang", "en")
    assert done.code == 6
    assert "data/original/001.txt" in done.out
    assert "the copy in store first is whole" in done.out


def test_a_bag_and_a_tar_need_no_home(filled: Filled, tmp_path: Path) -> None:
    assert filled.terminal.type("get", TEXT, "-o", tmp_path).code == 0
    terminal = Terminal(tmp_path / "nowhere")
    bag = tmp_path / f"{TEXT}-v0001"
    tar = next(filled.terminal.home.glob(f"a/*/*/{TEXT}/v0001/*.tar"))
    for path in (bag, tar):
        done = terminal.type("verify", path)
        assert done.code == 0, done.out + done.err
        assert "whole and unchanged" in done.out
    assert terminal.type("verify", bag, "--json").json["whole"] is True

    (bag / "data" / "original" / "001.txt").write_bytes(b"other")
    done = terminal.type("verify", bag)
    assert done.code == 1
    assert "data/original/001.txt" in done.out
    assert terminal.type("verify", bag, "--json").json["whole"] is False


def test_what_is_not_there(filled: Filled, tmp_path: Path) -> None:
    done = filled.terminal.type("verify", tmp_path / "none.tar")
    assert done.code == 2
    assert "no such folder or tar" in done.err
    done = filled.terminal.type("verify", "K021-WS·2020·Y-9999")
    assert done.code == 2
    assert "no package" in done.err


@pytest.mark.parametrize(("closed", "code"), [("x.index.json", 2), ("x.tar", 1), ("", 2)])
def test_what_may_not_be_read_is_no_verdict(filled: Filled, tmp_path: Path, closed: str, code: int) -> None:
    tar = next(filled.terminal.home.glob(f"a/*/*/{TEXT}/v0001/*.tar"))
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copy(tar, folder / "x.tar")
    shutil.copy(tar.with_name(f"{tar.name.removesuffix('.tar')}.index.json"), folder / "x.index.json")
    (folder / closed).chmod(0)
    try:
        command = [*RIGHTLESS, LANTAI, "verify", folder / "x.tar", "--lang", "zh"]
        done = subprocess.run(command, env=filled.terminal.env(), capture_output=True, check=False)
    finally:
        folder.chmod(0o700)
    assert done.returncode == code, done.stderr.decode()
    assert "与原来不符" not in done.stdout.decode()


def test_what_is_no_package(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")
    assert filled.terminal.type("verify", tmp_path / "x.txt").code == 2
    done = filled.terminal.type("verify", tmp_path)
    assert done.code == 1
    assert "bagit.txt" in done.out


def test_a_bag_whose_documents_disagree_is_whole_and_not_sound(tmp_path: Path) -> None:
    """Its manifests are made anew over the changed document, so that the bag as such is valid."""
    bag = unpacked(golden_packages(tmp_path)[PACKAGE], tmp_path / "bag")
    edited(bag / "metadata/mets.xml", 'SIZE="', 'SIZE="9')
    (bag / "tagmanifest-sha256.txt").unlink()
    terminal = Terminal(tmp_path / "nowhere")
    done = terminal.type("verify", bag)
    assert done.code == 1
    assert "[不通过] METS、PREMIS 与包内文件一致" in done.out
    assert "metadata_disagrees" in done.out
    told = terminal.type("verify", bag, "--json").json
    assert (told["whole"], told["sound"]) == (True, False)
    failed = {row["code"]: row for row in told["rows"] if row["result"] == "failed"}
    assert set(failed) == {"P-4", "P-8"}
    assert failed["P-8"]["evidence"][0]["code"] == "metadata_disagrees"


def test_a_bag_of_somebody_else_is_judged_as_a_bag(tmp_path: Path) -> None:
    (tmp_path / "bag/data").mkdir(parents=True)
    (tmp_path / "bag/data/a.txt").write_bytes(b"a\n")
    (tmp_path / "bag/bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    sha256 = hashlib.sha256(b"a\n").hexdigest()
    (tmp_path / "bag/manifest-sha256.txt").write_text(f"{sha256}  data/a.txt\n", "utf-8")
    done = Terminal(tmp_path / "nowhere").type("verify", tmp_path / "bag", "--json")
    assert done.code == 0
    results = {row["code"]: row["result"] for row in done.json["rows"]}
    assert {code for code, result in results.items() if result == "passed"} == {"P-1", "P-2"}
    assert set(results.values()) == {"passed", "not_applicable"}
