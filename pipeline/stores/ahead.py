"""Chunks fetched ahead of whoever works on them, for stores whose bytes come over a line."""

from collections.abc import Generator, Iterator
from queue import Full, Queue
from threading import Event, Thread


def read_ahead(chunks: Iterator[bytes], *, depth: int = 4) -> Iterator[bytes]:
    """The same chunks, fetched by a thread of their own while the caller works on those before.

    An error of the source is raised where it happened, behind the chunks that came before it. The thread ends when
    the caller is done or gives up. At most `depth` + 2 chunks are held.
    """
    queue: Queue[bytes | BaseException | None] = Queue(depth)
    given_up = Event()

    def put(item: bytes | BaseException | None) -> bool:
        while not given_up.is_set():
            try:
                queue.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False

    def fetch() -> None:
        try:
            if all(map(put, chunks)):
                put(None)
        except BaseException as error:  # handed to the caller, who raises it
            put(error)
        finally:
            if isinstance(chunks, Generator):
                chunks.close()

    thread = Thread(target=fetch, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        given_up.set()
        thread.join()
