from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import PHOTOS, TEXT, Filled
from tests.makers.terminal import Terminal

Flip = Callable[[Terminal, str, str, bytes], None]
CONTENT = "一、基本情况\n".encode()


def test_a_file_however_it_is_named(filled: Filled, tmp_path: Path) -> None:
    for number, name in enumerate(("001.txt", "data/original/001.txt", "附件.txt")):
        done = filled.terminal.type("get", TEXT, name, "-o", tmp_path / str(number))
        assert done.code == 0, done.err
        target = tmp_path / str(number) / name.rpartition("/")[2]
        assert target.is_file()
        for line in done.out.splitlines():
            assert line.endswith(str(target))
    assert (tmp_path / "1" / "001.txt").read_bytes() == CONTENT


def test_a_whole_package_and_its_originals(filled: Filled, tmp_path: Path) -> None:
    done = filled.terminal.type("get", PHOTOS, "-o", tmp_path / "out", "--json")
    assert done.code == 0
    bag = Path(bytes.fromhex(done.json["path_hex"]).decode())
    assert bag == tmp_path / "out" / f"{PHOTOS}-v0001"
    assert (bag / "bagit.txt").is_file()
    assert filled.terminal.type("get", PHOTOS, "--originals", "-o", tmp_path / "originals").code == 0
    made = sorted(p.name for p in (tmp_path / "originals" / PHOTOS).iterdir())
    assert made == ["001.jpg", "002.jpg"]


def test_nothing_is_overwritten(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "001.txt").write_text("mine")
    done = filled.terminal.type("get", TEXT, "001.txt", "-o", tmp_path)
    assert done.code == 2
    assert "001.txt" in done.err
    assert (tmp_path / "001.txt").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["001.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        (TEXT, "没有.txt"),
        (PHOTOS, "002.jpg.bak"),
        ("K021-WS·2020·Y-9999",),
        (PHOTOS, "data"),
    ],
)
def test_what_is_not_there(filled: Filled, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = filled.terminal.type("get", *arguments, "-o", tmp_path / "out")
    assert done.code == 2
    assert "K021-" in done.err or "data/original/" in done.err
    assert not list(tmp_path.glob("out/*"))


def test_more_than_one_fits(filled: Filled, tmp_path: Path) -> None:
    """An original and its reading copy have the same last part; the original name in full is the original."""
    done = filled.terminal.type("get", PHOTOS, "original/001.jpg", "-o", tmp_path)
    assert done.code == 0
    done = filled.terminal.type("get", PHOTOS, "manifest-sha256.txt", "-o", tmp_path, "--lang", "zh")
    assert done.code == 0


def test_a_folder_that_cannot_be_used(filled: Filled, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        done = filled.terminal.type("get", TEXT, "-o", out)
        assert done.code == 2
        assert "Traceback" not in done.err
        assert str(out) in done.err


def test_a_changed_copy_is_told_and_the_other_given(own: Terminal, tmp_path: Path, flip: Flip) -> None:
    flip(own, "a", TEXT, CONTENT)
    done = own.type("get", TEXT, "001.txt", "-o", tmp_path / "out")
    assert done.code == 0
    assert "first" in done.err
    assert (tmp_path / "out" / "001.txt").read_bytes() == CONTENT


def test_no_sound_copy_is_left(own: Terminal, tmp_path: Path, flip: Flip) -> None:
    for store in ("a", "b"):
        flip(own, store, TEXT, CONTENT)
    out = tmp_path / "out"
    for arguments in ((TEXT, "001.txt"), (TEXT,), (TEXT, "--originals")):
        done = own.type("get", *arguments, "-o", out)
        assert done.code == 6
        assert "data/original/001.txt" in done.err
        assert list(out.iterdir()) == []
    assert own.type("get", TEXT, "附件.txt", "-o", out).code == 0
