"""Whether the workspace has room for a delivery: better told now, with the figures, than in the middle of the night."""

import shutil
from collections.abc import Iterable, Iterator

from pipeline.domain.messages import message
from pipeline.domain.records import PlannedRecord
from pipeline.errors import StorageFull
from pipeline.line.ending import is_read
from pipeline.line.services import IngestServices

RESERVE = 256 * 2**20
"""Bytes that stay free on the workspace's disk."""


class Room:
    """Counts what the records of a plan will need in the workspace, as they go by; `one_by_one` where none stays."""

    def __init__(self, services: IngestServices, *, one_by_one: bool = False) -> None:
        self._services, self._one_by_one = services, one_by_one
        self._needed = self._there = self._largest = 0

    def counted(self, records: Iterable[PlannedRecord]) -> Iterator[PlannedRecord]:
        """The same records. What is stored already or is not read needs no room; what lies there counts once."""
        for record in records:
            package_id = record.description.package_id
            if is_read(record, self._services.profile) and self._services.register.index(package_id) is None:
                size = sum(file.size for file in record.files)
                self._needed += size
                self._largest = max(self._largest, size)
                self._there += min(size, self._services.workspace.occupied(package_id))
            yield record

    def refuse_too_little(self) -> None:
        """Raises StorageFull where the originals, twice the largest record and the reserve find no room."""
        root = self._services.workspace.root
        all_originals = 0 if self._one_by_one else self._needed - self._there
        needed = all_originals + 2 * self._largest + RESERVE
        root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(root).free
        if free < needed:
            raise StorageFull(
                message("workspace_too_small", folder=root, needed=f"{needed / 2**20:,.0f} MiB", free=_mib(free))
            )


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"
