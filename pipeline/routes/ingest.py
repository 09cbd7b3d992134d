"""The main road: a delivery surveyed, taken in, told about, finished record by record."""

import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.domain.findings import Finding, Severity
from pipeline.domain.outcomes import IngestReport, Outcome, State
from pipeline.domain.records import DeliveryPlan, PlannedRecord
from pipeline.errors import ExitCode, StorageFull, UsageError
from pipeline.ports import Progress, Runner
from pipeline.profiles import Profile
from pipeline.routes.breaker import Breaker
from pipeline.routes.ending import is_read
from pipeline.routes.ingest_services import IngestServices
from pipeline.routes.record import TakenIn, finish, take_in
from pipeline.stages.survey import survey

RESERVE = 256 * 2**20
"""Bytes that stay free on the workspace's disk."""


def ingest(
    delivery: Path,
    *,
    services: IngestServices,
    runner: Runner,
    progress: Progress,
    announce: Callable[[DeliveryPlan, tuple[Finding, ...]], None],
) -> IngestReport:
    """Takes in the delivery and deposits what is good.

    `announce` is called once, when the whole delivery has been read and before anything is derived, with all
    that is wrong with it. May be run again at any time: what is done stays, what was mended or cut off goes on.
    Raises RegisterBusy where another process takes in the same folder, UsageError where the archive home lies in it,
    StorageFull before anything is copied, when what the survey found has been told.
    """
    if services.workspace.root.resolve().is_relative_to(delivery.resolve()):
        raise UsageError(
            f"档案库在移交文件夹之内（{services.workspace.root}），会把自己也当作移交材料；请把两者分开放 · "
            f"the archive home lies inside the delivery ({services.workspace.root}): keep them apart"
        )
    with services.workspace.delivery(delivery):
        return _ingest(delivery, services, runner, progress, announce)


def _ingest(
    delivery: Path,
    services: IngestServices,
    runner: Runner,
    progress: Progress,
    announce: Callable[[DeliveryPlan, tuple[Finding, ...]], None],
) -> IngestReport:
    plan = survey(delivery, profile=services.profile)
    try:
        _refuse_full_disk(plan, services)
    except StorageFull:
        announce(plan, tuple(f for record in plan.records for f in record.findings))
        raise
    ended, taken = _take_in_all(plan, delivery, services, runner, progress)
    announce(plan, tuple(f for outcome in ended.values() for f in outcome.findings) + _findings(taken))
    ended |= _finish_all(taken, services, runner, progress)
    order = {record.description.row: number for number, record in enumerate(plan.records)}
    return IngestReport(
        batch=plan.batch,
        outcomes=tuple(sorted(ended.values(), key=lambda o: order[o.row])),
        findings=plan.findings,
        ignored=plan.ignored,
    )


def _take_in_all(
    plan: DeliveryPlan, delivery: Path, services: IngestServices, runner: Runner, progress: Progress
) -> tuple[dict[int, Outcome], list[TakenIn]]:
    total = sum(file.size for record in plan.records for file in record.files)
    ended: dict[int, Outcome] = {}
    taken: list[TakenIn] = []
    with progress.phase("接收、鉴别 · receive, identify", total, "bytes") as advance:

        def work(planned: PlannedRecord) -> Outcome | TakenIn:
            return take_in(planned, delivery=delivery, batch=plan.batch, services=services, advance=advance)

        for result in runner.map(work, plan.records):
            if isinstance(result, Outcome):
                ended[result.row] = result
            else:
                taken.append(result)
    taken.sort(key=lambda t: t.planned.description.row)
    return ended, taken


def _findings(taken: list[TakenIn]) -> tuple[Finding, ...]:
    return tuple(f for item in taken for f in item.findings)


def _finish_all(
    taken: list[TakenIn], services: IngestServices, runner: Runner, progress: Progress
) -> dict[int, Outcome]:
    ended: dict[int, Outcome] = {}
    with progress.phase(
        "转换、著录、封装、入库 · normalise, describe, package, deposit", len(taken), "records"
    ) as advance:
        breaker = Breaker()

        def work(item: TakenIn) -> Outcome:
            return breaker.guard(item, lambda: finish(item, services=services, advance=lambda _: None), services)

        for outcome in runner.map(work, taken):
            ended[outcome.row] = outcome
            advance(1)
    return ended


def _refuse_full_disk(plan: DeliveryPlan, services: IngestServices) -> None:
    """Better now, with the figures, than in the middle of the night."""
    pending = {
        record.description.package_id: sum(file.size for file in record.files)
        for record in plan.records
        if is_read(record, services.profile) and services.register.index(record.description.package_id) is None
    }
    there = sum(min(size, services.workspace.occupied(package_id)) for package_id, size in pending.items())
    need = sum(pending.values()) - there + 2 * max(pending.values(), default=0) + RESERVE
    services.workspace.root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(services.workspace.root).free
    if free < need:
        root, wanted, left = services.workspace.root, f"{need / 2**20:,.0f} MiB", f"{free / 2**20:,.0f} MiB"
        raise StorageFull(
            f"工作区磁盘空间不足（{root}）：需要 {wanted}，剩余 {left}；请腾出空间，或分批移交 · "
            f"the workspace's disk ({root}) has {left} free and {wanted} are needed: free some, or deliver in parts"
        )


def exit_code(report: IngestReport, profile: Profile) -> ExitCode:
    """The gravest end decides: a failed store or tool, rejected material, a waiting question, done."""
    failures = [ExitCode(o.exit_code) for o in report.outcomes if o.state is State.FAILED]
    if failures:
        return ExitCode.STORAGE if ExitCode.STORAGE in failures else failures[0]
    rejected = any(profile.severity(f.code) is Severity.ERROR for f in report.findings)
    if rejected or report.count(State.HELD):
        return ExitCode.MATERIAL_REJECTED
    return ExitCode.HELD if report.count(State.WAITING) else ExitCode.DONE
