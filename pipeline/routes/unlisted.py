"""What lies in a store and what nobody owns: copies that the register does not know, and files that belong to no copy.

No audit of what is registered would read them. They are told by their keys alone; nothing is opened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import StorageError
from pipeline.ports import Clock, Register, Store

StrayKind = Literal["stray_file", "stray_tar", "stray_index"]
"""Codes of the messages that say what such a file is, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """An index in a store, by the names of its folders `…/<package-id>/v0001/`; version 0 where those are other."""

    package_id: str
    version: int
    store: str

    def is_known(self, register: Register) -> bool:
        """Whether the register lists a copy of this version in this store."""
        return register.has_copy(self.package_id, self.version, self.store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A file in a store that belongs to no package: what `kind` says, under `key`."""

    key: str
    store: str
    kind: StrayKind

    def is_there(self, stores: Iterable[Store], register: Register) -> bool:
        """Whether it is so still: a tar may have been a deposit under way."""
        place = layout.place_of(self.key)
        if self.kind != "stray_tar" or place is None:
            return True
        if register.has_copy(place.package_id, place.version, self.store):
            return False
        index_key = layout.index_name(layout.stem(self.key))
        return all(store.size(index_key) is None for store in stores if store.name == self.store)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strangers:
    """What the stores hold and the register does not know; beside it, of how many copies that it knows each store that
    answered holds the index."""

    copies: tuple[Unlisted, ...] = ()
    files: tuple[Stray, ...] = ()
    known: tuple[tuple[str, int], ...] = ()


def strangers(stores: Iterable[Store], register: Register) -> Strangers:
    """What lies in the stores that answer and is not in the register. With an empty register there is nothing else
    to go by: then a store that does not answer raises its StorageError."""
    copies: list[Unlisted] = []
    files: list[Stray] = []
    seen: list[tuple[str, int]] = []
    empty = next(register.all_versions(), None) is None
    for store in stores:
        known = 0
        try:
            for found in _looked_over(store, register):
                if isinstance(found, Stray):
                    files.append(found)
                elif not found.is_known(register):
                    copies.append(found)
                else:
                    known += 1
            seen.append((store.name, known))
        except StorageError:
            if empty:
                raise
    return Strangers(copies=tuple(copies), files=tuple(files), known=tuple(seen))


def unlisted(stores: Iterable[Store], register: Register) -> tuple[Unlisted, ...]:
    """Of `strangers` the copies."""
    return strangers(stores, register).copies


def _looked_over(store: Store, register: Register) -> Iterator[Unlisted | Stray]:
    """Every index, and what belongs to none. A store lists its keys in order: an index comes before its tar."""
    indexed = ""
    for key in store.keys(""):
        place = layout.place_of(key)
        bag = "" if place is None else layout.bag_name(place.package_id, place.version)
        name = key.rpartition("/")[2]
        if layout.is_index(key):
            if place is not None and name != layout.index_name(bag):
                yield Stray(key=key, store=store.name, kind="stray_index")
                continue
            indexed = layout.stem(key)
            place = place or layout.Place(package_id=key, version=0)
            if _lies_elsewhere(key, place, store.name, register):
                yield Stray(key=key, store=store.name, kind="stray_index")
            else:
                yield Unlisted(package_id=place.package_id, version=place.version, store=store.name)
        elif place is not None and name == layout.tar_name(bag):
            if layout.stem(key) != indexed and not register.has_copy(place.package_id, place.version, store.name):
                yield Stray(key=key, store=store.name, kind="stray_tar")
        elif place is None or not _is_listed(name, place, register):
            yield Stray(key=key, store=store.name, kind="stray_file")


def _lies_elsewhere(key: str, place: layout.Place, store: str, register: Register) -> bool:
    """Whether the register has the version's copy in another folder of the store."""
    folder = key.rpartition("/")[0]
    known = [c.tar_key for c in register.copies(place.package_id, place.version) if c.store == store]
    return any(tar_key.rpartition("/")[0] != folder for tar_key in known)


def _is_listed(name: str, place: layout.Place, register: Register) -> bool:
    """Whether the version's index lists an object of this name."""
    index = register.index(place.package_id, place.version)
    return index is not None and any(each.key == name for each in index.objects)


def report_of(copy: Unlisted, clock: Clock) -> FixityReport:
    """Nothing can be told of such a copy: there is nothing to compare it with."""
    said = message("copy_unlisted")
    now = clock.now().isoformat()
    return FixityReport.unread(
        copy.package_id, copy.version, copy.store, result=FixityResult.COULD_NOT_TELL, reason=said, at=now
    )


def report_of_stray(stray: Stray, clock: Clock) -> FixityReport:
    """What it is, under its key and version 0: it is no copy of any package."""
    now = clock.now().isoformat()
    return FixityReport.unread(
        stray.key, 0, stray.store, result=FixityResult.COULD_NOT_TELL, reason=message(stray.kind), at=now
    )
