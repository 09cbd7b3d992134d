import os
import signal
import threading
from collections.abc import Iterator

import pytest

from pipeline.routes.runners import ThreadRunner


def test_every_result_once_in_any_order() -> None:
    assert sorted(ThreadRunner(3).map(lambda n: n * n, range(50))) == [n * n for n in range(50)]
    assert list(ThreadRunner(3).map(lambda n: n, ())) == []


@pytest.mark.parametrize("width", [0, 1, 4])
def test_as_many_at_once_as_its_width_and_no_more(width: int) -> None:
    wide = max(1, width)
    lock, now, most = threading.Lock(), 0, 0
    all_at_work = threading.Barrier(wide)

    def work(number: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        if number < wide:
            all_at_work.wait(60)
        with lock:
            now -= 1

    list(ThreadRunner(width).map(work, range(12)))

    assert most == wide


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


def test_an_interrupt_does_not_wait_for_what_is_being_worked() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work(number: int) -> None:
        begun.set()
        may_end.wait()

    def interrupt() -> None:
        begun.wait()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(ThreadRunner(2).map(work, range(10)))
        assert not may_end.is_set()
    finally:
        may_end.set()


def test_our_own_fault_surfaces() -> None:
    def work(number: int) -> int:
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(ThreadRunner(2).map(work, [1, 0, 1]))
