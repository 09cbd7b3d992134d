"""What the stores hold, package version by package version, read from the indexes in them."""

import heapq
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Literal

from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index, is_as_written
from pipeline.domain import layout
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Fact, message
from pipeline.domain.packages import TAR, FixityResult, PackageIndex, StoredObject
from pipeline.errors import HouseError, StorageError, StorageUnavailable
from pipeline.ports import Store

_AT_ONCE = 8
_WINDOW = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one store holds of one version: `index` where it can be used, `fault` where something is wrong with the
    copy, with its `reason`. Neither where there is a tar without index: an unfinished deposit is no copy.
    `as_written` is false where the index can be used and its bytes have been changed all the same."""

    store: str
    index: PackageIndex | None = None
    fault: FixityResult | None = None
    reason: Fact = ""
    as_written: bool = True
    findings: tuple[Finding, ...] = ()


_Entry = tuple[str, int]


def holdings(stores: tuple[Store, ...]) -> Iterator[tuple[str, tuple[Holding, ...]]]:
    """Each folder that holds a tar or an index, in order, with what each store has there (stores without: left out).

    Reads several at once, and flat in memory: the stores list their keys in order. Raises StorageUnavailable where
    a store does not answer: what it holds would else seem to be gone.
    """

    def look(job: tuple[Store, list[str]]) -> Holding:
        return _look(job[0], job[1])

    merged = heapq.merge(*(_entries(store, number) for number, store in enumerate(stores)))
    folders = ((folder, list(entries)) for folder, entries in groupby(merged, key=_folder))
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="holdings") as pool:
        while window := list(islice(folders, _WINDOW)):
            jobs = [(stores[n], keys) for _, entries in window for n, keys in _by_store(entries)]
            found = pool.map(look, jobs)
            for folder, entries in window:
                yield folder, tuple(next(found) for _ in _by_store(entries))


def count_indexes(store: Store) -> int:
    """How many versions a store holds, for the progress bar."""
    return sum(layout.is_index(key) for key in store.keys(""))


def _entries(store: Store, number: int) -> Iterator[_Entry]:
    before = ""
    for key in store.keys(""):
        if key < before:
            raise HouseError(f"the store {store.name} does not list its keys in order: {before!r} before {key!r}")
        before = key
        if layout.is_index(key) or layout.is_tar(key):
            yield key, number


def _folder(entry: _Entry) -> str:
    return entry[0].rpartition("/")[0]


def _by_store(entries: list[_Entry]) -> list[tuple[int, list[str]]]:
    numbers = sorted({number for _, number in entries})
    return [(number, [key for key, n in entries if n == number]) for number in numbers]


def _look(store: Store, keys: list[str]) -> Holding:
    """One folder of one store. Raises StorageUnavailable only."""
    indexes = [key for key in keys if layout.is_index(key)]
    bare = {layout.stem(key) for key in keys if layout.is_tar(key)} - {layout.stem(key) for key in indexes}
    findings = [finding("tar_without_index", layout.tar_name(stem), store=store.name) for stem in sorted(bare)]
    holding = Holding(store=store.name)
    for key in indexes:
        found = _read(store, key)
        findings += found.findings
        if holding.index is None and (found.index is not None or holding.fault is None):
            holding = found
    return replace(holding, findings=tuple(findings))


def _read(store: Store, key: str) -> Holding:
    try:
        data = b"".join(store.read(key, length=MAX_INDEX_BYTES + 1))
    except StorageUnavailable:
        raise
    except StorageError as error:
        return _faulty(store, key, "index_unreadable", FixityResult.UNREADABLE, error.message)
    try:
        index = decode_index(data, store=store.name, key=key)
    except StorageError as error:
        return _faulty(store, key, "index_garbled", FixityResult.MISMATCH, error.message)
    if index.index_key != key:
        return _faulty(
            store, key, "index_misplaced", FixityResult.MISMATCH, message("index_belongs_at", key=index.index_key)
        )
    if not is_as_written(index):
        changed = _faulty(store, key, "index_garbled", FixityResult.MISMATCH, message("index_not_as_written"))
        return replace(changed, index=index, as_written=False)
    for each in index.objects:
        if (found := _object_fault(store, index, each)) is not None:
            return found
    return Holding(store=store.name, index=index)


def _object_fault(store: Store, index: PackageIndex, each: StoredObject) -> Holding | None:
    """What is wrong with an object by its size; None where it is there as long as it was."""
    key, record = f"{index.folder}{each.key}", index.package_id
    size = store.size(key)
    if size == each.size:
        return None
    if size is None:
        code: Literal["tar_missing", "object_missing"] = "tar_missing" if each.role == TAR else "object_missing"
        lost = finding(code, key, record=record, store=store.name, expected=each.size)
        reason, fault = message("stored_object_missing", key=each.key), FixityResult.MISSING
        return Holding(store=store.name, index=index, fault=fault, reason=reason, findings=(lost,))
    differs: Literal["tar_size_differs", "object_size_differs"] = (
        "tar_size_differs" if each.role == TAR else "object_size_differs"
    )
    other = finding(differs, key, record=record, store=store.name, expected=each.size, found=size)
    reason = message("stored_object_other_size", key=each.key, size=size, had=each.size)
    return Holding(store=store.name, index=index, fault=FixityResult.MISMATCH, reason=reason, findings=(other,))


def _faulty(store: Store, key: str, code: str, fault: FixityResult, reason: Fact) -> Holding:
    found = finding(code, key, store=store.name, reason=reason)
    return Holding(store=store.name, fault=fault, reason=reason, findings=(found,))
