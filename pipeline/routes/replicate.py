"""补存副本: every registered version into the stores that lack it, byte for byte, out of one that holds it whole.

For a store that was added later, one that lost something, and what a rebuild found in one store of two. Nothing is
overwritten: where something else lies under the key, that store is told of and left as it is.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import __version__
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import Copy, FixityReport, FixityResult, PackageIndex
from pipeline.errors import CopyMismatch, ObjectDiffers, PipelineError, StorageError
from pipeline.line.adopting import bring, refuse_shared
from pipeline.ports import Clock, Progress, Register, Store
from pipeline.stages.audit import audit
from pipeline.stages.deposit import told
from pipeline.stores.right_store import make_known
from pipeline.stores.twins import refuse_twins
from pipeline.stores.wrappers import Retrying, Sleep
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """What came of one version in one store that lacked it: `source` is the store that its copy was made from, empty
    where it lay there whole and only the register did not know; `error` why there is no copy, None where there is."""

    package_id: str
    version: int
    store: str
    source: str = ""
    error: Message | None = None


def replicate(
    wanted: Iterable[tuple[str, int]] | None,
    *,
    stores: tuple[Store, ...],
    register: Register,
    workspace: Workspace,
    clock: Clock,
    progress: Progress,
    sleep: Sleep = time.sleep,
) -> tuple[Replicated, ...]:
    """The versions (all where None) into the stores that lack them; what was there already is not among the results.

    Raises StorageError where two stores are one, Busy where another process is at it. What fails costs that copy, and
    the others go on.
    """
    refuse_twins(stores)
    stores = tuple(Retrying(store, sleep=sleep) for store in stores)
    work = _Replication(stores, register, workspace.of("replicate"), clock)
    done: list[Replicated] = []
    with work.workspace.alone("replicate"):
        versions = list(_versions(register) if wanted is None else wanted)
        with progress.phase("补存副本 · replicate", len(versions), "packages") as advance:
            for package_id, version in versions:
                index = register.index(package_id, version)
                if index is not None:
                    done += work.of(index)
                advance(1)
    return tuple(done)


def _versions(register: Register) -> Iterator[tuple[str, int]]:
    return ((package_id, version) for package_id, version, _ in register.all_versions())


class _Replication:
    """One run; what its steps share."""

    def __init__(self, stores: tuple[Store, ...], register: Register, workspace: Workspace, clock: Clock) -> None:
        self.stores, self.register, self.workspace, self.clock = stores, register, workspace, clock

    def of(self, index: PackageIndex) -> list[Replicated]:
        """One version, in every store that lacks it."""
        done, lacking = [], []
        for store in self.stores:
            try:
                if not _lies_there(index, store):
                    lacking.append(store)
                elif not self.register.has_copy(index.package_id, index.version, store.name):
                    self._note_found(index, store)
                    done.append(_done(index, store))
            except PipelineError as error:
                done.append(_done(index, store, error=error))
        return done + (self._copy(index, lacking) if lacking else [])

    def _copy(self, index: PackageIndex, lacking: list[Store]) -> list[Replicated]:
        sources = [store for store in self.stores if store not in lacking]
        with self.workspace.record(index.package_id) as work:
            try:
                folder = work.fresh_folder("fetched")
                source = self._bring(index, sources, folder)
            except PipelineError as error:
                return [_done(index, store, error=error) for store in lacking]
            done = []
            for store in lacking:
                try:
                    self._put(index, folder, store, source)
                    done.append(_done(index, store, source=source))
                except PipelineError as error:
                    done.append(_done(index, store, error=error))
        self.workspace.discard(index.package_id)
        return done

    def _bring(self, index: PackageIndex, sources: list[Store], folder: Path) -> str:
        """The version out of the first store that gives it whole; its name. Raises the last store's error."""
        last: PipelineError = StorageError(message("no_copy_to_replicate", package=index.package_id))
        for store in sources:
            try:
                bring(index, store, folder, check=self._read)
            except PipelineError as error:
                last = error
            else:
                return store.name
        raise last

    def _put(self, index: PackageIndex, folder: Path, store: Store, source: str) -> None:
        """What the store lacks, read back whole, the index last."""
        make_known(store, self.register, others=self.stores)
        for each in index.objects:
            key = f"{index.folder}{each.key}"
            if store.size(key) is None:
                store.put(key, folder / each.key)
        report = self._read(index, store)
        if report.result is not FixityResult.OK:
            said = message(
                "copy_written_differs",
                package=index.package_id,
                store=store.name,
                key=index.tar_key,
                faults=told(report),
            )
            raise CopyMismatch(said, store=store.name, key=index.tar_key)
        if store.size(index.index_key) is None:
            store.put_bytes(index.index_key, index.written)
        self._note_found(index, store, how=f"copied from store {source}")

    def _note_found(self, index: PackageIndex, store: Store, *, how: str = "found whole") -> None:
        """A copy that lies there: read whole, its index too, then registered with the audit that this was."""
        report = audit(index, store=store, clock=self.clock, advance=_unwatched)
        if report.result is not FixityResult.OK:
            said = message("copy_there_not_whole", package=index.package_id, store=store.name, faults=told(report))
            raise ObjectDiffers(said, store=store.name, key=index.tar_key)
        refuse_shared(index, self.stores)
        now = self.clock.now()
        copy = Copy(
            store=store.name,
            tar_key=index.tar_key,
            bytes_read_back=index.stored_bytes,
            deposited_at=now.isoformat(),
        )
        event = Event(
            kind=EventKind.REPLICATION,
            at=now,
            agent=Agent(name="lantai", version=__version__),
            outcome=Outcome.SUCCESS,
            objects=(index.package_id,),
            detail=f"store={store.name}; url={store.url}; key={index.tar_key}; bytes={index.stored_bytes}; {how}",
        )
        self.register.add_version(index, (copy,), (event,), source_state="")
        self.register.add_audit(report)

    def _read(self, index: PackageIndex, store: Store) -> FixityReport:
        return audit(index, store=store, clock=self.clock, advance=_unwatched, index_expected=False)


def _lies_there(index: PackageIndex, store: Store) -> bool:
    """Whether index and objects are there, whatever they hold."""
    keys = (index.index_key, *(f"{index.folder}{each.key}" for each in index.objects))
    return all(store.size(key) is not None for key in keys)


def _done(index: PackageIndex, store: Store, *, source: str = "", error: PipelineError | None = None) -> Replicated:
    said = None if error is None else error.message
    return Replicated(package_id=index.package_id, version=index.version, store=store.name, source=source, error=said)


def _unwatched(_: int) -> None:
    """Packages are counted here, not bytes."""
