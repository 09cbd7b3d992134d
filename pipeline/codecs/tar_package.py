"""The tar of a package: written in one pass, byte for byte the same for the same input.

POSIX pax headers (IEEE Std 1003.1, pax) with names in UTF-8; owner 0, no owner names, mode 0644, one time for all
but the originals, which keep theirs. Folders are not stored. Bytes are hashed while they are written, so that no file
is read twice; a large tar, and the large files in it, go past the page cache.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from datetime import datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.domain.digests import Algorithm, Digest, Hasher, sha256_of
from pipeline.domain.messages import message
from pipeline.domain.packages import Member
from pipeline.errors import HouseError, SourceChanged
from pipeline.tools import disk

BLOCK = tarfile.BLOCKSIZE
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class TarWriter:
    """Writes members in the caller's order; `path` must not exist. Use in a `with` block and end with `finish`.

    `folder` is the one folder at the top; `version` that of the package, noted of each member; `mtime` is aware.
    `advance` is told bytes of files as they are written.
    """

    def __init__(
        self,
        path: Path,
        *,
        folder: str,
        version: int = 1,
        mtime: datetime,
        advance: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._version = version
        self._folder, self._mtime, self._advance = folder, int(mtime.timestamp()), advance
        self._offset = 0
        self._file = os.open(path, _NEW, 0o666)
        self._out = disk.BlockWriter(self._file)
        self._reader = disk.BlockReader()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._reader.close()
            if error is None:
                self._out.flush()
        finally:
            os.close(self._file)

    def add_bytes(self, path: str, data: bytes) -> Member:
        """A member from memory."""
        header = self._header(path, len(data))
        member = self._member(path, len(data), sha256_of(data), header)
        self._out.write(header)
        self._out.write(data)
        self._pad(member)
        return member

    def add_file(self, path: str, source: Path, *, size: int, expected: Iterable[Digest], modified: int = 0) -> Member:
        """A member from a file, read once. `expected` must hold its SHA-256; `modified` is its own time, 0 where it has
        that of all.

        Raises SourceChanged naming the file where its size or any digest is not the expected one; what was
        written so far is then of no use. Raises HouseError without a SHA-256 to compare with.
        """
        wanted = {each.algorithm: each.value for each in expected}
        if Algorithm.SHA256 not in wanted:
            raise HouseError(f"{path}: no SHA-256 is known of it")
        header = self._header(path, size, modified)
        self._out.expect(len(header) + size)
        self._out.write(header)
        hasher = Hasher(wanted)
        with source.open("rb", buffering=0) as file:
            self._copy(file, size, hasher, path)
        for digest in hasher.digests():
            if wanted[digest.algorithm] != digest.value:
                raise SourceChanged(message("workspace_file_changed", path=path, algorithm=digest.algorithm.value))
        member = self._member(path, size, hasher.value(), header)
        self._pad(member)
        return member

    def finish(self) -> int:
        """Ends the tar with zeros up to a full record; its size in bytes."""
        end = self._offset + 2 * BLOCK
        size = -(-end // tarfile.RECORDSIZE) * tarfile.RECORDSIZE
        self._out.write(bytes(size - self._offset))
        self._out.flush()
        return size

    def _copy(self, file: FileIO, size: int, hasher: Hasher, path: str) -> None:
        """Writes `size` bytes, which must be all that the file has."""
        left = size
        with closing((self._small if size <= disk.BLOCK else self._big)(file, hasher)) as lengths:
            for length in lengths:
                left -= length
                if left < 0:
                    raise SourceChanged(message("workspace_file_longer", path=path))
                self._advance(length)
        if left:
            raise SourceChanged(message("workspace_file_shorter", path=path, left=left))

    def _small(self, file: FileIO, hasher: Hasher) -> Generator[int, None, None]:
        """Read to where it is written from; gives the lengths of its pieces."""
        while count := file.readinto(room := self._out.room):
            hasher.update(room[:count])
            self._out.filled(count)
            yield count

    def _big(self, file: FileIO, hasher: Hasher) -> Generator[int, None, None]:
        """Read, hashed and written at the same time; gives the lengths of its pieces."""
        disk.bypass_if_cold(file.fileno(), os.fstat(file.fileno()).st_size)
        with closing(self._reader.blocks(file.fileno(), digest=hasher.update)) as blocks:
            for block in blocks:
                self._out.write(block)
                yield len(block)

    def _header(self, path: str, size: int, modified: int = 0) -> bytes:
        if any(part in {"", ".", ".."} for part in path.split("/")) or "\0" in path:
            raise HouseError(f"not a path for a package: {path!r}")
        info = tarfile.TarInfo(f"{self._folder}/{path}")
        info.size, info.mtime, info.mode = size, modified or self._mtime, 0o644
        return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")

    def _member(self, path: str, size: int, sha256: str, header: bytes) -> Member:
        return Member(
            path=path,
            version=self._version,
            size=size,
            sha256=sha256,
            header_offset=self._offset,
            data_offset=self._offset + len(header),
            header_sha256=hashlib.sha256(header).hexdigest(),
        )

    def _pad(self, member: Member) -> None:
        self._out.write(bytes(member.end - member.data_offset - member.size))
        self._offset = member.end
