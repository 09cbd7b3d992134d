"""The workspace: where a record is worked on, stage by stage, so that a killed run goes on where it stopped.

A record has a folder; each stage has a folder in it and, once all its files are written, a journal
(`received.json` …). The journal is the mark of a finished stage: a stage without one is wiped and done again.
Nothing here is the archive's; all of it can be made again from the delivery.
"""

import errno
import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.domain.messages import Message, message, told_by_system
from pipeline.errors import Busy, SourceChanged, StorageError
from pipeline.tools import disk
from pipeline.tools.typed_json import from_json

LOG = logging.getLogger(__name__)
T = TypeVar("T")
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO}


class RecordWorkspace:
    """The folder of one record under work. Use inside `Workspace.record`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, stage: str) -> Path:
        """The folder of a stage's files."""
        return self.root / stage

    def fresh_folder(self, stage: str) -> Path:
        """The folder, emptied, for a stage that begins."""
        folder = self.folder(stage)
        self._journal(stage).unlink(missing_ok=True)
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def finished(self, stage: str, kind: type[T]) -> T | None:
        """What the stage returned if it was finished by this version of the program, else None."""
        try:
            return from_json(self._journal(stage).read_bytes(), kind)
        except (FileNotFoundError, msgspec.DecodeError, ValueError):
            return None

    def finish(self, stage: str, value: object, *, durable: bool = False) -> None:
        """Marks the stage as finished; atomic. With `durable` its files, and then the mark, outlive a power cut."""
        partial = self.root / f"{stage}.json.partial"
        partial.write_bytes(msgspec.json.encode(value))
        if durable:
            disk.sync(*self.folder(stage).iterdir(), self.folder(stage), partial)
        partial.replace(self._journal(stage))
        if durable:
            disk.sync(self.root, self.root.parent)

    @contextmanager
    def forgotten_if_damaged(self) -> Iterator[None]:
        """Files that are not those of the journals (a power cut, a bad disk) would stop every later run as well: all
        stages are forgotten, and the error goes on its way."""
        try:
            yield
        except (SourceChanged, FileNotFoundError):
            self.clear()
            raise

    def set_aside(self, stage: str, name: str) -> None:
        """Keeps what a finished stage left under another name, in place of what was set aside under it before."""
        if not self._journal(stage).exists():
            return
        if self.folder(stage).exists():  # else a kill came between the two
            self._journal(name).unlink(missing_ok=True)
            if self.folder(name).exists():
                shutil.rmtree(self.folder(name))
            self.folder(stage).rename(self.folder(name))
        self._journal(stage).rename(self._journal(name))

    def clear(self, *, but: str = "") -> None:
        """Forgets all stages, but what was set aside under a name."""
        for entry in sorted(self.root.iterdir(), key=lambda e: e.suffix != ".json"):
            if but and entry in {self.folder(but), self._journal(but)}:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def _journal(self, stage: str) -> Path:
        return self.root / f"{stage}.json"


class Workspace:
    """All records under work in an archive home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def record(self, package_id: str) -> Iterator[RecordWorkspace]:
        """The record's folder, locked against other processes; the lock dies with the process.

        Raises Busy where another process has it.
        """
        folder = self.root / package_id
        busy = message("record_in_work", package=package_id)
        with _locked(self.root / f"{package_id}.lock", busy):
            with usable(folder):
                folder.mkdir(exist_ok=True)
            yield RecordWorkspace(folder)

    @contextmanager
    def delivery(self, delivery: Path) -> Iterator[None]:
        """The right to take in this delivery, for one process at a time: two would each do half and blame the other.

        Raises Busy where another process has it.
        """
        name = hashlib.sha256(os.fsencode(delivery.resolve())).hexdigest()[:32]
        lock = self.root / f"delivery-{name}.lock"
        busy = message("delivery_in_work", delivery=delivery.name)
        with _locked(lock, busy):
            yield

    def of(self, act: str) -> "Workspace":
        """A workspace inside this one for another act on the same records: neither takes the other's work away."""
        return Workspace(self.root / f".{act}")

    @contextmanager
    def alone(self, act: str) -> Iterator[None]:
        """The right to an act on whatever packages, for one process at a time; `act` is the command's name.

        Raises Busy where another process is at it.
        """
        with _locked(self.root / f"act-{act}.lock", message("act_in_work", act=act)):
            yield

    def discard(self, package_id: str) -> None:
        """Removes a record's folder; journals first, so that a kill in between leaves nothing that looks finished.

        Where another process is at work in it, it is left to that one.
        """
        if not (self.root / package_id).is_dir():
            return
        try:
            with suppress(Busy), self.record(package_id) as work:
                work.clear()
                shutil.rmtree(work.root)
        except OSError as error:  # what it was for is done all the same, and the next run tries again
            LOG.warning("the workspace of %s could not be removed: %s", package_id, error)

    def occupied(self, package_id: str) -> int:
        """Bytes of the files in a record's folder."""
        files = (Path(at) / name for at, _, names in os.walk(self.root / package_id) for name in names)
        return sum(_size(file) for file in files)

    def pending(self) -> list[str]:
        """Package identifiers that have a folder here."""
        folders = self.root.iterdir() if self.root.is_dir() else ()
        return sorted(p.name for p in folders if p.is_dir() and not p.name.startswith("."))


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """What rights or the medium refuse is told with the folder. StorageError."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        said = message("workspace_refused", folder=folder, reason=told_by_system(error))
        raise StorageError(said) from error


@contextmanager
def _locked(path: Path, busy: Message) -> Iterator[None]:
    """Holds the lock file, which is there as long as somebody has it. Raises Busy with the message `busy`."""
    with usable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with usable(path.parent):
            opened = path.open("w")
        with opened as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(busy) from None
            if not _is_at(path, lock.fileno()):
                continue  # whoever had it has just removed it
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether the open file is still the one at `path`: a lock on a removed file keeps nobody out."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _size(file: Path) -> int:
    """Bytes; 0 for what has gone meanwhile."""
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        return 0
