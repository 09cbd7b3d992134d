"""`lantai rebuild`: the register made anew from the stores alone; nothing that was known is forgotten."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, keep_to_ourselves, operator
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console
from pipeline.cli.findings import FindingPrinter
from pipeline.domain.messages import message
from pipeline.errors import ExitCode, UsageError
from pipeline.profiles import load_profile
from pipeline.routes.rebuild import rebuild
from pipeline.routes.taking import LettingGo
from pipeline.settings import load_home
from pipeline.stores import open_store


def command(
    *,
    earlier: Annotated[
        tuple[Path, ...],
        Parameter(name="--from", help="另存的登记库备份，可多次 · a backup of the register, may be repeated"),
    ] = (),
    without: Annotated[
        tuple[str, ...],
        Parameter(help="注销已灭失的包：包号或档号，可多次 · let go of a package that is lost, may be repeated"),
    ] = (),
    reason: Annotated[str, Parameter(help="注销的原因 · why it is let go")] = "",
    common: Common = NO_OPTIONS,
) -> int:
    """仅凭存储重建登记库 · Make the register anew from the stores alone; the old one is kept beside it.

    原登记库及其备份记着、各存储中却没有的包，仍列为缺失，退出码为 6；
    确已灭失的，用 --without 注销并写明原因。
    A package that the old register or a backup of it knew, and that no store holds, stays listed as missing, and the
    exit code is 6; where it is lost for good, --without lets go of it, with a reason.
    """
    console = Console(common)
    if without and not reason.strip():
        raise UsageError(message("let_go_without_reason"))
    if gone := [path for path in earlier if not path.is_file()]:
        raise UsageError(message("no_such_bag", path=gone[0]))
    home = load_home(common.home)
    keep_to_ourselves(home)
    stores = tuple(open_store(store) for store in home.settings.stores)
    report = rebuild(
        stores,
        home.register,
        clock=SystemClock(),
        progress=BarProgress(),
        earlier=earlier,
        without=LettingGo(packages=without, by=operator(), reason=reason.strip()),
    )
    printer = FindingPrinter(console, load_profile(home.settings.work.profile))
    if console.json:
        console.emit(report)
    else:
        printer.show(report.findings)
        console.say(
            f"登记了 {report.packages} 个包、{report.copies} 份副本",
            f"registered: packages {report.packages}, copies {report.copies}",
        )
        if report.missing:
            console.say(
                f"另有 {report.missing} 个包版本缺失或与所知的不同，照旧登记",
                f"missing, or not as they were known, and listed all the same: {report.missing}",
            )
    return ExitCode.STORAGE if report.findings else ExitCode.DONE
