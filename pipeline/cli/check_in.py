"""`lantai check-in`: everything that ingest would say of a delivery, without a home and without taking it in."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console
from pipeline.cli.delivered import DeliveryScreen
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.ingest import for_machines, reported
from pipeline.domain.messages import message
from pipeline.domain.outcomes import State
from pipeline.errors import UsageError
from pipeline.line.looking import LOOKING
from pipeline.routes.ingest import ingest
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_checking


def command(
    delivery: Annotated[Path, Parameter(help="移交文件夹 · the delivery's folder")],
    /,
    *,
    profile: Annotated[str, Parameter(help="规则集的名称或 .toml 文件 · a profile's name or .toml file")] = "",
    fonds: Annotated[str, Parameter(help="档号未写全宗号时所用 · the fonds of rows that name none")] = "",
    report_to: Annotated[
        Path | None, Parameter(name="--report", help="检查报告写入的文件夹 · the folder for the reports")
    ] = None,
    common: Common = NO_OPTIONS,
) -> int:
    """移交前检查：逐件读到末尾，不入库 · Check a delivery before it is handed in: every file read, nothing stored.

    不需要保存库，不改动移交文件夹；退出码与 ingest 相同。 Needs no home and does not touch the delivery; its exit codes
    are those of ingest.
    """
    console = Console(common)
    if not delivery.is_dir():
        raise UsageError(message("no_such_folder", folder=delivery))
    with open_checking(profile_name=profile, fonds=fonds) as (services, workers):
        printer = FindingPrinter(console, services.profile)
        screen = DeliveryScreen(console, printer, services.ledger)
        report = ingest(
            delivery.absolute(),
            services=services,
            runner=ThreadRunner(workers),
            progress=BarProgress(),
            announce=screen.announce,
            line=LOOKING,
        )
        counts = None if console.json else screen.end(report.run)
        below = _beside(delivery.absolute(), report.batch, services.clock.now())
        names = reported(console, screen, report, services, delivery.absolute(), report_to, below)
        if counts is None:
            console.emit({**for_machines(report, services.ledger, printer), "reports": names})
        else:
            bad = any(counts[state] for state in (State.HELD, State.WAITING)) or report.exit_code
            console.tell(message("mend_before_delivering") if bad else message("checked_only"))
    return report.exit_code


def _beside(delivery: Path, batch: str, now: datetime) -> Path:
    """A folder below the one where the command was typed; beside the delivery where that one is the delivery's own."""
    here = Path.cwd()
    if here.is_relative_to(delivery.resolve()):
        here = delivery.resolve().parent
    return here / "lantai-reports" / batch / f"{now.astimezone():%Y%m%d-%H%M%S}"
