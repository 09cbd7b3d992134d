from pathlib import Path

import pytest

from pipeline.errors import ToolFailed
from pipeline.tools.bag import second_opinion
from tests.makers.described import described_record
from tests.stages.test_package import unpacked


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    step = described_record(tmp_path / "record").package(tmp_path / "out")
    return unpacked(tmp_path / "out" / step.value.index.tar_name, tmp_path / "bag")


def test_a_good_bag_and_one_change(bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    opinion = second_opinion(bag)
    assert (opinion.valid, opinion.reasons) == (True, ())
    assert opinion.by.startswith("bagit-python 1.")
    (bag / "data/original/001.tif").write_bytes(b"changed")
    opinion = second_opinion(bag)
    assert not opinion.valid
    assert opinion.reasons
    assert Path.cwd() == tmp_path


def test_what_is_no_bag(tmp_path: Path) -> None:
    assert not second_opinion(tmp_path).valid


def test_a_file_that_is_gone_is_named(bag: Path) -> None:
    (bag / "metadata/premis.xml").unlink()
    opinion = second_opinion(bag)
    assert not opinion.valid
    assert any("premis.xml" in reason for reason in opinion.reasons)


def test_what_it_cannot_decode_is_no_verdict(bag: Path) -> None:
    (bag / "bag-info.txt").write_bytes("题名: 会".encode("gbk"))
    with pytest.raises(ToolFailed, match="tool_failed_on"):
        second_opinion(bag)


def test_where_it_is_known_to_be_wrong(tmp_path: Path) -> None:
    """The day it learns these, the docstring of the adapter may be mended."""
    root = tmp_path / "bag"
    (root / "data").mkdir(parents=True)
    (root / "data" / "100%.txt").write_bytes(b"")
    (root / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (root / "manifest-sha256.txt").write_text(f"{empty}  data/100%25.txt\n")
    assert not second_opinion(root).valid
