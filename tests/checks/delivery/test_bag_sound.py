"""A delivery that is a bag."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checks.delivery.bag_sound import CHECK
from pipeline.domain.digests import sha256_of
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed
from tests.makers.surveyed import codes, judged, made


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    folder = tmp_path / "bag"
    folder.mkdir()
    made(tmp_path).rename(folder / "data")
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    files = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    lines = [f"{sha256_of(path.read_bytes())}  {path.relative_to(folder)}\n" for path in files]
    (folder / "manifest-sha256.txt").write_text("".join(lines), "utf-8")
    return folder


def test_a_sound_bag(bag: Path) -> None:
    assert isinstance(judged(CHECK, bag), Passed)


def test_a_delivery_that_is_no_bag(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), NotApplicable)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda bag: (bag / "bagit.txt").write_text("BagIt\n"), "bag_declaration_malformed"),
        (lambda bag: (bag / "manifest-sha256.txt").unlink(), "bag_no_manifest"),
    ],
)
def test_one_thing_changed(bag: Path, change: Callable[[Path], object], code: str) -> None:
    change(bag)
    result = judged(CHECK, bag)
    assert isinstance(result, Failed)
    assert code in codes(result)


def test_an_algorithm_that_nobody_here_knows(bag: Path) -> None:
    (bag / "manifest-whirlpool9.txt").write_bytes((bag / "manifest-sha256.txt").read_bytes())
    assert isinstance(judged(CHECK, bag), CouldNotTell)
