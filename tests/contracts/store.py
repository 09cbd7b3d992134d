"""What every store promises. A test class inherits this and gives `store`, empty for each test."""

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import HouseError, ObjectExists, ObjectMissing, StorageError
from pipeline.ports import Removing, Store
from pipeline.stores.identity import IDENTITY_KEY
from pipeline.stores.kind import CHUNK

KEY = "K021/ZY/K021-ZY·FP·2019·Y-001/v0001/K021-ZY·FP·2019·Y-001-v0001.tar"

ODD_KEYS = (
    "全宗/文书/某县·档案〔2021〕７号“引”.tar",
    "𠮷家村/𡈽/龘.tar",
    "a b/c+d&e=f/g%h%2Fi#j?k.tar",
    'a\'b/"c"/<d>/[e]/{f}/~g/h;i,j@k!$().tar',
    "back\\slash/colon:star*bar|.tar",
    "trailing./dot./x.",
    " blank / at / the edge ",
    "no-break\u00a0space/ideographic\u3000space",
    "hidden/.dot/..two/...three",
    "emoji/😀",
    "private/\ue000",
    "last/\ufffd",
    "new/\U0002ebf0",
    f"long/{'汇' * 80}/{'x' * 48}.tar",
    "lower/a",
    "lower/A",
    "lower.b",
)

HOSTILE_KEYS = (
    "",
    "/",
    "/etc/passwd",
    "..",
    "../outside",
    "a/../../outside",
    "a/./b",
    "a//b",
    "a/",
    ".incoming/x",
    ".lantai-probe/x",
    "nul\0byte",
    "line\nbreak",
    "delete\x7f",
    "c1\x85",
    "half\ud800",
    "none/\uffff",
    "none/\U0001fffe",
    "none/\ufdd0",
    "e\u0301",  # NFD
    "x" * 1025,
)


def content(store: Store, key: str, *, start: int = 0, length: int | None = None) -> bytes:
    """All bytes of a read, no chunk of it empty or too large."""
    chunks = list(store.read(key, start=start, length=length))
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)
    return b"".join(chunks)


def file_of(path: Path, size: int) -> str:
    """Writes `size` bytes that repeat nowhere to `path`; returns their SHA-256."""
    running = hashlib.sha256()
    with path.open("wb") as file:
        while size:
            data = os.urandom(min(size, 2**20))
            running.update(data)
            file.write(data)
            size -= len(data)
    return running.hexdigest()


class StoreContract:
    """One test per promise."""

    @pytest.fixture
    def source(self, tmp_path: Path) -> Iterator[Path]:
        """A file of a bit more than two chunks."""
        path = tmp_path / "source.bin"
        file_of(path, 2 * CHUNK + 7)
        yield path

    def test_gives_back_what_it_was_given(self, store: Store, source: Path) -> None:
        before = source.read_bytes()
        store.put(KEY, source)
        assert content(store, KEY) == before
        assert store.size(KEY) == len(before)
        assert list(store.keys()) == [KEY]
        assert source.read_bytes() == before

    def test_small_things(self, store: Store) -> None:
        store.put_bytes(KEY, "索引".encode())
        assert content(store, KEY).decode() == "索引"
        assert store.size(KEY) == 6

    def test_empty_objects(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        store.put("a/empty-file", tmp_path / "empty")
        store.put_bytes("a/empty-bytes", b"")
        for key in ("a/empty-file", "a/empty-bytes"):
            assert list(store.read(key)) == list(store.read(key, start=0, length=5)) == []
            assert store.size(key) == 0

    @pytest.mark.parametrize(
        ("start", "length"),
        [
            (0, 1),
            (0, CHUNK),
            (1, CHUNK),
            (CHUNK - 1, 2),
            (CHUNK, None),
            (4095, 4098),
            (2 * CHUNK + 6, 1),
            (2 * CHUNK + 6, 100),
            (2 * CHUNK + 7, None),
            (2 * CHUNK + 8, 10),
            (10**9, None),
            (5, 0),
        ],
    )
    def test_ranges(self, store: Store, source: Path, start: int, length: int | None) -> None:
        store.put(KEY, source)
        whole = source.read_bytes()
        expected = whole[start:] if length is None else whole[start : start + length]
        assert content(store, KEY, start=start, length=length) == expected

    def test_no_range_before_the_start(self, store: Store) -> None:
        store.put_bytes(KEY, b"1")
        for start, length in ((-1, None), (0, -1)):
            with pytest.raises(HouseError):
                content(store, KEY, start=start, length=length)

    def test_large_object(self, store: Store, tmp_path: Path) -> None:
        size = 70 * 2**20 + 13
        digest = file_of(tmp_path / "large", size)
        store.put(KEY, tmp_path / "large")
        running, count = hashlib.sha256(), 0
        for chunk in store.read(KEY):
            running.update(chunk)
            count += len(chunk)
        assert (count, running.hexdigest()) == (size, digest)
        assert store.size(KEY) == size
        with (tmp_path / "large").open("rb") as file:
            file.seek(size - 20)
            assert content(store, KEY, start=size - 20) == file.read()

    def test_a_large_object_is_not_overwritten(self, store: Store, tmp_path: Path) -> None:
        store.put_bytes(KEY, b"first")
        file_of(tmp_path / "large", 65 * 2**20)
        with pytest.raises(ObjectExists):
            store.put(KEY, tmp_path / "large")
        assert content(store, KEY) == b"first"

    def test_nothing_is_overwritten(self, store: Store, source: Path) -> None:
        store.put_bytes(KEY, b"first")
        with pytest.raises(ObjectExists, match="K021-ZY") as by_bytes:
            store.put_bytes(KEY, b"second")
        with pytest.raises(ObjectExists) as by_file:
            store.put(KEY, source)
        for error in (by_bytes.value, by_file.value):
            assert (error.store, error.key) == (store.name, KEY)
        assert content(store, KEY) == b"first"

    def test_nothing_is_overwritten_by_the_same_bytes(self, store: Store, source: Path) -> None:
        store.put(KEY, source)
        with pytest.raises(ObjectExists):
            store.put(KEY, source)
        assert content(store, KEY) == source.read_bytes()

    def test_one_of_many_writers_wins(self, store: Store) -> None:
        start = threading.Barrier(8)

        def write(number: int) -> int | None:
            start.wait()
            try:
                store.put_bytes(KEY, b"%d" % number * 1000)
            except ObjectExists:
                return None
            return number

        with ThreadPoolExecutor(8) as pool:
            winners = [each for each in pool.map(write, range(8)) if each is not None]
        assert len(winners) == 1
        assert content(store, KEY) == b"%d" % winners[0] * 1000

    def test_missing_objects(self, store: Store) -> None:
        store.put_bytes("a/b/c", b"1")
        for key in ("a/b/d", "a/b", "a", "x/y/z", "a/b/c/d", "a/b/c.tar"):
            assert store.size(key) is None
            for start, length in ((0, None), (3, None), (0, 0)):
                with pytest.raises(ObjectMissing) as missing:
                    content(store, key, start=start, length=length)
                assert missing.value.store == store.name
        assert list(store.keys("x/")) == []

    def test_a_source_that_is_not_there(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match=r"gone\.tar") as error:
            store.put(KEY, tmp_path / "gone.tar")
        assert not isinstance(error.value, ObjectMissing)
        assert store.size(KEY) is None

    def test_odd_keys(self, store: Store) -> None:
        for key in ODD_KEYS:
            store.put_bytes(key, key.encode())
        assert list(store.keys()) == sorted(ODD_KEYS)
        for key in ODD_KEYS:
            assert content(store, key).decode() == key
            assert store.size(key) == len(key.encode())
            assert list(store.keys(key)) == [key]

    @pytest.mark.parametrize("key", HOSTILE_KEYS, ids=ascii)
    def test_hostile_keys(self, store: Store, source: Path, key: str) -> None:
        for act in (
            lambda: store.put(key, source),
            lambda: store.put_bytes(key, b"1"),
            lambda: content(store, key),
            lambda: store.size(key),
        ):
            with pytest.raises(StorageError) as refused:
                act()
            assert type(refused.value) is StorageError
        assert list(store.keys()) == []

    def test_listing_by_prefix(self, store: Store) -> None:
        keys = [f"K021/ZY/p/v{n}/x.tar" for n in range(1, 13)] + ["K021/ZY/p.tar", "K021/ZY/p-2/x", "K0210/x"]
        for key in keys:
            store.put_bytes(key, b"")
        assert list(store.keys()) == sorted(keys)
        assert list(store.keys("K021/ZY/p/v1/")) == ["K021/ZY/p/v1/x.tar"]
        assert list(store.keys("K021/ZY/p/v1")) == sorted(f"K021/ZY/p/v{n}/x.tar" for n in (1, 10, 11, 12))
        assert list(store.keys("K021/")) == sorted(key for key in keys if key.startswith("K021/"))
        assert list(store.keys("K021/ZY/p")) == sorted(key for key in keys if key.startswith("K021/ZY/p"))
        assert list(store.keys("nothing/")) == []

    def test_more_than_one_page_of_keys(self, store: Store) -> None:
        keys = [f"K021/ZY/户{n:04d}/v0001/户{n:04d}.index.json" for n in range(1100)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: store.put_bytes(key, b"{}"), keys))
        assert list(store.keys("K021/")) == keys

    def test_what_is_known_of_objects_without_reading_them(self, store: Store) -> None:
        before = datetime.now(UTC) - timedelta(minutes=5)  # a server has a clock of its own
        for number, key in enumerate(("a/1", "a/2", "b")):
            store.put_bytes(key, b"x" * number)
        listed = list(store.objects())
        assert [(info.key, info.size) for info in listed] == [("a/1", 0), ("a/2", 1), ("b", 2)]
        assert [info.key for info in store.objects("a/")] == ["a/1", "a/2"]
        assert list(store.objects("c")) == []
        for info in listed:
            assert before < info.modified < before + timedelta(minutes=10)
            found = store.stat(info.key)
            assert found is not None
            assert (found.key, found.size, found.removed) == (info.key, info.size, False)
            assert abs(found.modified - info.modified) < timedelta(seconds=2)
        assert store.stat("a") is None
        assert store.stat("a/3") is None

    def test_its_identity(self, store: Store) -> None:
        first = store.identity()
        assert first in {"", store.identify()}, "one that was given stays"
        identity = store.identify()
        assert len(identity) == 32
        assert store.identity() == store.identify() == identity
        assert list(store.keys()) == list(store.objects()) == [], "it is no object of anybody's"

    def test_one_identity_however_many_give_it(self, store: Store) -> None:
        with ThreadPoolExecutor(8) as pool:
            given = set(pool.map(lambda _: store.identify(), range(8)))
        assert given == {store.identity()}

    def test_removal(self, store: Store) -> None:
        assert isinstance(store, Removing)
        store.put_bytes("a/1", b"1")
        store.put_bytes("a/2", b"2")
        store.remove("a/1")
        assert store.size("a/1") is None
        assert list(store.keys()) == ["a/2"]
        for key in ("a/1", "a", "x/y"):
            with pytest.raises(ObjectMissing):
                store.remove(key)
        with pytest.raises(StorageError):
            store.remove(IDENTITY_KEY)
        store.put_bytes("a/1", b"again")
        assert content(store, "a/1") == b"again"

    def test_what_it_says_of_itself(self, store: Store) -> None:
        assert store.name
        assert "secret" not in store.url + repr(store)
        before = list(store.keys())
        abilities = store.probe()
        assert None not in {abilities.versioning, abilities.object_lock, abilities.checksums}
        assert list(store.keys()) == before
