"""`lantai audit`: every byte of every copy read again."""

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import Archive, SystemClock, open_archive
from pipeline.checks.plan import load_plan
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console, human_size
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.fixity import show_reports
from pipeline.cli.lookup import find_index
from pipeline.cli.rows import RowPrinter, show_documents
from pipeline.domain.copies import BAD
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.errors import ExitCode, UsageError
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from pipeline.register.reading import faults_of
from pipeline.routes.audit import PLAN, audit
from pipeline.routes.runners import ThreadRunner


def command(
    *packages: Annotated[
        str,
        Parameter(help="包号或档号 · package identifiers or archival codes"),
    ],
    all_: Annotated[bool, Parameter(name="--all", help="库中所有的包 · every package", negative=())] = False,
    documents: Annotated[
        bool,
        Parameter(
            help="同时核对 METS、PREMIS 与包内文件是否一致 · also whether METS, PREMIS and the files agree", negative=()
        ),
    ] = False,
    common: Common = NO_OPTIONS,
) -> int:
    """核对固化信息 · Check the fixity of every copy in every store.

    任何一份副本不符、缺失或无法读取时，退出码为 6。
    Exits with 6 where any copy differs, is missing or could not be read.
    元数据的问题只作提醒，不影响固化信息的结论。
    What is wrong with documents is a warning, and never changes what is said of the bytes.
    """
    console = Console(common)
    if bool(packages) == all_:
        raise UsageError(message("audit_what"))
    with open_archive(common.home, run="audit", arguments=sys.argv[1:], reading=True) as archive:
        if archive.register.read_only:
            console.warn(message("nothing_noted"))
        wrong = faults_of(archive.home.register) if all_ else ()
        for said in wrong:
            console.warn(said)
        examined = audit(
            None if all_ else _wanted(archive, packages),
            stores=archive.stores,
            register=archive.register,
            clock=SystemClock(),
            runner=ThreadRunner(archive.home.workers),
            progress=BarProgress(),
            plan=load_plan(PLAN) if documents else None,
        )
    reports = [each.report for each in examined]
    bad = [r for r in reports if r.result is not FixityResult.OK]
    if console.json:
        rows = RowPrinter(console, FindingPrinter(console, load_profile(DEFAULT_PROFILE)))
        console.emit([rows.copy_for_machines(each) for each in examined])
    else:
        show_reports(console, tuple(bad))
        show_documents(console, examined)
        console.tell(_counted(reports))
        if not reports:
            console.say("登记库和各存储中都没有包", "there is no package in the register, nor in the stores")
    return ExitCode.STORAGE if bad or wrong else ExitCode.DONE


def _counted(reports: Sequence[FixityReport]) -> Message:
    """How many copies are sound, how many not, and of how many nobody can tell: a store that is away is no loss."""
    copies = [r for r in reports if r.version]
    untold = sum(r.result is FixityResult.COULD_NOT_TELL for r in copies)
    damaged = sum(r.result in BAD for r in copies)
    return message(
        "counted_copies",
        copies=len(copies),
        size=human_size(sum(r.bytes_read for r in reports)),
        sound=len(copies) - untold - damaged,
        bad=damaged,
        untold=untold,
    )


def _wanted(archive: Archive, packages: tuple[str, ...]) -> list[tuple[str, int]]:
    indexes = [find_index(archive.register, each) for each in packages]
    return [(index.package_id, index.version) for index in indexes]
