"""Files below one folder, never outside it: opened part by part without following symbolic links, written durably,
published under their name without ever overwriting. POSIX only; errors are `OSError`, translated by the caller.
"""

import ctypes
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pipeline.tools import disk

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK, errno.EINVAL})
_RENAME_NOREPLACE = 1
_MOST_KNOWN = 10_000
_OLD_SECONDS = 600
"""A file in `.incoming` that nobody has locked is a killed writer's once it is that old."""


class LinkInPath(OSError):
    """A symbolic link where a folder or a file should be."""


class DurableFolders:
    """Folders whose entries this process has seen made durable: a package's two objects need not sync every folder on
    the way twice, nor the fonds' once more for each package. Threads may share it."""

    def __init__(self) -> None:
        self._known: set[tuple[str, ...]] = set()

    def __contains__(self, parts: tuple[str, ...]) -> bool:
        return parts in self._known

    def add(self, parts: tuple[str, ...]) -> None:
        """Bounded: what is forgotten is synced once more."""
        if len(self._known) >= _MOST_KNOWN:
            self._known = set()
        self._known.add(parts)


@contextmanager
def opened_folder(
    root: str, parts: tuple[str, ...], *, create: bool = False, durable: DurableFolders | None = None
) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`. With `create`, folders that are not there are made, and every
    entry on the way is durable afterwards (an earlier run may have made it and been killed before its fsync); what is
    there and among `durable` need not be made so again."""
    fd = os.open(root, _FOLDER)
    try:
        for depth, part in enumerate(parts, start=1):
            if create:
                _make(fd, part, parts[:depth], durable)
            below = _step_into(fd, part)
            os.close(fd)
            fd = below
        yield fd
    finally:
        os.close(fd)


def _make(fd: int, part: str, path: tuple[str, ...], durable: DurableFolders | None) -> None:
    try:
        os.mkdir(part, dir_fd=fd)
    except FileExistsError:  # made before, or by another just now; what it is, opening it will say
        if durable is not None and path in durable:
            return
    disk.sync_folder(fd)
    if durable is not None:
        durable.add(path)


def _step_into(fd: int, part: str) -> int:
    try:
        return os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=fd)
    except NotADirectoryError:
        refuse_link(fd, part)
        raise


def refuse_link(fd: int, name: str) -> None:
    """Raises LinkInPath where the entry is a symbolic link."""
    if stat.S_ISLNK(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode):
        raise LinkInPath(errno.ELOOP, "a symbolic link", name)


@contextmanager
def opened_file(folder: int, name: str) -> Iterator[int]:
    """A descriptor for reading a regular file. What is no file is IsADirectoryError or LinkInPath."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            refuse_link(folder, name)
        raise
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        yield fd
    finally:
        os.close(fd)


def remove_leftovers(incoming: int) -> None:
    """Removes what killed writers left: old, and locked by nobody."""
    for name in os.listdir(incoming):
        try:
            with opened_file(incoming, name) as fd:
                if time.time() - os.fstat(fd).st_mtime > _OLD_SECONDS:
                    fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    unlink(incoming, name)
        except (BlockingIOError, FileNotFoundError, PermissionError):
            continue  # its writer is at work, or has just finished, or is another user whose it is to remove


def unlink(folder: int, name: str) -> None:
    """Removes a file, if it is still there."""
    with suppress(FileNotFoundError):  # it was renamed into place, or never made
        os.unlink(name, dir_fd=folder)


def publish(incoming: int, partial: str, folder: int, name: str) -> None:
    """Gives a finished file its name, in one step, and makes that durable. FileExistsError where the name is taken.

    A hard link cannot overwrite. Where the file system has none (FAT, exFAT, some shares), `renameat2` with
    RENAME_NOREPLACE; where it has neither, OSError: then nothing can be stored safely.
    """
    if not linked(partial, folder, name, from_folder=incoming):
        rename_no_replace(incoming, partial, folder, name)
    disk.sync_folder(folder)


def linked(source: str, folder: int, name: str, *, from_folder: int | None = None) -> bool:
    """Makes a hard link; False where this file system, or the limit between two, does not let it."""
    try:
        os.link(source, name, src_dir_fd=from_folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


def rename_no_replace(incoming: int, partial: str, folder: int, name: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    source, target = os.fsencode(partial), os.fsencode(name)
    if libc.renameat2(incoming, source, folder, target, _RENAME_NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


Entry = tuple[str, os.stat_result | None]
"""A path and, where it was asked for, what the system knows of it."""


def entries_below(folder: int, prefix: str, *, stats: bool, above: str = "") -> Iterator[Entry]:
    """All that is no folder and whose path starts with `prefix`, in order of code points; top names with a dot left
    out. `stats` asks the system about each.

    A folder is sorted with its slash: `a.b` comes before `a/b`, as in a list of whole paths.
    """
    with os.scandir(folder) as entries:
        names = sorted(f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name for e in entries)
    for name in names:
        path = above + name
        if not above and name.startswith("."):
            continue
        if not name.endswith("/"):
            if path.startswith(prefix):
                yield path, os.stat(name, dir_fd=folder, follow_symlinks=False) if stats else None
        elif path.startswith(prefix) or prefix.startswith(path):
            below = os.open(name[:-1], _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            try:
                yield from entries_below(below, prefix, stats=stats, above=path)
            finally:
                os.close(below)
