"""Copies that lie in a store and that the register does not know: no audit of what is registered would read them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import StorageError
from pipeline.ports import Clock, Register, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """An index in a store, by the names of its folders `…/<package-id>/v0001/`; version 0 where those are other."""

    package_id: str
    version: int
    store: str

    def is_known(self, register: Register) -> bool:
        """Whether the register lists a copy of this version in this store."""
        return register.has_copy(self.package_id, self.version, self.store)


def unlisted(stores: Iterable[Store], register: Register) -> tuple[Unlisted, ...]:
    """What lies in the stores that answer and is not in the register. With an empty register there is nothing else
    to go by: then a store that does not answer raises its StorageError."""
    found: list[Unlisted] = []
    empty = next(register.all_versions(), None) is None
    for store in stores:
        try:
            found += [each for each in _indexes(store) if not each.is_known(register)]
        except StorageError:
            if empty:
                raise
    return tuple(found)


def _indexes(store: Store) -> Iterator[Unlisted]:
    for key in store.keys(""):
        if layout.is_index(key):
            place = layout.place_of(key) or layout.Place(package_id=key, version=0)
            yield Unlisted(package_id=place.package_id, version=place.version, store=store.name)


def report_of(copy: Unlisted, clock: Clock) -> FixityReport:
    """Nothing can be told of such a copy: there is nothing to compare it with."""
    said = message("copy_unlisted")
    now = clock.now().isoformat()
    return FixityReport.unread(
        copy.package_id, copy.version, copy.store, result=FixityResult.COULD_NOT_TELL, reason=said, at=now
    )
