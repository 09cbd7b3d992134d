import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.messages import told_by_program
from pipeline.errors import StorageUnavailable
from pipeline.stores.ahead import read_ahead


@given(st.lists(st.binary(min_size=1, max_size=5)))
def test_read_ahead_changes_nothing(chunks: list[bytes]) -> None:
    assert list(read_ahead(iter(chunks))) == chunks


def test_an_error_comes_behind_what_came_before_it() -> None:
    def source() -> Iterator[bytes]:
        yield b"a"
        raise StorageUnavailable(told_by_program("gone"))

    got = []
    with pytest.raises(StorageUnavailable, match="gone"):
        for chunk in read_ahead(source()):
            got.append(chunk)
    assert got == [b"a"]


def test_giving_up_closes_the_source_and_ends_the_thread() -> None:
    closed = threading.Event()
    fetched = []

    def source() -> Iterator[bytes]:
        try:
            while True:
                fetched.append(1)
                yield b"x"
        finally:
            closed.set()

    ahead = read_ahead(source(), depth=2)
    next(ahead)
    time.sleep(0.2)
    ahead.close()  # type: ignore[attr-defined]
    assert closed.is_set()
    assert len(fetched) <= 5
    assert not [thread for thread in threading.enumerate() if thread.name == "read-ahead"]
