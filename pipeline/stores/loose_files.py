"""Files that lie among these files, looked at as a store: for verifying a package that is in no store yet."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.messages import message, told_by_system
from pipeline.errors import ObjectMissing, StorageError, StorageRefused
from pipeline.ports import Abilities, ObjectInfo
from pipeline.stores.kind import CHUNK
from pipeline.tools import disk


class LooseFilesStore:
    """Reads the given files under their keys; takes nothing."""

    name = "files"
    url = "files:"

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """See `ports.Store.read`."""
        path = self._path(key)
        try:
            with path.open("rb", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size
                end = size if length is None else min(size, start + length)
                disk.bypass_if_cold(file.fileno(), end - start)
                yield from disk.read_range(file.fileno(), start, end, chunk=CHUNK)
        except FileNotFoundError as error:
            raise ObjectMissing(message("file_gone", path=path.name), store=self.name, key=key) from error
        except OSError as error:
            kind = StorageRefused if isinstance(error, PermissionError) else StorageError
            said = message("file_unreadable", path=path.name, reason=told_by_system(error))
            raise kind(said, store=self.name, key=key) from error

    def size(self, key: str) -> int | None:
        """See `ports.Store.size`."""
        info = self.stat(key)
        return None if info is None else info.size

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `ports.Store.keys`."""
        return iter(sorted(key for key in self._files if key.startswith(prefix)))

    def stat(self, key: str) -> ObjectInfo | None:
        """See `ports.Store.stat`."""
        path = self._files.get(key)
        if path is None or not path.is_file():
            return None
        found = path.stat()
        return ObjectInfo(key=key, size=found.st_size, modified=datetime.fromtimestamp(found.st_mtime, UTC))

    def objects(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """See `ports.Store.objects`."""
        return (info for key in self.keys(prefix) if (info := self.stat(key)) is not None)

    def identity(self) -> str:
        """These files are no store's."""
        return ""

    def identify(self) -> str:
        """Refused."""
        raise StorageError(message("loose_files_have_no_identity"), store=self.name)

    def put(self, key: str, source: Path) -> None:
        """Refused."""
        raise StorageError(message("loose_files_take_nothing"), store=self.name, key=key)

    def put_bytes(self, key: str, data: bytes) -> None:
        """Refused."""
        raise StorageError(message("loose_files_take_nothing"), store=self.name, key=key)

    def probe(self) -> Abilities:
        """It can do nothing but be read."""
        return Abilities(versioning=False, object_lock=False, checksums=False, conditional_writes=False)

    def _path(self, key: str) -> Path:
        try:
            return self._files[key]
        except KeyError:
            raise ObjectMissing(message("file_gone", path=key), store=self.name, key=key) from None
