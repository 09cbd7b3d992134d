"""`lantai rebuild`: the register made anew from the stores alone."""

from pipeline.bootstrap import SystemClock
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console
from pipeline.cli.findings import FindingPrinter
from pipeline.errors import ExitCode
from pipeline.profiles import load_profile
from pipeline.routes.rebuild import rebuild
from pipeline.settings import load_home
from pipeline.stores import open_store


def command(*, common: Common = NO_OPTIONS) -> int:
    """仅凭存储重建登记库 · Make the register anew from the stores alone; the old one is kept beside it."""
    console = Console(common)
    home = load_home(common.home)
    stores = tuple(open_store(store) for store in home.settings.stores)
    report = rebuild(stores, home.register, clock=SystemClock(), progress=BarProgress())
    printer = FindingPrinter(console, load_profile(home.settings.work.profile))
    if console.json:
        console.emit(report)
    else:
        printer.show(report.findings)
        console.say(
            f"登记了 {report.packages} 个包、{report.copies} 份副本",
            f"registered: packages {report.packages}, copies {report.copies}",
        )
    return ExitCode.STORAGE if report.findings else ExitCode.DONE
