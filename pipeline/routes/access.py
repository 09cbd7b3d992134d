"""Access (利用): a package, one of its files, or its originals out of storage, verified on the way.

Stores are tried in the order of the settings; the next one is asked when a copy is missing, changed or away.
Every access is recorded.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipeline import __version__
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.messages import message
from pipeline.domain.packages import Member, PackageIndex
from pipeline.errors import StorageError, UsageError
from pipeline.ports import Clock, Progress, Register, Store
from pipeline.stages.retrieve import retrieve_file, retrieve_originals, retrieve_package

R = TypeVar("R")


def get_file(
    index: PackageIndex,
    member: Member,
    *,
    target: Path,
    stores: tuple[Store, ...],
    register: Register,
    clock: Clock,
    warn: Callable[[StorageError], None],
) -> Path:
    """One file to `target`, which must not exist."""

    def fetch(store: Store) -> Path:
        retrieve_file(index, member.path, store=store, target=target)
        return target

    return _from_any(index, member.path, fetch, stores, register, clock, warn)


def get_package(
    index: PackageIndex,
    *,
    folder: Path,
    originals: bool,
    stores: tuple[Store, ...],
    register: Register,
    clock: Clock,
    progress: Progress,
    warn: Callable[[StorageError], None],
) -> Path:
    """The whole bag below `folder`, or its originals under the names they came with."""

    def fetch(store: Store) -> Path:
        if originals:
            return retrieve_originals(index, store=store, folder=folder)
        with progress.phase("取出并核验 · fetch and verify", index.tar_size, "bytes") as advance:
            return retrieve_package(index, store=store, folder=folder, advance=advance)

    return _from_any(index, "", fetch, stores, register, clock, warn)


def _from_any(
    index: PackageIndex,
    path: str,
    fetch: Callable[[Store], R],
    stores: tuple[Store, ...],
    register: Register,
    clock: Clock,
    warn: Callable[[StorageError], None],
) -> R:
    holding = {copy.store for copy in register.copies(index.package_id, index.version)}
    last: StorageError | None = None
    for store in stores:
        if store.name not in holding:
            continue
        try:
            result = fetch(store)
        except StorageError as error:
            warn(error)
            last = error
            continue
        _note(index, path, store, register, clock)
        return result
    raise last or UsageError(message("no_store_holds", package=index.package_id))


def _note(index: PackageIndex, path: str, store: Store, register: Register, clock: Clock) -> None:
    event = Event(
        kind=EventKind.DISSEMINATION,
        at=clock.now(),
        agent=Agent(name="lantai", version=__version__),
        outcome=Outcome.SUCCESS,
        objects=(path or index.package_id,),
        detail=f"taken out of store {store.name}, verified",
    )
    register.add_events(index, (event,))
