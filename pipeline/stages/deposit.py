"""入库: the finished package into every store: tar, read back whole and compared, index last.

The index in a store is the mark of a copy that was read back. So a run that was killed goes on where it stopped:
a copy with its index is done, a tar without one is read back before it counts, and nothing is overwritten. What a
store's answer is worth is left to nobody: only what was read from it counts.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from pipeline import __version__
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.packages import Copy, Deposited, FixityReport, FixityResult, Packaged, PackageIndex
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

Check = Callable[[PackageIndex, Store], FixityReport]

_REGISTER = "`lantai rebuild` registers what the stores hold; then run this again"
_MOVE = "Check that medium, move the package's folder out of the store, then run this again"


def deposit(
    packaged: Packaged,
    *,
    folder: Path,
    stores: tuple[Store, ...],
    check: Check,
    clock: Clock,
    advance: Callable[[int], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Step[Deposited]:
    """A copy in every store, read back whole by `check`; the events are one replication per store and the ingestion.

    `folder` holds the tar and `<bag name>.index.json`. `check` reads a store's tar against the index, all its bytes.
    `advance` is told the tar's bytes once per store when it is there (and again for what `check` did not have to
    read). Every store is tried before an error is raised; a later run does only what is missing. Raises CopyMismatch
    (what was read back is not what was written), ObjectDiffers (something else lies there), StorageUnavailable
    after the last attempt, SourceChanged (the workspace was touched), UsageError (no store, or two of one name).
    """
    if not stores or len({store.name for store in stores}) < len(stores):
        raise UsageError("a deposit needs at least one store, and no two of the same name")
    load = _Load.of(packaged, folder)
    one_at_a_time = Lock()

    def attempt(store: Store) -> "_Done | PipelineError":
        try:
            return _StoreDeposit(load, store, check, advance, sleep, one_at_a_time).run(clock)
        except PipelineError as error:
            return error

    with ThreadPoolExecutor(len(stores), thread_name_prefix="deposit") as pool:
        ends = list(pool.map(attempt, stores))
    done = tuple(end for end in ends if isinstance(end, _Done))
    _raise_gravest([end for end in ends if isinstance(end, PipelineError)])
    copies = tuple(each.copy for each in done)
    events = (*(each.event for each in done), _ingestion(load.index, copies, clock))
    return Step(value=Deposited(index=load.index, copies=copies), events=events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What goes into every store."""

    index: PackageIndex
    tar: Path
    index_bytes: bytes

    @classmethod
    def of(cls, packaged: Packaged, folder: Path) -> "_Load":
        index, tar = packaged.index, folder / packaged.index.tar_name
        try:
            index_bytes = (folder / index.index_name).read_bytes()
            size = tar.stat().st_size
        except FileNotFoundError as error:
            raise SourceChanged(f"the finished package of {index.package_id} is gone from {folder}: {error}") from error
        if size != index.tar_size:
            raise SourceChanged(f"{tar} has {size} bytes and was finished with {index.tar_size}: it was touched since")
        return cls(index=index, tar=tar, index_bytes=index_bytes)


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

    def run(self, clock: Clock) -> _Done:
        """Each step is tried again on its own where that can help; each finds what an attempt before it left."""
        index = self.load.index
        if retried(self._index_is_there, sleep=self.sleep):
            how = "found whole, read back by an earlier run"
            self.advance(2 * index.tar_size)
        else:
            ours = retried(self._put_tar, sleep=self.sleep)
            self.advance(index.tar_size)
            retried(lambda: self._read_back(ours), sleep=self.sleep)
            retried(self._put_index, sleep=self.sleep)
            how = "written and read back whole" if ours else "found without index, read back whole"
        now = clock.now()
        copy = Copy(
            store=self.store.name,
            tar_key=index.tar_key,
            bytes_read_back=index.tar_size,
            deposited_at=now.isoformat(),
        )
        detail = f"store={self.store.name}; url={self.store.url}; key={index.tar_key}; bytes={index.tar_size}; {how}"
        return _Done(copy=copy, event=_event(EventKind.REPLICATION, index, clock, detail))

    def _index_is_there(self) -> bool:
        """Whether an earlier run has finished this copy. ObjectDiffers where the index is not ours."""
        key = self.load.index.index_key
        size = self.store.size(key)
        if size is None:
            return False
        if size != len(self.load.index_bytes) or b"".join(self.store.read(key)) != self.load.index_bytes:
            raise self._occupied(key, "another package is stored there already", _REGISTER)
        tar_size = self.store.size(self.load.index.tar_key)
        if tar_size != self.load.index.tar_size:
            was = "is missing" if tar_size is None else f"has {tar_size} bytes instead of {self.load.index.tar_size}"
            raise self._occupied(self.load.index.tar_key, f"its index is there, but the tar {was}", _MOVE)
        return True

    def _put_tar(self) -> bool:
        """Whether we wrote it; False where something lies there already, which is read back before it counts."""
        if self.store.size(self.load.index.tar_key) is not None:
            return False
        try:
            # A store may share the file's bytes where no other does yet: two that look at once would both share them,
            # and the two copies would be the same sectors of one disk.
            with self.one_at_a_time:
                self.store.put(self.load.index.tar_key, self.load.tar)
        except ObjectExists:
            return False
        return True

    def _read_back(self, ours: bool) -> None:
        index = self.load.index
        report = self.check(index, self.store)
        if (report.package_id, report.version, report.store) != (index.package_id, index.version, self.store.name):
            raise HouseError(f"another copy was read back than that of {index.package_id} in {self.store.name}")
        if report.result is FixityResult.OK:
            if report.bytes_read < index.tar_size:
                raise HouseError(f"{report.bytes_read} of {index.tar_size} bytes of {index.package_id} were read back")
            return
        raise self._not_whole(report, ours)

    def _not_whole(self, report: FixityReport, ours: bool) -> StorageError | SourceChanged:
        index = self.load.index
        what = "; ".join(f"{fault.path or 'tar'}: {fault.reason}" for fault in report.faults[:5]) or str(report.result)
        where = {"store": self.store.name, "key": index.tar_key}
        if report.result is FixityResult.COULD_NOT_TELL:
            return StorageUnavailable(
                "存储暂时没有应答，这份副本不算入库，请稍后再运行 · "
                f"{index.package_id} could not be read back from the store {self.store.name} ({what}): it does not "
                "count as deposited; run this again when the store answers",
                **where,
            )
        if report.result is FixityResult.UNREADABLE:
            return StorageError(
                "写入的副本读不出来，不算入库，请检查该介质，把这个包的文件移出后再运行 · "
                f"{index.package_id} cannot be read back from the store {self.store.name} ({what}): it does not count "
                f"as deposited. Check that medium; move {index.tar_key} out of it, then run this again",
                **where,
            )
        if not ours:
            found = f"a tar without index is there, and it is not this package ({what})"
            return self._occupied(index.tar_key, found, f"It was never counted as deposited. {_MOVE}")
        if self.check(index, LooseFilesStore({index.tar_key: self.load.tar})).result is not FixityResult.OK:
            return SourceChanged(
                f"{index.package_id} 的包在工作区中已损坏，不算入库；请把存储 {self.store.name} 中的 {index.tar_key} "
                "移出后再运行，会重新制作 · "
                f"the finished package of {index.package_id} was damaged in the workspace, so it does not count as "
                f"deposited. Move {index.tar_key} out of the store {self.store.name}, then run this again: it will be "
                "made anew"
            )
        return CopyMismatch(
            "读回的内容与写入的不一致，这份副本不算入库，请检查该介质，把这个包的文件移出后再运行 · "
            f"what the store {self.store.name} gave back of {index.package_id} is not what was written ({what}): it "
            f"does not count as deposited. Check that medium; move {index.tar_key} out of it, then run this again",
            **where,
        )

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
                f"what the store {self.store.name} gave back of {key} is not what was written: check that medium; "
                "move the package's folder out of it, then run this again",
                store=self.store.name,
                key=key,
            )

    def _occupied(self, key: str, what: str, remedy: str) -> ObjectDiffers:
        return ObjectDiffers(
            "存储中这个位置已有别的内容，未作覆盖 · "
            f"the store {self.store.name}, {key}: {what}. Nothing was overwritten. {remedy}",
            store=self.store.name,
            key=key,
        )


def _raise_gravest(errors: list[PipelineError]) -> None:
    """Raises the first error that trying again would not mend, else the first, and tells of the others in it."""
    if not errors:
        return
    gravest = next((error for error in errors if not error.retryable), errors[0])
    others = [str(error) for error in errors if error is not gravest]
    if others and isinstance(gravest, StorageError):
        message = " · ".join([str(gravest), *others])
        raise type(gravest)(message, store=gravest.store, key=gravest.key) from gravest
    raise gravest


def _ingestion(index: PackageIndex, copies: tuple[Copy, ...], clock: Clock) -> Event:
    names = ", ".join(copy.store for copy in copies)
    return _event(EventKind.INGESTION, index, clock, f"copies={len(copies)}; stores={names}")


def _event(kind: EventKind, index: PackageIndex, clock: Clock, detail: str) -> Event:
    agent = Agent(name="lantai", version=__version__)
    return Event(
        kind=kind, at=clock.now(), agent=agent, outcome=Outcome.SUCCESS, objects=(index.package_id,), detail=detail
    )
