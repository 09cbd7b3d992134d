"""Fixity of every copy in every store: all bytes read again, every result noted."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.packages import FixityFault, FixityReport, FixityResult, PackageIndex
from pipeline.errors import UsageError
from pipeline.ports import Clock, Progress, Register, Runner, Store
from pipeline.stages.audit import audit as audit_copy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
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

    A copy in a store that the settings no longer name is reported as "could not tell". Every report is noted in
    the register as soon as it is made.
    """
    by_name = {store.name: store for store in stores}
    tasks = _tasks(packages, register)
    total = sum(task.index.tar_size for task in tasks if task.store in by_name)
    reports = []
    with progress.phase("核对固化信息 · fixity", total, "bytes") as advance:

        def work(task: _Task) -> FixityReport:
            store = by_name.get(task.store)
            if store is None:
                return _unknown_store(task, clock)
            return audit_copy(task.index, store=store, clock=clock, advance=advance)

        for report in runner.map(work, tasks):
            register.audited(report)
            reports.append(report)
    return tuple(sorted(reports, key=lambda r: (r.package_id, r.version, r.store)))


def _tasks(packages: Iterable[tuple[str, int]] | None, register: Register) -> list[_Task]:
    wanted = None if packages is None else set(packages)
    tasks = []
    for package_id, version, stores in register.all_versions():
        if wanted is not None and (package_id, version) not in wanted:
            continue
        index = register.index(package_id, version)
        if index is None:
            raise UsageError(f"{package_id} v{version:04d} is listed without an index: run `lantai rebuild`")
        tasks += [_Task(index=index, store=store) for store in stores]
    return tasks


def _unknown_store(task: _Task, clock: Clock) -> FixityReport:
    now = clock.now().isoformat()
    reason = f"the settings name no store {task.store!r}: add it to lantai.toml again, or rebuild the register"
    return FixityReport(
        package_id=task.index.package_id,
        version=task.index.version,
        store=task.store,
        result=FixityResult.COULD_NOT_TELL,
        bytes_read=0,
        started_at=now,
        ended_at=now,
        faults=(FixityFault(result=FixityResult.COULD_NOT_TELL, path="", reason=reason),),
    )
