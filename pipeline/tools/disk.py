"""Large files read and written past the page cache (O_DIRECT), block by block, one block ahead.

What is read or written once is of no use in the cache: it drives out what others need, and making room for it costs
more than the disk takes. Where a file system refuses, and for what is not aligned, the same calls go through the
cache; the bytes are the same. Past the cache is not on the medium: only fsync is.
"""

import errno
import fcntl
import mmap
import os
import stat
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

BLOCK = 2 << 20
"""Bytes moved at a time: one huge page on most machines."""

LARGE = 64 << 20
"""Smaller files go through the cache: they are read again while they are still there."""

ALIGNMENT = max(4096, mmap.PAGESIZE)
"""Offset, length and memory are multiples of it: of the sectors of every disk, and of the pages of memory."""

_IN_TURN = 3
_SAMPLES = 16
_REFUSED = {errno.EINVAL, errno.EOPNOTSUPP}


def bypass(descriptor: int) -> bool:
    """From now on this descriptor reads and writes past the cache; False where the file system refuses."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
    except OSError as error:
        if error.errno in _REFUSED:
            return False
        raise
    return True


def bypass_if_cold(descriptor: int, size: int) -> None:
    """As `bypass`, for reading a large file that does not lie in the cache already."""
    if size >= LARGE and not _is_cached(descriptor, size):
        bypass(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Writes all at the descriptor's position: past the cache, where that is bypassed, up to the last whole sector.

    What cannot go that way ends the bypass, and all that follows goes through the cache.
    """
    left = memoryview(data)
    while left:
        whole = len(left) - len(left) % ALIGNMENT
        try:
            left = left[os.write(descriptor, left[: whole or len(left)]) :]
        except OSError as error:
            if error.errno not in _REFUSED or not _end_bypass(descriptor):
                raise


def sync(*paths: Path) -> None:
    """Puts files, and the entries of folders, on the medium, in this order."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                sync_folder(descriptor)
            else:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_folder(descriptor: int) -> None:
    """Makes a folder's entries durable. SMB shares and some others know no such request: their servers see to it."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _REFUSED:
            raise


class BlockReader:
    """Reads files one after another, each one block ahead, in a thread of its own. Use as a context."""

    def __init__(self) -> None:
        self._buffers: tuple[memoryview, ...] = ()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="blocks")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown()

    def blocks(
        self,
        descriptor: int,
        *,
        start: int = 0,
        end: int | None = None,
        digest: Callable[[memoryview], None] | None = None,
    ) -> Generator[memoryview, None, None]:
        """The bytes from `start` to `end`, or to the end of the file, in blocks of at most BLOCK, none empty.

        A block is good until the second one after it is asked for. `digest` is told each block in a second thread,
        in order; it has been told all when this ends. Close what is not read to its end. Raises OSError.
        """
        buffers = self._in_turn()
        at, turn = start - start % ALIGNMENT, 0
        reading = self._threads.submit(_read, descriptor, buffers[0], at, end)
        digesting: Future[None] | None = None
        try:
            while count := reading.result():
                block = buffers[turn][max(start - at, 0) : count if end is None else min(count, end - at)]
                at, turn = at + count, (turn + 1) % _IN_TURN
                reading = self._threads.submit(_read, descriptor, buffers[turn], at, end)
                if digesting is not None:
                    digesting.result()
                if block:
                    digesting = self._threads.submit(digest, block) if digest else None
                    yield block
            if digesting is not None:
                digesting.result()
        finally:
            wait([reading])
            if digesting is not None:
                wait([digesting])

    def _in_turn(self) -> tuple[memoryview, ...]:
        """One is read into while one is with the caller and the one before it may still be digested."""
        self._buffers = self._buffers or buffers(_IN_TURN)
        return self._buffers


def read_range(descriptor: int, start: int, end: int, *, chunk: int) -> Generator[bytes, None, None]:
    """The bytes from `start` to `end`, or to the end of the file, in chunks of at most `chunk`; more than a block is
    read ahead of the caller, less goes through the cache.

    A chunk that stays in the processor's cache until it is hashed costs less than a whole block (measured).
    """
    if end - start <= BLOCK:
        _end_bypass(descriptor)
        while start < end and (data := os.pread(descriptor, min(chunk, end - start), start)):
            start += len(data)
            yield data
        return
    with BlockReader() as reader, closing(reader.blocks(descriptor, start=start, end=end)) as blocks:
        for block in blocks:
            yield from (bytes(block[at : at + chunk]) for at in range(0, len(block), chunk))


class BlockWriter:
    """Gathers bytes of any length into blocks and writes those at the descriptor's position, which is at the start.

    The file is written through the cache until it is known to become large.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        (self._block,) = buffers(1)
        self._filled = self._written = 0
        self._asked = False

    def expect(self, size: int) -> None:
        """So many bytes more are to come."""
        if not self._asked and self._written + self._filled + size >= LARGE:
            self._asked = True
            bypass(self._descriptor)

    @property
    def room(self) -> memoryview:
        """Where the next bytes belong; never empty. What is put there counts when `filled` is told."""
        return self._block[self._filled :]

    def filled(self, count: int) -> None:
        """So many bytes were put at the start of `room`."""
        self._filled += count
        if self._filled == len(self._block):
            self.flush()

    def write(self, data: bytes | memoryview) -> None:
        """Takes a copy of the bytes."""
        left = memoryview(data)
        while left:
            room = self.room
            count = min(len(room), len(left))
            room[:count] = left[:count]
            self.filled(count)
            left = left[count:]

    def flush(self) -> None:
        """Writes what has gathered. Before the end of the file this costs the bypass."""
        write_all(self._descriptor, self._block[: self._filled])
        self._written += self._filled
        self._filled = 0


def buffers(count: int) -> tuple[memoryview, ...]:
    """So many buffers of BLOCK bytes, aligned; of huge pages where the system has them, which a disk fills in fewer
    and larger requests (measured: in half the time)."""
    memory = mmap.mmap(-1, count * BLOCK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel without huge pages
        memory.madvise(mmap.MADV_HUGEPAGE)
    whole = memoryview(memory)
    return tuple(whole[at : at + BLOCK] for at in range(0, len(whole), BLOCK))


def _read(descriptor: int, buffer: memoryview, at: int, end: int | None) -> int:
    """Bytes read at `at`; 0 at `end` and at the end of the file."""
    if end is not None:
        buffer = buffer[: max(0, -(-(end - at) // ALIGNMENT) * ALIGNMENT)]
    if not buffer:
        return 0
    try:
        return os.preadv(descriptor, [buffer], at)
    except OSError as error:
        # Of a block with a bad sector in it, the pages before that one can be had through the cache.
        if error.errno not in {errno.EIO, *_REFUSED} or not _end_bypass(descriptor):
            raise
    os.posix_fadvise(descriptor, at, 0, os.POSIX_FADV_DONTNEED)  # the medium all the same
    return os.preadv(descriptor, [buffer], at)


def _end_bypass(descriptor: int) -> bool:
    """Whether there was one to end."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    if not flags & os.O_DIRECT:
        return False
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
    return True


def _is_cached(descriptor: int, size: int) -> bool:
    """Whether samples all over the file can be read without waiting for the disk; False where that cannot be told."""
    sample = bytearray(1)
    try:
        return all(
            os.preadv(descriptor, [sample], size * number // _SAMPLES, os.RWF_NOWAIT) for number in range(_SAMPLES)
        )
    except OSError:  # BlockingIOError where it is not; of any other the reading itself will tell
        return False


def forget(fd: int, start: int, end: int) -> None:
    """Empties the system's cache of these bytes of a file."""
    first_page = start - start % mmap.PAGESIZE
    os.posix_fadvise(fd, first_page, end - first_page + mmap.PAGESIZE, os.POSIX_FADV_DONTNEED)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_SEQUENTIAL)
