"""`lantai ingest`: a delivery from receipt to deposit, with everything that is wrong with it."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import open_archive
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console, human_size
from pipeline.cli.findings import FindingPrinter
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery, Surveyed
from pipeline.domain.messages import message
from pipeline.domain.outcomes import ENDS, IngestReport, Outcome, State
from pipeline.errors import UsageError
from pipeline.routes.ingest import ingest
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_services
from pipeline.texts import all_texts


def command(
    delivery: Annotated[Path, Parameter(help="移交文件夹 · the delivery's folder")],
    /,
    *,
    profile: Annotated[str, Parameter(help="规则集的名称或 .toml 文件 · a profile's name or .toml file")] = "",
    depositor: Annotated[str, Parameter(name="--from", help="移交单位 · who hands it in")] = "",
    contact: Annotated[str, Parameter(name="--by", help="移交责任人 · who answers for it there")] = "",
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

        def announce(delivery: Delivery, surveyed: Surveyed, found: Iterable[Finding]) -> None:
            if not console.json:
                _announce(console, printer, delivery.name, surveyed, found)

        report = ingest(
            delivery.absolute(),
            services=services,
            runner=ThreadRunner(archive.home.records),
            progress=BarProgress(),
            announce=announce,
            depositor=depositor,
            contact=contact,
        )
        outcomes = tuple(ended.outcome for ended in services.ledger.outcomes(report.run))
        if console.json:
            console.emit(
                {
                    "report": {
                        "batch": report.batch,
                        "outcomes": outcomes,
                        "findings": report.findings,
                        "ignored": report.ignored,
                    },
                    "texts": printer.texts_of(_all_findings(report, outcomes)),
                    "exit_code": report.exit_code,
                }
            )
        else:
            _summary(console, printer, outcomes)
    return report.exit_code


def _all_findings(report: IngestReport, outcomes: tuple[Outcome, ...]) -> tuple[Finding, ...]:
    return report.findings + tuple(f for outcome in outcomes for f in outcome.findings)


def _announce(
    console: Console, printer: FindingPrinter, batch: str, surveyed: Surveyed, found: Iterable[Finding]
) -> None:
    if surveyed.catalogue:
        console.say(
            f"批次 {batch}：{surveyed.catalogue} 有 {surveyed.records} 件、{surveyed.files} 个文件",
            f"delivery {batch}: records {surveyed.records}, files {surveyed.files}, by {surveyed.catalogue}",
        )
    else:
        console.say(f"批次 {batch}：没有目录", f"delivery {batch}: no catalogue")
    printed = printer.show((*surveyed.findings, *found))
    if not printed:
        console.say("检查完毕，没有发现问题", "checked: nothing wrong was found")


def _summary(console: Console, printer: FindingPrinter, outcomes: tuple[Outcome, ...]) -> None:
    """The table at the end, and what went wrong behind the announcement."""
    printer.show(tuple(f for outcome in outcomes for f in outcome.findings))
    if not outcomes:
        console.say("没有可处理的件", "there is no record to work on")
        return
    heads = console.heads(
        ("行", "row"),
        ("档号", "archival code"),
        ("题名", "title"),
        ("文件", "files"),
        ("大小", "size"),
        ("结果", "result"),
    )
    console.table(
        heads,
        (
            (
                str(o.row), o.archival_code, o.title, str(o.files), human_size(o.bytes),
                " ".join(console.chosen(*_end(o))),
            )
            for o in outcomes
        ),
    )  # fmt: skip
    counts = Counter(_end(o) for o in outcomes)
    ends = [end for end in (*map(_state, ENDS), _busy()) if counts[end]]
    zh = "；".join(f"{end[0]} {counts[end]} 件" for end in ends)
    en = "; ".join(f"{end[1]} {counts[end]}" for end in ends)
    console.say(f"合计：{zh}", f"in all: {en}")
    if counts[_busy()]:
        console.say("另一次运行结束后，再次运行同一命令", "when the other run has ended, run the same command again")
    if any(counts[_state(state)] for state in (State.HELD, State.WAITING, State.FAILED)):
        console.say(
            "改正后再次运行同一命令，只处理上面未入库的件；lantai list --held 可再看原因",
            "mend these and run the same command again: only they are worked on; see also `lantai list --held`",
        )


def _end(outcome: Outcome) -> tuple[str, str]:
    """How the record ended, in words of either language."""
    if outcome.state is State.FAILED and outcome.findings[-1].code == "record_busy":
        return _busy()
    return _state(outcome.state)


def _state(state: State) -> tuple[str, str]:
    return all_texts().word(state, "zh"), all_texts().word(state, "en")


def _busy() -> tuple[str, str]:
    return all_texts().say(message("another_run"), "zh"), all_texts().say(message("another_run"), "en")
