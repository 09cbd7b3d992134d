import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.routes._runners import ThreadRunner


def test_every_result_once_in_any_order() -> None:
    assert sorted(ThreadRunner(3).map(lambda n: n * n, range(50))) == [n * n for n in range(50)]
    assert list(ThreadRunner(3).map(lambda n: n, ())) == []


@pytest.mark.parametrize("width", [0, 1, 4])
def test_no_more_at_once_than_its_width(width: int) -> None:
    lock, now, most = threading.Lock(), 0, 0

    def work(_: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1

    list(ThreadRunner(width).map(work, range(12)))

    assert most == max(1, width)


def test_items_are_taken_as_they_are_needed() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(10_000):
            taken = number
            yield number

    results = ThreadRunner(2).map(lambda n: n, items())
    for _ in range(10):
        next(results)

    assert taken < 30
    results.close()  # type: ignore[attr-defined]


def test_our_own_fault_surfaces() -> None:
    def work(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(ThreadRunner(2).map(work, [1, 0, 1]))
