"""One file copied out of a hostile folder: no link followed, each byte read once, hashed as it passes."""

import errno
import os
import stat
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from pipeline.domain.digests import Hasher
from pipeline.domain.messages import Message, message, told_by_system
from pipeline.errors import SourceError, StorageFull
from pipeline.tools import disk

_FOLDERS_KEPT_OPEN = 64
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class SourceTree:
    """Opens files below a folder component by component, so that no link put there in the meantime is followed.

    The folder itself may be reached by a link: its path comes from the person who runs the program.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders: dict[tuple[bytes, ...], int] = {}

    def __enter__(self) -> "SourceTree":
        try:
            self._folders[()] = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise SourceError(
                message("delivery_not_opened", folder=self._root, reason=told_by_system(error))
            ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for descriptor in self._folders.values():
            os.close(descriptor)
        self._folders.clear()

    def open(self, path: bytes) -> int:
        """A descriptor for reading that leaves the access time alone where the system lets us.

        OSError as the system raises it: ELOOP for a link, ENOENT for what is gone.
        """
        *folders, name = path.split(b"/")
        parent = self._folder(tuple(folders))
        try:
            return os.open(name, _FILE | os.O_NOATIME, dir_fd=parent)
        except PermissionError:  # O_NOATIME is for the owner only
            return os.open(name, _FILE, dir_fd=parent)

    def _folder(self, parts: tuple[bytes, ...]) -> int:
        known = self._folders.get(parts)
        if known is not None:
            return known
        parent = self._folder(parts[:-1])
        opened = os.open(parts[-1], _FOLDER, dir_fd=parent)
        if len(self._folders) > _FOLDERS_KEPT_OPEN:
            self._close_all_but(parts[:-1])
        self._folders[parts] = opened
        return opened

    def _close_all_but(self, parts: tuple[bytes, ...]) -> None:
        needed = {parts[:depth] for depth in range(len(parts) + 1)}
        for other in [key for key in self._folders if key not in needed]:
            os.close(self._folders.pop(other))


class Unreadable(Exception):
    """The source cannot be read to its end. Never leaves the stage."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.message = told_by_system(error)


class Changed(Exception):
    """The source is not what the survey saw, or changed while it was read. Never leaves the stage."""

    def __init__(self, said: Message) -> None:
        super().__init__(said)
        self.message = said


def status_of(descriptor: int) -> os.stat_result:
    """The status of an open source; Changed where it is no regular file any more."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise Changed(message("no_regular_file"))
    return status


class Copier:
    """Copies open files into a folder of the workspace, one after another. Use as a context.

    A file of more than one block is read, hashed and written at the same time, and a large one past the page cache.
    """

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._buffer = memoryview(b"")
        self._reader = disk.BlockReader()

    def __enter__(self) -> "Copier":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._reader.close()

    def copy(self, source: int, target: Path, *, size: int, hasher: Hasher) -> None:
        """Copies to the end of `source` into the new file `target`; a target cut short is removed.

        Raises Unreadable or Changed for the source, StorageFull or OSError for the target.
        """
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            (self._copy_small if size <= disk.BLOCK else self._copy_big)(source, out, hasher, target, size)
        except BaseException:
            with suppress(FileNotFoundError):
                target.unlink()
            raise
        finally:
            os.close(out)

    def _copy_small(self, source: int, out: int, hasher: Hasher, target: Path, left: int) -> None:
        self._buffer = self._buffer or memoryview(bytearray(disk.BLOCK))
        while chunk := _read(source, self._buffer):
            left = _less(left, chunk)
            hasher.update(chunk)
            _write(out, chunk, target)
            self._advance(len(chunk))

    def _copy_big(self, source: int, out: int, hasher: Hasher, target: Path, left: int) -> None:
        disk.bypass_if_cold(source, left)
        if left >= disk.LARGE:
            disk.bypass(out)
        with closing(_readable(self._reader.blocks(source, digest=hasher.update))) as chunks:
            for chunk in chunks:
                left = _less(left, chunk)
                _write(out, chunk, target)
                self._advance(len(chunk))


def _less(left: int, chunk: memoryview) -> int:
    """A file that somebody still writes to might never end."""
    if len(chunk) > left:
        raise Changed(message("file_grows"))
    return left - len(chunk)


def _read(source: int, buffer: memoryview) -> memoryview:
    try:
        return buffer[: os.readv(source, [buffer])]
    except OSError as error:
        raise Unreadable(error) from error


def _readable(blocks: Generator[memoryview, None, None]) -> Generator[memoryview, None, None]:
    """The same blocks; what goes wrong is the source's fault."""
    try:
        yield from blocks
    except OSError as error:
        raise Unreadable(error) from error


def _write(out: int, chunk: memoryview, target: Path) -> None:
    try:
        disk.write_all(out, chunk)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise full(target.parent, needed=len(chunk)) from error
        raise


def full(folder: Path, *, needed: int) -> StorageFull:
    """The error for a workspace without room."""
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize
    return StorageFull(message("workspace_full", folder=folder, needed=needed, free=free))
