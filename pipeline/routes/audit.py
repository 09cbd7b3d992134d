"""Fixity of every copy in every store: all bytes read again, every result noted."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pipeline.domain.packages import FixityFault, FixityReport, FixityResult, PackageIndex
from pipeline.errors import RegisterError
from pipeline.ports import Clock, Progress, Register, Runner, Store
from pipeline.stages.audit import audit as audit_copy

Wanted = frozenset[tuple[str, int]] | None
"""Package identifiers and versions; None for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyToRead:
    """One copy that is to be read: the index it must agree with, and the store it lies in."""

    index: PackageIndex
    store: str


def audit(
    packages: Iterable[tuple[str, int]] | None,
    *,
    stores: tuple[Store, ...],
    register: Register,
    clock: Clock,
    runner: Runner,
    progress: Progress,
) -> tuple[FixityReport, ...]:
    """Reads every byte of every copy of the packages (all where None), in order of package and store.

    A copy in a store that the settings no longer name is reported as "could not tell", a package of which a store
    never got a copy as missing there. Every report of a copy is noted in the register as soon as it is made.
    """
    by_name = {store.name: store for store in stores}
    wanted = None if packages is None else frozenset(packages)
    reports = []
    total = _bytes_to_read(wanted, register, by_name.keys())
    with progress.phase("核对固化信息 · fixity", total, "bytes") as advance:

        def work(task: CopyToRead) -> FixityReport:
            store = by_name.get(task.store)
            if store is None:
                return _unknown_store(task, clock)
            return audit_copy(task.index, store=store, clock=clock, advance=advance)

        for report in runner.map(work, _copies(wanted, register)):
            register.audited(report)
            reports.append(report)
    reports += _never_deposited(wanted, register, tuple(by_name), clock)
    return tuple(sorted(reports, key=lambda r: (r.package_id, r.version, r.store)))


def _chosen(wanted: Wanted, register: Register) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    for package_id, version, stores in register.all_versions():
        if wanted is None or (package_id, version) in wanted:
            yield package_id, version, stores


def _copies(wanted: Wanted, register: Register) -> Iterator[CopyToRead]:
    """One by one: the indexes of a county's packages together would fill the memory."""
    for package_id, version, stores in _chosen(wanted, register):
        index = register.index(package_id, version)
        if index is None:
            raise RegisterError(f"{package_id} v{version:04d} is listed without an index: run `lantai rebuild`")
        for store in stores:
            yield CopyToRead(index=index, store=store)


def _bytes_to_read(wanted: Wanted, register: Register, known: AbstractSet[str]) -> int:
    """For the progress bar: the payloads' bytes in the stores that can be read."""
    sizes = {row.package_id: row.payload_bytes for row in register.packages()}
    return sum(
        sizes.get(package_id, 0) * len(known & set(stores)) for package_id, _, stores in _chosen(wanted, register)
    )


def _unknown_store(task: CopyToRead, clock: Clock) -> FixityReport:
    reason = (
        f"设置中没有存储 {task.store}；请在 lantai.toml 中恢复它，或重建登记 · "
        f"the settings name no store {task.store!r}: add it to lantai.toml again, or rebuild the register"
    )
    return _unread(task.index.package_id, task.index.version, task.store, FixityResult.COULD_NOT_TELL, reason, clock)


def _never_deposited(
    wanted: Wanted, register: Register, stores: tuple[str, ...], clock: Clock
) -> Iterator[FixityReport]:
    """Stores that were added to the settings later: nothing there was changed, and yet a copy is lacking."""
    reason = (
        "登记中没有这份副本；请把另一存储的全部内容复制到此存储，然后运行 lantai rebuild · "
        "the register knows of no copy here: copy all that another store holds into this one, then run `lantai rebuild`"
    )
    for package_id, version, there in _chosen(wanted, register):
        for store in stores:
            if store not in there:
                yield _unread(package_id, version, store, FixityResult.MISSING, reason, clock)


def _unread(package_id: str, version: int, store: str, result: FixityResult, reason: str, clock: Clock) -> FixityReport:
    """What is told of a copy without reading it."""
    now = clock.now().isoformat()
    return FixityReport(
        package_id=package_id,
        version=version,
        store=store,
        result=result,
        bytes_read=0,
        started_at=now,
        ended_at=now,
        faults=(FixityFault(result=result, path="", reason=reason),),
    )
