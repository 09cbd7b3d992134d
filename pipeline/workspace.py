"""The workspace: where a record is worked on, stage by stage, so that a killed run goes on where it stopped.

A record has a folder; each stage has a folder in it and, once all its files are written, a journal
(`received.json` …). The journal is the mark of a finished stage: a stage without one is wiped and done again.
Nothing here is the archive's; all of it can be made again from the delivery.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.errors import RegisterBusy

T = TypeVar("T")


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
            return msgspec.json.decode(self._journal(stage).read_bytes(), type=kind)
        except (FileNotFoundError, msgspec.DecodeError, ValueError):
            return None

    def finish(self, stage: str, value: object) -> None:
        """Marks the stage as finished; atomic."""
        partial = self.root / f"{stage}.json.partial"
        partial.write_bytes(msgspec.json.encode(value))
        partial.replace(self._journal(stage))

    def clear(self) -> None:
        """Forgets all stages."""
        for entry in sorted(self.root.iterdir(), key=lambda e: e.suffix != ".json"):
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
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

        Raises RegisterBusy where another process has it.
        """
        folder = self.root / package_id
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RegisterBusy(
                    f"another run is working on {package_id}: wait until it has ended, then run this again"
                ) from None
            yield RecordWorkspace(folder)

    def discard(self, package_id: str) -> None:
        """Removes a record's folder; journals first, so that a kill in between leaves nothing that looks finished."""
        folder = self.root / package_id
        if folder.is_dir():
            RecordWorkspace(folder).clear()
            shutil.rmtree(folder)

    def pending(self) -> list[str]:
        """Package identifiers that have a folder here."""
        return sorted(p.name for p in self.root.iterdir() if p.is_dir()) if self.root.is_dir() else []
