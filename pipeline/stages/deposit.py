"""入库: the finished package into every store: its objects, read back whole and compared, index last.

The index in a store says that the copy was read back. So a run that was killed goes on where it stopped:
a copy with its index is done, objects without one are read back before they count, and nothing is overwritten. A
store's "ok" is not evidence; only bytes read back are.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pipeline import __version__
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.messages import Message, message, why
from pipeline.domain.packages import Copy, Deposited, FixityReport, FixityResult, Packaged, PackageIndex, StoredObject
from pipeline.domain.records import Step
from pipeline.errors import (
    CopyMismatch,
    HouseError,
    ObjectDiffers,
    ObjectExists,
    PipelineError,
    SourceChanged,
    StorageError,
    StorageUnavailable,
    UsageError,
)
from pipeline.ports import Clock, Store
from pipeline.retry import retried
from pipeline.stores.loose_files import LooseFilesStore

T = TypeVar("T")
Check = Callable[[PackageIndex, Store], FixityReport]
Admit = Callable[[Store], PipelineError | None]

_MOST_TOLD = 5


def deposit(
    packaged: Packaged,
    *,
    folder: Path,
    stores: tuple[Store, ...],
    check: Check,
    clock: Clock,
    advance: Callable[[int], None],
    sleep: Callable[[float], None] = time.sleep,
    admit: Admit = lambda _: None,
) -> Step[Deposited]:
    """A copy in every store, read back whole by `check`; the events are one replication per store and the ingestion.

    `folder` holds the index and all objects it lists, under their names. `check` reads a store's objects against the
    index, all their bytes. `advance` is told the objects' bytes once per store when they are there (and again for what
    `check` did not have to read). `admit` is asked of each store first: why it must
    not be written to, or None. Every store is tried before an error is raised; a later run does only what is
    missing. Where one store holds another package under this version, nothing is written to any.

    Raises CopyMismatch (what was read back is not what was written), ObjectDiffers (something else lies there),
    StorageUnavailable after the last attempt, SourceChanged (the workspace was touched), UsageError (no store, or two
    of one name).
    """
    if not stores or len({store.name for store in stores}) < len(stores):
        raise UsageError(message("deposit_without_stores"))
    load = _Load.of(packaged, folder)
    one_at_a_time = Lock()

    ways = [_StoreDeposit(load, store, check, advance, sleep, one_at_a_time) for store in stores]

    def look(way: _StoreDeposit) -> bool | PipelineError:
        refused = admit(way.store)
        return _caught(way.is_done) if refused is None else refused

    def attempt(way: _StoreDeposit, finished: bool | PipelineError) -> _Done | PipelineError:
        return finished if isinstance(finished, PipelineError) else _caught(lambda: way.run(clock, finished))

    with ThreadPoolExecutor(len(ways), thread_name_prefix="deposit") as pool:
        each: Callable[..., Iterator[Any]] = pool.map if len(ways) > 1 else map  # one store needs no thread
        finished = list(each(look, ways))
        _refuse_other_package(finished, load.index)
        ends = list(each(attempt, ways, finished))
    done = tuple(end for end in ends if isinstance(end, _Done))
    _raise_gravest([end for end in ends if isinstance(end, PipelineError)])
    copies = tuple(each.copy for each in done)
    events = (*(each.event for each in done), _ingestion(load.index, copies, clock))
    return Step(value=Deposited(index=load.index, copies=copies), events=events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What goes into every store; `index_bytes` are those of the file."""

    index: PackageIndex
    folder: Path
    index_bytes: bytes

    @classmethod
    def of(cls, packaged: Packaged, folder: Path) -> "_Load":
        index = packaged.index
        try:
            index_bytes = (folder / index.index_name).read_bytes()
            sizes = {each.key: (folder / each.key).stat().st_size for each in index.objects}
        except FileNotFoundError as error:
            raise SourceChanged(
                message("package_gone", package=index.package_id, folder=folder, reason=why(error))
            ) from error
        for each in index.objects:
            if sizes[each.key] != each.size:
                raise SourceChanged(
                    message("package_touched", file=folder / each.key, size=sizes[each.key], had=each.size)
                )
        return cls(index=index, folder=folder, index_bytes=index_bytes)

    def file(self, each: StoredObject) -> Path:
        """The object in the workspace."""
        return self.folder / each.key

    def key(self, each: StoredObject) -> str:
        """Its key in a store."""
        return f"{self.index.folder}{each.key}"


def _caught(call: Callable[[], T]) -> T | PipelineError:
    """The answer, or why there is none: every store is asked before an error is raised."""
    try:
        return call()
    except PipelineError as error:
        return error


def _refuse_other_package(looked: Sequence[bool | PipelineError], index: PackageIndex) -> None:
    """Raises ObjectDiffers where one store holds another package under this version: written to the others, this one
    would make the stores disagree for ever."""
    for each in looked:
        if isinstance(each, ObjectDiffers) and each.key == index.index_key:
            raise each


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    copy: Copy
    event: Event


@dataclass(frozen=True, slots=True)
class _StoreDeposit:
    """The way of one package into one store."""

    load: _Load
    store: Store
    check: Check
    advance: Callable[[int], None]
    sleep: Callable[[float], None]
    one_at_a_time: Lock

    def is_done(self) -> bool:
        """Whether an earlier run has finished this copy; nothing is written. ObjectDiffers where the index is not ours,
        or what it lists is not there."""
        return retried(self._index_is_there, sleep=self.sleep)

    def run(self, clock: Clock, finished: bool) -> _Done:
        """Each step is tried again on its own where that can help; each finds what an attempt before it left."""
        index = self.load.index
        if finished:
            how = "found whole, read back by an earlier run"
            self.advance(2 * index.stored_bytes)
        else:
            ours = self._put_objects()
            self.advance(index.stored_bytes)
            retried(lambda: self._read_back(ours), sleep=self.sleep)
            retried(self._put_index, sleep=self.sleep)
            how = "written and read back whole" if ours else "found without index, read back whole"
        now = clock.now()
        copy = Copy(
            store=self.store.name,
            tar_key=index.tar_key,
            bytes_read_back=index.stored_bytes,
            deposited_at=now.isoformat(),
        )
        size = index.stored_bytes
        detail = f"store={self.store.name}; url={self.store.url}; key={index.tar_key}; bytes={size}; {how}"
        return _Done(copy=copy, event=_event(EventKind.REPLICATION, index, clock, detail))

    def _index_is_there(self) -> bool:
        """Whether an earlier run has finished this copy. ObjectDiffers where the index is not ours."""
        key = self.load.index.index_key
        size = self.store.size(key)
        if size is None:
            return False
        if size != len(self.load.index_bytes) or b"".join(self.store.read(key)) != self.load.index_bytes:
            raise self._occupied(key, message("deposit_other_package"), message("deposit_rebuild"))
        for each in self.load.index.objects:
            there = self.store.size(self.load.key(each))
            if there != each.size:
                found = message("deposit_object_other", size=there, had=each.size)
                raise self._occupied(self.load.key(each), found, message("deposit_move"))
        return True

    def _put_objects(self) -> bool:
        """Whether we wrote all of them, in their order, each tried again on its own."""
        written = [retried(partial(self._put, each), sleep=self.sleep) for each in self.load.index.objects]
        return all(written)

    def _put(self, each: StoredObject) -> bool:
        """Whether we wrote it; False where something lies there already, which is read back before it counts."""
        key = self.load.key(each)
        if self.store.size(key) is not None:
            return False
        try:
            # A store may share the file's bytes where no other does yet: two that look at once would both share them,
            # and the two copies would be the same sectors of one disk.
            with self.one_at_a_time:
                self.store.put(key, self.load.file(each))
        except ObjectExists:
            return False
        return True

    def _read_back(self, ours: bool) -> None:
        index = self.load.index
        report = self.check(index, self.store)
        if (report.package_id, report.version, report.store) != (index.package_id, index.version, self.store.name):
            raise HouseError(message("deposit_other_read", package=index.package_id, store=self.store.name))
        if report.result is FixityResult.OK:
            if report.bytes_read < index.stored_bytes:
                raise HouseError(
                    message("deposit_partly_read", read=report.bytes_read, had=index.stored_bytes, key=index.tar_key)
                )
            return
        raise self._not_whole(report, ours)

    def _not_whole(self, report: FixityReport, ours: bool) -> StorageError | SourceChanged:
        index, store = self.load.index, self.store.name
        said = {"package": index.package_id, "store": store, "faults": told(report)}
        where = {"store": store, "key": index.tar_key}
        if report.result is FixityResult.COULD_NOT_TELL:
            return StorageUnavailable(message("copy_not_read_back", **said), **where)
        if report.result is FixityResult.UNREADABLE:
            return StorageError(message("copy_written_unreadable", key=index.tar_key, **said), **where)
        if not ours:
            return self._occupied(
                index.tar_key, message("deposit_stranger", faults=told(report)), message("deposit_move")
            )
        ourselves = LooseFilesStore({self.load.key(each): self.load.file(each) for each in index.objects})
        if self.check(index, ourselves).result is not FixityResult.OK:
            return SourceChanged(message("package_damaged", package=index.package_id, store=store, key=index.tar_key))
        return CopyMismatch(message("copy_written_differs", key=index.tar_key, **said), **where)

    def _put_index(self) -> None:
        """Writes the index, unless it is there, and reads it back."""
        key = self.load.index.index_key
        try:
            self.store.put_bytes(key, self.load.index_bytes)
        except ObjectExists:
            if self._index_is_there():
                return
        if b"".join(self.store.read(key)) != self.load.index_bytes:
            raise CopyMismatch(
                message("deposit_index_differs", store=self.store.name, key=key), store=self.store.name, key=key
            )

    def _occupied(self, key: str, found: Message, remedy: Message) -> ObjectDiffers:
        return ObjectDiffers(
            message("deposit_occupied", store=self.store.name, key=key, found=found, remedy=remedy),
            store=self.store.name,
            key=key,
        )


def told(report: FixityReport) -> tuple[Message, ...]:
    """The first of what is wrong, by member."""
    return tuple(message("copy_fault_of", path=fault.path, reason=fault.reason) for fault in report.faults[:_MOST_TOLD])


def _raise_gravest(errors: list[PipelineError]) -> None:
    """Raises the first error that trying again would not mend, else the first, and tells of the others in it."""
    if not errors:
        return
    gravest = next((error for error in errors if not error.retryable), errors[0])
    others = tuple(why(error) for error in errors if error is not gravest)
    if others and isinstance(gravest, StorageError):
        said = message("several_stores", all=(why(gravest), *others))
        raise type(gravest)(said, store=gravest.store, key=gravest.key) from gravest
    raise gravest


def _ingestion(index: PackageIndex, copies: tuple[Copy, ...], clock: Clock) -> Event:
    names = ", ".join(copy.store for copy in copies)
    return _event(EventKind.INGESTION, index, clock, f"copies={len(copies)}; stores={names}")


def _event(kind: EventKind, index: PackageIndex, clock: Clock, detail: str) -> Event:
    agent = Agent(name="lantai", version=__version__)
    return Event(
        kind=kind, at=clock.now(), agent=agent, outcome=Outcome.SUCCESS, objects=(index.package_id,), detail=detail
    )
