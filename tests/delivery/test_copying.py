"""Opening below a folder without following links, and copying what was opened."""

import errno
import os
import stat
from pathlib import Path

import pytest

from pipeline.delivery.copying import Changed, Copier, SourceTree, full, status_of
from pipeline.domain.digests import Algorithm, Hasher, sha256_of
from pipeline.errors import SourceError, StorageFull
from pipeline.tools import disk


def opened(path: Path) -> int:
    return os.open(path, os.O_RDONLY)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "top").write_bytes(b"top")
    (folder / "a" / "b" / "deep").write_bytes(b"deep")
    return folder


@pytest.mark.parametrize(("path", "content"), [(b"top", b"top"), (b"a/b/deep", b"deep")])
def test_a_file_is_opened_at_any_depth(tree: Path, path: bytes, content: bytes) -> None:
    with SourceTree(tree) as source, os.fdopen(source.open(path), "rb") as stream:
        assert stream.read() == content


@pytest.mark.parametrize("link", ["a", "a/b", "a/b/deep"])
def test_no_link_is_followed_below_the_folder(tree: Path, link: str) -> None:
    place = tree / link
    place.rename(tree / "moved")
    place.symlink_to(tree / "moved")
    with SourceTree(tree) as source, pytest.raises(OSError) as refused:
        source.open(b"a/b/deep")
    assert refused.value.errno in {errno.ELOOP, errno.ENOTDIR}


def test_the_folder_itself_may_be_a_link(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tree)
    with SourceTree(tmp_path / "link") as source:
        os.close(source.open(b"top"))


def test_what_is_gone_is_told_as_the_system_does(tree: Path, tmp_path: Path) -> None:
    with SourceTree(tree) as source, pytest.raises(FileNotFoundError):
        source.open(b"a/c/deep")
    with pytest.raises(SourceError), SourceTree(tmp_path / "gone"):
        pass


def test_a_pipe_is_no_regular_file_and_nobody_waits_for_it(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    with SourceTree(tree) as source:
        for path, is_file in ((b"pipe", False), (b"top", True)):
            descriptor = source.open(path)
            try:
                if is_file:
                    assert stat.S_ISREG(status_of(descriptor).st_mode)
                else:
                    with pytest.raises(Changed):
                        status_of(descriptor)
            finally:
                os.close(descriptor)


@pytest.mark.parametrize("size", [0, 1, disk.BLOCK, disk.BLOCK + 1])
def test_bytes_and_digests_are_those_of_the_source(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "source").write_bytes(content)
    hasher, told = Hasher([Algorithm.SHA256]), list[int]()
    source = opened(tmp_path / "source")
    try:
        with Copier(told.append) as copier:
            copier.copy(source, tmp_path / "target", size=size, hasher=hasher)
    finally:
        os.close(source)
    assert (tmp_path / "target").read_bytes() == content
    assert (hasher.value(), hasher.size, sum(told)) == (sha256_of(content), size, size)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"new")
    (tmp_path / "target").write_bytes(b"old")
    source = opened(tmp_path / "source")
    try:
        with Copier(lambda _: None) as copier, pytest.raises(FileExistsError):
            copier.copy(source, tmp_path / "target", size=3, hasher=Hasher())
    finally:
        os.close(source)
    assert (tmp_path / "target").read_bytes() == b"old"


def test_a_source_longer_than_it_was_is_changed_and_leaves_no_target(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"longer")
    source = opened(tmp_path / "source")
    try:
        with Copier(lambda _: None) as copier, pytest.raises(Changed):
            copier.copy(source, tmp_path / "target", size=3, hasher=Hasher())
    finally:
        os.close(source)
    assert not (tmp_path / "target").exists()


def test_a_full_disk_says_how_much_is_needed_and_free(tmp_path: Path) -> None:
    error = full(tmp_path, needed=123_456)
    assert isinstance(error, StorageFull)
    assert "123456" in str(error)
