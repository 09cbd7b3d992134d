"""`lantai derive`: copies that could not be made when a package was stored, made now."""

import sys
from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import Archive, open_archive
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console, human_size
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.lookup import find_index
from pipeline.domain import layout
from pipeline.domain.findings import Finding
from pipeline.domain.messages import Message, message
from pipeline.domain.outcomes import Outcome, State
from pipeline.errors import ExitCode
from pipeline.ports import Register
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from pipeline.routes.derive import LOST, MISSING, DeriveReport, derive, lacking
from pipeline.routes.runners import ThreadRunner
from pipeline.services import open_services
from pipeline.texts import all_texts


def command(
    *packages: Annotated[str, Parameter(help="包号或档号 · package identifiers or archival codes")],
    missing: Annotated[
        bool, Parameter(help="台账中缺副本的所有包 · every package that lacks copies by the ledger", negative=())
    ] = False,
    profile: Annotated[str, Parameter(help="规则集的名称或 .toml 文件 · a profile's name or .toml file")] = "",
    common: Common = NO_OPTIONS,
) -> int:
    """补做缺少的副本，存为新版 · Make copies that are missing, and store them as a new version.

    不写包号也不用 --missing 时，只列出缺副本的包。
    Without packages and without --missing, what lacks copies is listed and nothing is done.
    可随时重新运行。 May be run again at any time.
    """
    console = Console(common)
    with open_archive(common.home, run="derive", arguments=sys.argv[1:]) as archive:
        known = lacking(archive.register, archive.register) if missing or not packages else ()
        if not missing and not packages:
            return _listed(console, archive, known)
        named = [find_index(archive.register, each).package_id for each in packages]
        wanted = [*named, *(each.package_id for each in known)]
        if not wanted:
            return _told(console, archive.register, None, DeriveReport(outcomes=(), waiting=(), exit_code=0))
        with open_services(archive, profile_name=profile) as services:
            report = derive(
                wanted, services=services, runner=ThreadRunner(archive.home.records), progress=BarProgress()
            )
            printer = FindingPrinter(console, services.profile)
        return _told(console, archive.register, printer, report)


def _listed(console: Console, archive: Archive, known: tuple[Outcome, ...]) -> int:
    """What lacks copies, and what can be done."""
    printer = FindingPrinter(console, load_profile(DEFAULT_PROFILE))
    found = tuple(each for outcome in known for each in outcome.findings if each.code == MISSING)
    if console.json:
        console.emit({"missing": known, "texts": printer.texts_of(found), "exit_code": ExitCode.DONE})
        return ExitCode.DONE
    printer.show(found)
    if known:
        console.tell(message("copies_missing", count=len(known)))
    else:
        ran = next(iter(archive.register.runs()), None)
        console.tell(message("no_copies_missing") if ran else message("ledger_knows_no_run"))
    return ExitCode.DONE


def _told(console: Console, register: Register, printer: FindingPrinter | None, report: DeriveReport) -> int:
    """How each package ended."""
    found = tuple(_found(report.outcomes))
    if console.json:
        texts = printer.texts_of(found) if printer else []
        ended = {"outcomes": report.outcomes, "waiting": report.waiting}
        console.emit({"report": ended, "texts": texts, "exit_code": report.exit_code})
        return report.exit_code
    if printer is not None:
        printer.show(found)
    if report.outcomes:
        heads = console.heads(
            ("包号", "package"), ("题名", "title"), ("文件", "files"), ("大小", "size"), ("结果", "result")
        )
        console.table(
            heads,
            (
                (o.package_id, o.title, str(o.files), human_size(o.bytes), _in_words(console, _end(o, register)))
                for o in report.outcomes
            ),
        )
    for package_id in report.waiting:
        console.tell(message("derive_waits", package=package_id))
    if not report.outcomes and not report.waiting:
        console.tell(message("no_copies_missing"))
    return report.exit_code


def _found(outcomes: Iterable[Outcome]) -> Iterable[Finding]:
    """What is told: of a package with a new version or all its copies, only which copies it still lacks; what else was
    seen of its originals was told when it was taken in."""
    for outcome in outcomes:
        went_well = outcome.state in {State.STORED, State.UNCHANGED}
        yield from (each for each in outcome.findings if not went_well or each.code in {MISSING, LOST})


def _end(outcome: Outcome, register: Register) -> Message:
    lacks = any(each.code in {MISSING, LOST} for each in outcome.findings)
    match outcome.state:
        case State.STORED:
            version = layout.version_name(max(register.versions(outcome.package_id)))
            return message("derive_stored_in_part" if lacks else "derive_stored", version=version)
        case State.UNCHANGED:
            return message("derive_made_none" if lacks else "derive_all_there")
        case _:
            return message("derive_came_to_nothing")


def _in_words(console: Console, said: Message) -> str:
    texts = all_texts()
    return " ".join(console.chosen(texts.say(said, "zh"), texts.say(said, "en")))
