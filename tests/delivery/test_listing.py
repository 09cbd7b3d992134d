"""One walk over a delivery: what lies there, and what cannot be taken."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.delivery.listing import Lister, display
from pipeline.profiles import Limits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "delivery"
    (made / "files" / "b").mkdir(parents=True)
    (made / "files" / "2.tif").write_bytes(b"22")
    (made / "files" / "1.tif").write_bytes(b"1")
    (made / "files" / "b" / "3.tif").write_bytes(b"333")
    return made


def lister(folder: Path, *ignored: str, limits: Limits = Limits()) -> tuple[Lister, list[bytes]]:  # noqa: B008
    seen: list[bytes] = []
    return Lister(folder, limits, ignored, seen.append), seen


def test_one_level_in_the_order_of_names(folder: Path) -> None:
    one, seen = lister(folder)
    contents = one.top(b"files")
    assert [(entry.path, entry.size, entry.name) for entry in contents.files] == [
        (b"files/1.tif", 1, b"1.tif"),
        (b"files/2.tif", 2, b"2.tif"),
    ]
    assert (contents.folders, contents.faults) == ([b"files/b"], [])
    assert seen == [b"files/1.tif", b"files/2.tif", b"files/b"]
    status = (folder / "files" / "1.tif").stat()
    assert (contents.files[0].mtime_ns, contents.files[0].inode) == (status.st_mtime_ns, status.st_ino)


def test_all_levels(folder: Path) -> None:
    one, seen = lister(folder)
    contents = one.tree(b"files")
    assert [entry.path for entry in contents.files] == [b"files/1.tif", b"files/2.tif", b"files/b/3.tif"]
    assert one.count == 3 and not one.overflowed
    assert b"files/b/3.tif" in seen


def test_inside_a_record_only_what_systems_make_is_passed_over(folder: Path) -> None:
    for name in ("Thumbs.db", "说明.txt"):
        (folder / "files" / name).write_bytes(b"x")
    one, _ = lister(folder, "*.db", "说明.txt")
    assert [e.name.decode() for e in one.tree(b"files").files] == ["1.tif", "2.tif", "说明.txt", "3.tif"]
    assert one.ignored == ["files/Thumbs.db"]
    assert len(one.top(b"files").files) == 2


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("link", lambda path: path.symlink_to("1.tif"), "symbolic_link"),
        ("link", lambda path: path.symlink_to("b"), "symbolic_link"),
        ("pipe", os.mkfifo, "not_a_regular_file"),
    ],
)
def test_what_is_no_file_is_told_and_not_taken(folder: Path, name: str, make: object, code: str) -> None:
    assert callable(make)
    make(folder / "files" / name)
    contents = lister(folder)[0].top(b"files")
    assert [(fault.code, fault.subject) for fault in contents.faults] == [(code, f"files/{name}")]
    assert len(contents.files) == 2


def test_an_empty_file_is_taken_and_told(folder: Path) -> None:
    (folder / "files" / "0.tif").touch()
    contents = lister(folder)[0].top(b"files")
    assert [fault.code for fault in contents.faults] == ["empty_file"]
    assert contents.files[0].name == b"0.tif"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_file_bytes=2), "file_too_large"),
        (Limits(max_depth=1), "path_too_deep"),
        (Limits(max_path_bytes=12), "path_too_long"),
    ],
)
def test_limits(folder: Path, limits: Limits, code: str) -> None:
    contents = lister(folder, limits=limits)[0].tree(b"files")
    assert [fault.code for fault in contents.faults] == [code]


def test_too_many_files_end_the_walk(folder: Path) -> None:
    one, _ = lister(folder, limits=replace(Limits(), max_files=1))
    one.tree(b"files")
    assert one.overflowed
    assert one.count == 2


def test_a_folder_that_is_not_there_is_a_fault(folder: Path) -> None:
    contents = lister(folder)[0].top(b"gone")
    assert [(fault.code, fault.subject) for fault in contents.faults] == [("unreadable_file", "gone")]


def test_a_path_for_people_shows_no_citizens_number() -> None:
    assert display(b"") == "."
    assert display("files/汇总.tif".encode()) == "files/汇总.tif"
    assert "11010519491231002X" not in display("files/张三11010519491231002X.tif".encode())
