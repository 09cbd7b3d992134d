"""Fixity of every copy in every store: all bytes read again, every result noted."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import takewhile

from pipeline.checks.plan import Plan
from pipeline.domain.messages import Fact, Message, message
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.errors import RegisterError
from pipeline.ports import Clock, Progress, Register, Runner, Store
from pipeline.routes.examine import ExaminedCopy, examine
from pipeline.routes.unlisted import Strangers, Unlisted, report_of, report_of_stray, strangers
from pipeline.stores.right_store import doubt_if_told
from pipeline.stores.twins import shared_with, twins

Wanted = frozenset[tuple[str, int]] | None
"""Package identifiers and versions; None for all."""

PLAN = "audit"
"""The plan of an audit that looks at documents, too."""


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
    plan: Plan | None = None,
) -> tuple[ExaminedCopy, ...]:
    """Reads every byte of every copy of the packages (all where None), in order of package and store.

    Reported as "could not tell": a copy in a store that the settings no longer name, all copies of a store that
    is not the one it was, and, where all are asked for, copies that the register does not know and files that belong
    to no package (under their keys, version 0); as missing: copies that a store never got, and those that are one file
    with another store's. Of two stores that are one, the second is not read: its copies are those of the first. Every
    report of a copy that the register knows is noted there as soon as it is made. `plan` is asked of the documents in
    each copy that was read, and never changes a report.
    """
    by_name = {store.name: store for store in stores}
    same = twins(stores)
    wanted = None if packages is None else frozenset(packages)
    examined: list[ExaminedCopy] = []
    apart = [store for store in stores if store.name not in same]
    strange = Strangers() if wanted is not None else strangers(apart, register)
    total = _bytes_to_read(wanted, register, by_name.keys())
    with progress.phase("核对固化信息 · fixity", total, "bytes") as advance:

        def work(task: CopyToRead) -> ExaminedCopy:
            store = by_name.get(task.store)
            if store is None:
                return _untold(task, clock, _unknown_store(task.store))
            if store.name in same:
                return _untold(task, clock, same[store.name])
            if (other := shared_with(task.index, store, _before(store, stores))) is not None:
                shared = message("copy_is_one_file", store=store.name, other=other.name)
                return _untold(task, clock, shared, FixityResult.MISSING)
            copy = examine(task.index, store=store, plan=plan, clock=clock, advance=advance)
            wrong = doubt_if_told(store, register) if copy.report.result is FixityResult.MISSING else None
            return copy if wrong is None else _untold(task, clock, wrong)

        for copy in runner.map(work, _copies(wanted, register)):
            register.add_audit(copy.report)
            examined.append(copy)
    # Asked again at the end: what another process was storing meanwhile is registered by now.
    unknown = tuple(each for each in strange.copies if not each.is_known(register))
    unread = [report_of(each, clock) for each in unknown]
    unread += [report_of_stray(each, clock) for each in strange.files if each.is_there(stores, register)]
    unread += _never_deposited(wanted, register, tuple(by_name), frozenset(unknown), same, clock)
    examined += [ExaminedCopy(report=report) for report in unread]
    return tuple(sorted(examined, key=lambda e: (e.report.package_id, e.report.version, e.report.store)))


def _chosen(wanted: Wanted, register: Register) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    if wanted is None:
        yield from register.all_versions()
        return
    for package_id, version in sorted(wanted):
        if register.index(package_id, version) is not None:
            yield package_id, version, tuple(copy.store for copy in register.copies(package_id, version))


def _copies(wanted: Wanted, register: Register) -> Iterator[CopyToRead]:
    """One by one: the indexes of a county's packages together would fill the memory."""
    for package_id, version, stores in _chosen(wanted, register):
        index = register.index(package_id, version)
        if index is None:
            raise RegisterError(message("listed_without_index", package=package_id, version=version))
        for store in stores:
            yield CopyToRead(index=index, store=store)


def _bytes_to_read(wanted: Wanted, register: Register, known: AbstractSet[str]) -> int:
    """For the progress bar: the payloads' bytes in the stores that can be read."""
    if wanted is None:
        return register.volume(known)
    return sum(task.index.payload_bytes for task in _copies(wanted, register) if task.store in known)


def _never_deposited(
    wanted: Wanted,
    register: Register,
    stores: tuple[str, ...],
    unknown: frozenset[Unlisted],
    same: Mapping[str, Message],
    clock: Clock,
) -> Iterator[FixityReport]:
    """Stores that were added to the settings later: nothing there was changed, and yet a copy is lacking."""
    now = clock.now().isoformat()
    for package_id, version, there in _chosen(wanted, register):
        for store in stores:
            if store not in there and Unlisted(package_id=package_id, version=version, store=store) not in unknown:
                reason = same.get(store) or message("copy_not_registered")
                yield FixityReport.unread(
                    package_id, version, store, result=FixityResult.MISSING, reason=reason, at=now
                )


def _unknown_store(name: str) -> Message:
    return message("store_not_in_settings", store=name)


def _before(store: Store, stores: tuple[Store, ...]) -> tuple[Store, ...]:
    return tuple(takewhile(lambda each: each is not store, stores))


def _untold(
    task: CopyToRead, clock: Clock, why: Fact, result: FixityResult = FixityResult.COULD_NOT_TELL
) -> ExaminedCopy:
    """What is told of a copy that is not read."""
    index, now = task.index, clock.now().isoformat()
    report = FixityReport.unread(index.package_id, index.version, task.store, result=result, reason=why, at=now)
    return ExaminedCopy(report=report)
