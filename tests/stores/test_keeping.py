"""Pieces of an object that are kept while it is read."""

import hashlib
from pathlib import Path

from pipeline.stores.keeping import KeepingStore, Piece
from pipeline.stores.loose_files import LooseFilesStore

DATA = bytes(range(256)) * 4096  # more than one chunk


def piece(start: int, end: int, place: Path) -> Piece:
    return Piece(start=start, end=end, sha256=hashlib.sha256(DATA[start:end]).hexdigest(), place=place)


def store(folder: Path) -> LooseFilesStore:
    (folder / "object").write_bytes(DATA)
    return LooseFilesStore({"key": folder / "object", "other": folder / "object"})


def test_pieces_are_kept_in_one_reading_whatever_the_chunks(tmp_path: Path) -> None:
    pieces = [
        piece(0, 1, tmp_path / "1"),
        piece(1000, 700_000, tmp_path / "2"),
        piece(700_000, len(DATA), tmp_path / "3"),
    ]
    keeping = KeepingStore(store(tmp_path), "key", pieces)
    assert b"".join(keeping.read("key")) == DATA
    assert all(keeping.kept(each) for each in pieces)
    assert (tmp_path / "2").read_bytes() == DATA[1000:700_000]


def test_what_was_not_read_whole_is_not_kept(tmp_path: Path) -> None:
    kept, cut = piece(10, 20, tmp_path / "1"), piece(15, 400_000, tmp_path / "2")
    keeping = KeepingStore(store(tmp_path), "key", [kept, cut])
    assert b"".join(keeping.read("key", start=10, length=100)) == DATA[10:110]
    assert keeping.kept(kept)
    assert not keeping.kept(cut)


def test_a_part_that_is_read_again_replaces_the_first(tmp_path: Path) -> None:
    one = piece(10, 20, tmp_path / "1")
    (tmp_path / "1").write_bytes(b"0123456789")
    keeping = KeepingStore(store(tmp_path), "key", [one])
    assert not keeping.kept(one)
    list(keeping.read("key", start=0, length=50))
    assert keeping.kept(one)


def test_other_objects_are_only_passed_on(tmp_path: Path) -> None:
    one = piece(0, 10, tmp_path / "1")
    keeping = KeepingStore(store(tmp_path), "key", [one])
    assert b"".join(keeping.read("other")) == DATA
    assert not one.place.exists()
    assert keeping.size("key") == len(DATA)
    assert list(keeping.keys()) == ["key", "other"]


def test_where_nothing_can_be_written_the_reading_goes_on(tmp_path: Path) -> None:
    nowhere = piece(0, 10, tmp_path / "no" / "folder")
    keeping = KeepingStore(store(tmp_path), "key", [nowhere])
    assert b"".join(keeping.read("key")) == DATA
    assert not keeping.kept(nowhere)
