"""A store in a folder, `file:///path`: a disk, a network share, a removable medium.

Written once: a file is finished and on the medium before it gets its name, and no name is given twice. The folder
must be there: a store whose disk is not mounted is unavailable, and is not made anew on the disk below. (So let the
store be a folder on the disk, not the mount point itself.) Killed writers leave files in `.incoming` only; the next
`put` removes them.
"""

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from pipeline.domain.messages import message, told_by_system
from pipeline.errors import ObjectExists, ObjectMissing, ProfileError, StorageError, StorageUnavailable
from pipeline.ports import Abilities, ObjectInfo
from pipeline.stores import folders
from pipeline.stores._reasons import REASONS
from pipeline.stores.identity import IDENTITY_KEY, identity_of, new_identity
from pipeline.stores.kind import (
    CHUNK,
    StoreKind,
    StoreSettings,
    checked_key,
    checked_range,
    exists,
    missing,
    unreadable_source,
)
from pipeline.tools import disk

_INCOMING = ".incoming"


class LocalStore:
    """Objects as read-only files below one folder."""

    def __init__(self, settings: StoreSettings) -> None:
        address = settings.address
        if address.netloc not in {"", "localhost"} or not address.path.startswith("/"):
            raise ProfileError(message("store_url_wrong", store=settings.name, url=settings.url, form="file:///PATH"))
        self._name, self._url, self.root = settings.name, settings.url, Path(address.path)
        self._durable = folders.DurableFolders()

    @property
    def name(self) -> str:
        """Short name from the settings."""
        return self._name

    @property
    def url(self) -> str:
        """`file:///path`, as people write it."""
        told = unquote(self._url)
        return self._url if "\ufffd" in told else told

    @property
    def place(self) -> str:
        """See `Placed.place`: the folder, links in its path followed."""
        return f"file:{os.path.realpath(self.root)}/"

    def put(self, key: str, source: Path) -> None:
        """See `Store.put`. On the same file system the bytes are shared by a hard link, unless the source has other
        names already: then it may be another store's copy, and two copies must not be the same sectors."""
        parts = checked_key(key, store=self._name)
        with self._source(key, source) as fd, self._told(key), self._untaken(parts) as folder:
            info = os.fstat(fd)
            if info.st_dev == os.fstat(folder).st_dev and info.st_nlink == 1:
                os.fsync(fd)
                if folders.linked(str(source), folder, parts[-1]):
                    with suppress(PermissionError):  # some shares keep no modes, and read-only is but a help
                        os.fchmod(fd, info.st_mode & 0o555)
                    disk.sync_folder(folder)
                    return
            self._write(folder, parts[-1], lambda target: _copy(fd, target))

    def put_bytes(self, key: str, data: bytes) -> None:
        """See `Store.put_bytes`."""
        parts = checked_key(key, store=self._name)
        with self._told(key), self._untaken(parts) as folder:
            self._write(folder, parts[-1], lambda target: disk.write_all(target, data))

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `Store.read`. The medium is read: a long range past the system's cache, and of a short one, or where
        that is refused, the system is told to forget what it has."""
        checked_range(start, length)
        parts = checked_key(key, store=self._name)
        with (
            self._told(key),
            folders.opened_folder(str(self.root), parts[:-1]) as folder,
            folders.opened_file(folder, parts[-1]) as fd,
        ):
            size = os.fstat(fd).st_size
            end = size if length is None else min(size, start + length)
            if start >= end:
                return
            if end - start < disk.LARGE or not disk.bypass(fd):
                disk.forget(fd, start, end)
            for chunk in disk.read_range(fd, start, end, chunk=CHUNK):
                start += len(chunk)
                yield chunk
            if start < end:
                said = message("object_shortened", store=self._name, key=key)
                raise StorageError(said, store=self._name, key=key)

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        info = self.stat(key)
        return None if info is None else info.size

    def stat(self, key: str) -> ObjectInfo | None:
        """See `Store.stat`."""
        info = self._status(key)
        return None if info is None else _info(key, info)

    def shared(self, key: str) -> str:
        """See `Sharing.shared`."""
        info = self._status(key)
        return f"{info.st_dev}:{info.st_ino}" if info is not None and info.st_nlink > 1 else ""

    def _status(self, key: str) -> os.stat_result | None:
        parts = checked_key(key, store=self._name)
        try:
            with (
                self._told(key),
                folders.opened_folder(str(self.root), parts[:-1]) as folder,
                folders.opened_file(folder, parts[-1]) as fd,
            ):
                return os.fstat(fd)
        except ObjectMissing:
            return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Store.keys`. Whatever lies in the folder and is no folder is listed."""
        with self._told(prefix), folders.opened_folder(str(self.root), ()) as folder:
            for path, _ in folders.entries_below(folder, prefix, stats=False):
                yield path

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `Store.objects`."""
        with self._told(prefix), folders.opened_folder(str(self.root), ()) as folder:
            for path, info in folders.entries_below(folder, prefix, stats=True):
                if info is not None:
                    yield _info(path, info)

    def identity(self) -> str:
        """See `Store.identity`."""
        try:
            with (
                self._told(IDENTITY_KEY),
                folders.opened_folder(str(self.root), ()) as folder,
                folders.opened_file(folder, IDENTITY_KEY) as fd,
            ):
                return identity_of(os.read(fd, CHUNK), store=self._name)
        except ObjectMissing:
            return ""

    def identify(self) -> str:
        """See `Store.identify`."""
        if found := self.identity():
            return found
        with (
            suppress(ObjectExists),  # given by another process just now
            self._told(IDENTITY_KEY),
            folders.opened_folder(str(self.root), ()) as folder,
        ):
            self._write(folder, IDENTITY_KEY, lambda target: disk.write_all(target, new_identity()))
        return self.identity()

    def remove(self, key: str, *, version: str = "") -> None:
        """See `Removing.remove`; no versions are kept. Folders stay."""
        parts = checked_key(key, store=self._name)
        if version or self.stat(key) is None:
            raise missing(self._name, key)
        with self._told(key), folders.opened_folder(str(self.root), parts[:-1]) as folder:
            os.unlink(parts[-1], dir_fd=folder)
            disk.sync_folder(folder)

    def probe(self) -> Abilities:
        """See `Store.probe`: proves that a taken name is refused; a file system has none of the others."""
        notes = [message("local_folder")]
        if self.root.is_mount():
            notes.append(message("store_is_mount_point"))
        writes: bool | None
        try:
            writes = self._proves_write_once()
        except StorageError as error:
            writes = None
            notes.append(message("write_once_untold", reason=error.message))
        return Abilities(
            versioning=False, object_lock=False, checksums=False, conditional_writes=writes, notes=tuple(notes)
        )

    def _proves_write_once(self) -> bool:
        name = f"probe-{secrets.token_hex(8)}"
        with (
            self._told(name),
            self._made((_INCOMING,)) as incoming,
        ):
            try:
                self._write(incoming, name, lambda target: disk.write_all(target, b"1"))
                self._write(incoming, name, lambda target: disk.write_all(target, b"2"))
            except FileExistsError:
                return True
            finally:
                folders.unlink(incoming, name)
        return False

    def _made(self, parts: tuple[str, ...]) -> AbstractContextManager[int]:
        """The folder, made where it is not there, durably."""
        return folders.opened_folder(str(self.root), parts, create=True, durable=self._durable)

    @contextmanager
    def _untaken(self, parts: tuple[str, ...]) -> Iterator[int]:
        """The folder in which `parts` is to lie, made where it is not there. FileExistsError where it is taken."""
        with self._made(parts[:-1]) as folder:
            try:
                os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                yield folder
            else:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), parts[-1])

    def _write(self, folder: int, name: str, write: Callable[[int], None]) -> None:
        partial = f"{os.getpid()}-{secrets.token_hex(8)}"
        with self._made((_INCOMING,)) as incoming:
            folders.remove_leftovers(incoming)
            fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444, dir_fd=incoming)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                write(fd)
                os.fsync(fd)
                folders.publish(incoming, partial, folder, name)
            finally:
                os.close(fd)
                folders.unlink(incoming, partial)

    @contextmanager
    def _source(self, key: str, source: Path) -> Iterator[int]:
        try:
            fd = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise unreadable_source(source, error, store=self._name, key=key) from error
        try:
            yield fd
        finally:
            os.close(fd)

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """Says in our own errors what the system says in its numbers."""
        try:
            yield
        except FileExistsError as error:
            raise exists(self._name, key) from error
        except folders.LinkInPath as error:
            said = message("link_in_store", store=self._name, path=error.filename)
            raise StorageError(said, store=self._name, key=key) from error
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            if not self.root.is_dir():
                said = message("store_folder_gone", store=self._name, folder=self.root)
                raise StorageUnavailable(said, store=self._name, key=key) from error
            raise missing(self._name, key) from error
        except OSError as error:
            kind, reason = REASONS.get(error.errno or 0, (StorageError, told_by_system(error)))
            said = message("folder_store_failed", store=self._name, folder=self.root, key=key, reason=reason)
            raise kind(said, store=self._name, key=key) from error


def _info(key: str, stat: os.stat_result) -> ObjectInfo:
    return ObjectInfo(key=key, size=stat.st_size, modified=datetime.fromtimestamp(stat.st_mtime, UTC))


def _copy(source: int, target: int) -> None:
    """All bytes. Not by `copy_file_range`: that may share the sectors of the two, and a copy is to be a second one."""
    size = os.fstat(source).st_size
    disk.bypass_if_cold(source, size)
    if size >= disk.LARGE:
        disk.bypass(target)
    with disk.BlockReader() as reader, closing(reader.blocks(source)) as blocks:
        for block in blocks:
            disk.write_all(target, block)


def _prepared(settings: StoreSettings) -> LocalStore:
    store = LocalStore(settings)
    try:
        store.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        said = message("store_folder_not_made", store=store.name, folder=store.root, reason=told_by_system(error))
        raise StorageError(said, store=store.name) from error
    store.identify()
    return store


STORE = StoreKind(scheme="file", open=LocalStore, prepare=_prepared)
