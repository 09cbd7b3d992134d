from pathlib import Path

import pytest

from pipeline.errors import ObjectMissing, StorageError
from pipeline.stores.kind import CHUNK
from pipeline.stores.loose_files import LooseFilesStore

DATA = bytes(range(256)) * 40


@pytest.fixture
def store(tmp_path: Path) -> LooseFilesStore:
    (tmp_path / "any name.tar").write_bytes(DATA)
    (tmp_path / "i.json").write_bytes(b"{}")
    return LooseFilesStore({"K021/a.tar": tmp_path / "any name.tar", "K021/a.index.json": tmp_path / "i.json"})


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        (0, None, DATA),
        (100, None, DATA[100:]),
        (100, 300, DATA[100:400]),
        (10_000, 9_999, DATA[10_000:]),
        (0, 0, b""),
        (len(DATA), None, b""),
        (len(DATA) + 5, 5, b""),
    ],
)
def test_ranges(store: LooseFilesStore, start: int, length: int | None, expected: bytes) -> None:
    assert b"".join(store.read("K021/a.tar", start=start, length=length)) == expected


def test_large_files_come_in_chunks(store: LooseFilesStore, tmp_path: Path) -> None:
    (tmp_path / "any name.tar").write_bytes(bytes(CHUNK + 1))
    assert [len(chunk) for chunk in store.read("K021/a.tar")] == [CHUNK, 1]


def test_sizes_and_keys(store: LooseFilesStore) -> None:
    assert store.size("K021/a.tar") == len(DATA)
    assert store.size("K021/b.tar") is None
    assert list(store.keys()) == ["K021/a.index.json", "K021/a.tar"]
    assert list(store.keys("K021/a.t")) == ["K021/a.tar"]


def test_what_is_not_there(store: LooseFilesStore, tmp_path: Path) -> None:
    with pytest.raises(ObjectMissing):
        b"".join(store.read("K021/b.tar"))
    (tmp_path / "any name.tar").unlink()
    assert store.size("K021/a.tar") is None
    with pytest.raises(ObjectMissing):
        b"".join(store.read("K021/a.tar"))


def test_what_cannot_be_read(store: LooseFilesStore, tmp_path: Path) -> None:
    (tmp_path / "any name.tar").unlink()
    (tmp_path / "any name.tar").mkdir()
    with pytest.raises(StorageError, match="any name"):
        b"".join(store.read("K021/a.tar", length=5))


def test_it_takes_nothing(store: LooseFilesStore, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        store.put("new", tmp_path / "i.json")
    with pytest.raises(StorageError):
        store.put_bytes("new", b"x")
    assert store.size("new") is None
    assert store.probe().conditional_writes is False
