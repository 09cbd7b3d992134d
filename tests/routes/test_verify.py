import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import PipelineError, UsageError
from pipeline.routes.verify import Verification, verify_path
from pipeline.stages.retrieve import retrieve_package
from pipeline.stores.loose_files import LooseFilesStore
from tests.makers.real_packages import real_package

FILE = "data/original/2.bin"


class NoonClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


def verified(path: Path) -> Verification:
    return verify_path(path, clock=NoonClock(), advance=lambda _: None)


@pytest.fixture
def tar(tmp_path: Path) -> Path:
    return tmp_path / real_package(tmp_path).index.tar_name


def flip(path: Path, offset: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 1
    path.write_bytes(raw)


def test_a_tar_with_its_index(tar: Path) -> None:
    verdict = verified(tar)
    assert verdict.whole is True
    assert verdict.findings == ()
    assert verdict.subject == tar.name
    assert verdict.fixity is not None
    assert verdict.fixity.bytes_read >= tar.stat().st_size


def test_a_changed_tar(tar: Path) -> None:
    flip(tar, tar.read_bytes().index(bytes(range(256))) + 10)
    verdict = verified(tar)
    assert verdict.whole is False
    assert [f.subject for f in verdict.findings] == [FILE]


def test_an_index_that_cannot_be_read(tar: Path) -> None:
    """`/proc/self/mem` is a file whose first bytes nobody can read, not even root."""
    index = tar.with_name(tar.name.replace(".tar", ".index.json"))
    index.unlink()
    index.symlink_to("/proc/self/mem")
    with pytest.raises(UsageError, match="file_unreadable"):
        verified(tar)


def test_a_tar_cut_short(tar: Path) -> None:
    tar.write_bytes(tar.read_bytes()[:2000])
    assert verified(tar).whole is False


def test_a_tar_under_another_name_with_its_index(tar: Path, tmp_path: Path) -> None:
    tar.rename(tmp_path / "副本.tar")
    tar.with_name(tar.name.replace(".tar", ".index.json")).rename(tmp_path / "副本.index.json")
    assert verified(tmp_path / "副本.tar").whole is True


def test_a_tar_alone_is_judged_by_what_it_carries(tar: Path) -> None:
    """This one is no bag: it has no declaration."""
    tar.with_name(tar.name.replace(".tar", ".index.json")).unlink()
    assert verified(tar).whole is False
    tar.write_bytes(tar.read_bytes()[:700])
    assert [each.code for each in verified(tar).findings] == ["tar_not_whole"]


@pytest.mark.parametrize("index", [b"", b"{}", b"not json", b"\xff\xfe"])
def test_a_garbled_index_is_told_and_is_no_verdict(tar: Path, index: bytes) -> None:
    tar.with_name(tar.name.replace(".tar", ".index.json")).write_bytes(index)
    with pytest.raises(PipelineError, match=r"index\.json"):
        verified(tar)


def test_a_folder(tar: Path, tmp_path: Path) -> None:
    index = real_package(tmp_path).index
    bag = retrieve_package(index, store=LooseFilesStore({index.tar_key: tar}), folder=tmp_path / "out")
    # The small package of the maker has no declaration; with one it is a bag.
    assert verified(bag).whole is False
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    assert verified(bag).whole is True

    flip(bag / FILE, 0)
    verdict = verified(bag)
    assert verdict.whole is False
    assert [f.subject for f in verdict.findings] == [FILE]


def test_an_empty_folder_is_no_bag(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert verified(tmp_path / "empty").whole is False
    shutil.rmtree(tmp_path / "empty")
