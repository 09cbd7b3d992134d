"""What of a delivery was really looked at: so that "nothing wrong" is said of that, and of nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.domain.ledger import Surveyed
from pipeline.domain.outcomes import State
from pipeline.domain.records import PlannedRecord

_BY_PAGES = frozenset(["jpg", "jpeg", "png", "bmp", "gif", "jp2", "tif", "tiff", "webp", "heic", "pdf"])
"""Extensions of files whose pages can be counted; that a file is what its name says, a check of its own makes sure."""
_READ = (State.UNDER_WORK, State.STORED, State.CHECKED)


class Tally:
    """Counts of a plan what the ledger does not keep, as its records go by."""

    def __init__(self) -> None:
        self._paged = self._compared = 0

    def counted(self, records: Iterable[PlannedRecord]) -> Iterator[PlannedRecord]:
        """The same records."""
        for record in records:
            by_pages = bool(record.files) and all(f.original.extension in _BY_PAGES for f in record.files)
            self._paged += by_pages and record.description.page_count is not None
            self._compared += sum(bool(file.expected) for file in record.files)
            yield record

    def of(self, surveyed: Surveyed, tables: tuple[str, ...] = ()) -> Surveyed:
        """What the survey found, with the counts and the delivery's further tables."""
        return replace(surveyed, paged=self._paged, compared=self._compared, tables=tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a run has looked at. `catalogue`: all its rows were read and judged; `files`: every byte of every file was
    read, `digests`: and compared with the depositor's; `formats`: each was identified and opened; `pages`: each
    record's pages were counted and compared with the catalogue. `unpaged` are records whose pages nobody compared,
    `unchanged` those that are stored already and were not read again."""

    catalogue: bool
    files: bool
    digests: bool
    formats: bool
    pages: bool
    unpaged: int
    unchanged: int


def looked_at(surveyed: Surveyed, counts: Mapping[State, int]) -> Looked:
    """What was looked at when so many records have come so far: all or nothing of each, for one that was not read may
    hold what is wrong."""
    unchanged = counts.get(State.UNCHANGED, 0)
    read = sum(counts.get(state, 0) for state in _READ)
    catalogue = bool(surveyed.catalogue and surveyed.records)
    everything = catalogue and read + unchanged == surveyed.records and read > 0
    return Looked(
        catalogue=catalogue,
        files=everything,
        digests=everything and 0 < surveyed.compared == surveyed.files,
        formats=everything,
        pages=everything and surveyed.paged == surveyed.records,
        unpaged=surveyed.records - surveyed.paged if everything else 0,
        unchanged=unchanged,
    )
