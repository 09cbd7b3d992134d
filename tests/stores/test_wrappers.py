from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ObjectMissing, StorageError, StorageUnavailable
from pipeline.ports import Store
from pipeline.stores.kind import StoreSettings
from pipeline.stores.memory import MemoryStore
from pipeline.stores.wrappers import Counting, Retrying, Wrapped

DATA = bytes(range(256)) * 4096


class Shaky(Wrapped):
    """Every request breaks off `times` times in a row, a reading in its middle."""

    def __init__(self, inner: Store, *, times: int = 2, error: type[StorageError] = StorageUnavailable) -> None:
        super().__init__(inner)
        self.times, self.error, self.left = times, error, times

    def _break(self) -> bool:
        self.left -= 1
        if self.left < 0:
            self.left = self.times
            return False
        return True

    def size(self, key: str) -> int | None:
        if self._break():
            raise self.error("shaky")
        return self.inner.size(key)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        breaks = self._break()
        for number, chunk in enumerate(self.inner.read(key, start=start, length=length)):
            if breaks and number:
                raise self.error("shaky")
            yield chunk

    def keys(self, prefix: str = "") -> Iterator[str]:
        breaks = self._break()
        for number, key in enumerate(self.inner.keys(prefix)):
            if breaks and number:
                raise self.error("shaky")
            yield key


@pytest.fixture
def store(request: pytest.FixtureRequest) -> MemoryStore:
    made = MemoryStore(StoreSettings(name="m", url=f"memory://{abs(hash(request.node.nodeid))}"))
    for number in range(5):
        made.put_bytes(f"a/{number}", DATA)
    return made


def test_what_broke_off_goes_on_where_it_broke(store: MemoryStore) -> None:
    pauses: list[float] = []
    retrying = Retrying(Shaky(store), sleep=pauses.append)
    assert b"".join(retrying.read("a/1")) == DATA
    assert b"".join(retrying.read("a/1", start=1000, length=700_000)) == DATA[1000:701_000]
    assert list(retrying.keys("a/")) == [f"a/{number}" for number in range(5)]
    assert [info.key for info in retrying.objects("a/")] == list(store.keys())
    assert retrying.size("a/1") == len(DATA)
    assert pauses


def test_what_never_comes_ends(store: MemoryStore) -> None:
    pauses: list[float] = []
    retrying = Retrying(Shaky(store, times=1 << 30), sleep=pauses.append, attempts=4)
    with pytest.raises(StorageUnavailable):
        retrying.size("a/1")
    assert pauses == [1, 2, 4]


def test_what_trying_again_cannot_help_is_not_tried_again(store: MemoryStore) -> None:
    retrying = Retrying(Shaky(store, error=StorageError), sleep=lambda _: pytest.fail("tried again"))
    with pytest.raises(StorageError, match="shaky"):
        b"".join(retrying.read("a/1"))
    with pytest.raises(ObjectMissing):
        b"".join(Retrying(store).read("a/none"))


def test_what_was_asked_is_counted(store: MemoryStore, tmp_path: Path) -> None:
    counting = Counting(store)
    (tmp_path / "file").write_bytes(b"123")
    counting.put("b/1", tmp_path / "file")
    counting.put_bytes("b/2", b"45")
    assert b"".join(counting.read("b/1")) == b"123"
    assert (counting.size("b/2"), counting.size("b/3")) == (2, None)
    assert len(list(counting.keys())) == len(list(counting.objects())) == 7
    asked = counting.counts
    assert (asked.puts, asked.reads, asked.looks, asked.listings) == (2, 1, 2, 2)
    assert (asked.bytes_written, asked.bytes_read) == (5, 3)


def test_a_wrapped_store_is_the_store(store: MemoryStore) -> None:
    wrapped = Retrying(Counting(store))
    assert (wrapped.name, wrapped.url) == (store.name, store.url)
    assert wrapped.identify() == store.identity() == wrapped.identity()
    assert wrapped.probe() == store.probe()
    info = wrapped.stat("a/1")
    assert info is not None
    assert info.size == len(DATA)
