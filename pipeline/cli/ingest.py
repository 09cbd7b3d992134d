"""`lantai ingest`: a delivery from receipt to deposit, with everything that is wrong with it."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import open_archive
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console
from pipeline.cli.delivered import DeliveryScreen
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.reporting import Reported, is_worth_it, write_reports
from pipeline.domain.messages import message
from pipeline.domain.outcomes import IngestReport, State
from pipeline.errors import UsageError
from pipeline.line.services import IngestServices
from pipeline.ports import Ledger
from pipeline.routes.ingest import ingest
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_services


def command(
    delivery: Annotated[Path, Parameter(help="移交文件夹 · the delivery's folder")],
    /,
    *,
    profile: Annotated[str, Parameter(help="规则集的名称或 .toml 文件 · a profile's name or .toml file")] = "",
    depositor: Annotated[str, Parameter(name="--from", help="移交单位 · who hands it in")] = "",
    contact: Annotated[str, Parameter(name="--by", help="移交责任人 · who answers for it there")] = "",
    report_to: Annotated[
        Path | None, Parameter(name="--report", help="检查报告写入的文件夹 · the folder for the reports")
    ] = None,
    common: Common = NO_OPTIONS,
) -> int:
    """接收一批移交 · Take in a delivery, from receipt to deposit.

    可随时重新运行：已入库的不变，改正的和中断的接着做。 May be run again at any time: what is stored stays, what was
    mended or interrupted goes on.
    """
    console = Console(common)
    if not delivery.is_dir():
        raise UsageError(message("no_such_folder", folder=delivery))
    with (
        open_archive(common.home, run="ingest", arguments=sys.argv[1:]) as archive,
        open_services(archive, profile_name=profile) as services,
    ):
        printer = FindingPrinter(console, services.profile)
        screen = DeliveryScreen(console, printer, services.ledger)
        report = ingest(
            delivery.absolute(),
            services=services,
            runner=ThreadRunner(archive.home.records),
            progress=BarProgress(),
            announce=screen.announce,
            depositor=depositor,
            contact=contact,
        )
        counts = None if console.json else screen.end(report.run)
        below = archive.home.root / "reports" / report.batch / str(report.run)
        names = reported(console, screen, report, services, delivery.absolute(), report_to, below)
        if counts is None:
            console.emit({**for_machines(report, services.ledger, printer), "reports": names})
        else:
            if any(counts[state] for state in (State.HELD, State.WAITING, State.FAILED)):
                console.tell(message("mend_and_run_again"))
    return report.exit_code


def reported(
    console: Console,
    screen: DeliveryScreen,
    report: IngestReport,
    services: IngestServices,
    folder: Path,
    asked: Path | None,
    below: Path,
) -> tuple[str, ...]:
    """Writes the reports where asked, or `below` where there is something to tell; the paths of what was written."""
    if screen.seen is None:
        return ()
    seen = Reported(run=report.run, folder=folder, delivery=screen.seen[0], surveyed=screen.seen[1], services=services)
    if asked is None and not is_worth_it(seen):
        return ()
    target = asked or below
    return tuple(str(target / name) for name in write_reports(console, seen, target))


def for_machines(report: IngestReport, ledger: Ledger, printer: FindingPrinter) -> dict[str, object]:
    """The whole run."""
    outcomes = tuple(ended.outcome for ended in ledger.outcomes(report.run))
    found = report.findings + tuple(f for outcome in outcomes for f in outcome.findings)
    return {
        "report": {
            "batch": report.batch,
            "outcomes": outcomes,
            "findings": report.findings,
            "ignored": report.ignored,
        },
        "texts": printer.texts_of(found),
        "exit_code": report.exit_code,
    }
