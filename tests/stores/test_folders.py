"""Files below one folder and never outside it, published without overwriting."""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.stores import folders
from pipeline.stores.folders import LinkInPath
from pipeline.tools import disk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[int]:
    with folders.opened_folder(str(tmp_path), ()) as opened:
        yield opened


def test_folders_are_made_and_entered_part_by_part(tmp_path: Path) -> None:
    with folders.opened_folder(str(tmp_path), ("a", "b"), create=True) as opened:
        os.close(os.open("x", os.O_CREAT | os.O_WRONLY, dir_fd=opened))
    assert (tmp_path / "a/b/x").is_file()
    with (
        folders.opened_folder(str(tmp_path), ("a", "b")),
        folders.opened_folder(str(tmp_path), ("a", "b"), create=True),
    ):
        pass
    with pytest.raises(FileNotFoundError), folders.opened_folder(str(tmp_path), ("a", "c")):
        pass


def test_what_is_known_to_be_durable_is_not_synced_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    sync = disk.sync_folder

    def seen(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    monkeypatch.setattr(disk, "sync_folder", seen)
    known = folders.DurableFolders()
    made = []
    for parts in (("K021", "WS", "a"), ("K021", "WS", "a"), ("K021", "WS", "b")):
        synced.clear()
        with folders.opened_folder(str(tmp_path), parts, create=True, durable=known):
            made.append(list(synced))
    assert made == [[tmp_path.name, "K021", "WS"], [], ["WS"]]
    shutil.rmtree(tmp_path / "K021" / "WS")
    synced.clear()
    with folders.opened_folder(str(tmp_path), ("K021", "WS", "a"), create=True, durable=known):
        assert synced == ["K021", "WS"], "what was removed and made anew is durable only when it is synced anew"


@pytest.mark.parametrize("parts", [("link",), ("link", "b")])
def test_no_link_is_followed(tmp_path: Path, parts: tuple[str, ...]) -> None:
    (tmp_path / "outside" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("outside")
    with pytest.raises(LinkInPath), folders.opened_folder(str(tmp_path), parts, create=True):
        pass


def test_a_file_is_opened_and_nothing_else(tmp_path: Path, here: int) -> None:
    (tmp_path / "file").write_bytes(b"hello")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    with folders.opened_file(here, "file") as opened:
        assert os.read(opened, 10) == b"hello"
    for name, kind in (("folder", IsADirectoryError), ("pipe", IsADirectoryError), ("link", LinkInPath)):
        with pytest.raises(kind), folders.opened_file(here, name):
            pass
    with pytest.raises(FileNotFoundError), folders.opened_file(here, "gone"):
        pass


def test_a_name_is_given_once(tmp_path: Path, here: int) -> None:
    for number in ("1", "2"):
        (tmp_path / f"partial{number}").write_bytes(number.encode())
    folders.publish(here, "partial1", here, "name")
    with pytest.raises(FileExistsError):
        folders.publish(here, "partial2", here, "name")
    with pytest.raises(FileExistsError):
        folders.rename_no_replace(here, "partial2", here, "name")
    assert (tmp_path / "name").read_bytes() == b"1"


def test_where_there_are_no_hard_links_a_file_is_renamed(
    tmp_path: Path, here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refused)
    (tmp_path / "partial").write_bytes(b"1")
    assert not folders.linked("partial", here, "name", from_folder=here)
    folders.publish(here, "partial", here, "name")
    assert [path.name for path in tmp_path.iterdir()] == ["name"]


def test_leftovers_are_removed_when_they_are_old_and_nobodys(tmp_path: Path, here: int) -> None:
    import fcntl

    for name in ("old", "new", "locked"):
        (tmp_path / name).touch()
    hours_ago = time.time() - 7200
    for name in ("old", "locked"):
        os.utime(tmp_path / name, (hours_ago, hours_ago))
    with (tmp_path / "locked").open("w") as writer:
        os.utime(tmp_path / "locked", (hours_ago, hours_ago))
        fcntl.flock(writer, fcntl.LOCK_EX)
        folders.remove_leftovers(here)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locked", "new"]


def test_what_is_gone_need_not_be_removed(here: int) -> None:
    folders.unlink(here, "gone")


def test_entries_in_the_order_of_whole_paths(tmp_path: Path, here: int) -> None:
    for name in ("a.b", "a/b", "a/c/d", "b", ".incoming/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    assert list(folders.entries_below(here, "", stats=False)) == [(n, None) for n in ("a.b", "a/b", "a/c/d", "b")]
    assert [path for path, _ in folders.entries_below(here, "a/", stats=False)] == ["a/b", "a/c/d"]
    ((path, status),) = folders.entries_below(here, "a/c", stats=True)
    assert (path, status and status.st_size) == ("a/c/d", 5)
