"""`lantai verify`: a folder, a tar or a stored package: whole and unchanged, or not, or could not tell."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pipeline.bootstrap import SystemClock, open_archive
from pipeline.checks.plan import load_plan
from pipeline.cli.console import NO_OPTIONS, BarProgress, Common, Console, human_size
from pipeline.cli.findings import FindingPrinter
from pipeline.cli.fixity import show_reports
from pipeline.cli.lookup import Version, find_index
from pipeline.cli.rows import RowPrinter
from pipeline.domain import layout
from pipeline.domain.messages import message
from pipeline.domain.packages import FixityResult
from pipeline.domain.verdicts import evidence_of
from pipeline.errors import ExitCode, UsageError
from pipeline.profiles import DEFAULT_PROFILE, load_profile
from pipeline.routes.audit import audit
from pipeline.routes.examine import ExaminedCopy
from pipeline.routes.runners import ThreadRunner
from pipeline.routes.verify import PLAN, Verification, verify_path
from pipeline.stores.right_store import refuse_lost
from pipeline.texts import Texts


def command(
    subject: Annotated[
        str, Parameter(help="文件夹、tar、包号或档号 · a folder, a tar, a package identifier or an archival code")
    ],
    /,
    *,
    version: Version = None,
    common: Common = NO_OPTIONS,
) -> int:
    """核验一个包 · Is this bag, tar or stored package whole and unchanged?

    核验不过时，库中的包退出码为 6，文件夹和 tar 为 1。
    Exits with 6 for a stored package that is not sound, with 1 for a folder or tar.
    """
    console = Console(common)
    path = Path(subject)
    there = os.path.exists(path)  # noqa: PTH110 - Path.exists raises where a folder above may not be entered
    if not there and ("/" in subject or layout.is_tar(subject)):  # no archival code has either
        raise UsageError(message("no_such_bag", path=subject))
    return _path(console, path) if there else _package(console, common, subject, version)


def _path(console: Console, path: Path) -> int:
    files = [Path(at) / name for at, _, names in os.walk(path) for name in names] if path.is_dir() else [path]
    with BarProgress().phase("核验 · verify", sum(map(_size, files)), "bytes") as advance:
        verdict = verify_path(path, clock=SystemClock(), advance=advance)
    findings = FindingPrinter(console, load_profile(DEFAULT_PROFILE))
    rows = RowPrinter(console, findings)
    if console.json:
        told = {name: getattr(verdict, name) for name in ("subject", "whole", "findings", "fixity")}
        console.emit({**told, "sound": verdict.sound, "rows": rows.for_machines(verdict.rows)})
    else:
        rows.show(verdict.rows)
        findings.show(verdict.findings)
        _say(console, verdict)
    return ExitCode.DONE if verdict.sound else ExitCode.MATERIAL_REJECTED


def _size(file: Path) -> int:
    """For the progress bar; 0 for what may not be looked at, of which the verdict will tell."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _say(console: Console, verdict: Verification) -> None:
    words = {
        True: ("完整、未变", "whole and unchanged"),
        False: ("不完整或已改变", "not whole, or changed"),
        None: ("无法判断", "could not tell"),
    }
    zh, en = words[verdict.whole]
    console.say(f"{verdict.subject}：{zh}", f"{verdict.subject}: {en}")


def _package(console: Console, common: Common, typed: str, version: int | None) -> int:
    """The version, and the earlier ones that hold members of it."""
    with open_archive(common.home, reading=True) as archive:
        refuse_lost(archive.register, archive.register, archive.stores)
        if archive.register.read_only:
            console.warn(message("nothing_noted"))
        index = find_index(archive.register, typed, version)
        examined = audit(
            [(index.package_id, number) for number in (*index.earlier_versions, index.version)],
            stores=archive.stores,
            register=archive.register,
            clock=SystemClock(),
            runner=ThreadRunner(archive.home.workers),
            progress=BarProgress(),
            plan=load_plan(PLAN),
        )
    _show(console, examined)
    if not examined or any(each.report.result is not FixityResult.OK for each in examined):
        return ExitCode.STORAGE
    return ExitCode.MATERIAL_REJECTED if any(r.holds_back for each in examined for r in each.rows) else ExitCode.DONE


def _show(console: Console, examined: Sequence[ExaminedCopy]) -> None:
    findings = FindingPrinter(console, load_profile(DEFAULT_PROFILE))
    rows, texts = RowPrinter(console, findings), Texts.load()
    if console.json:
        console.emit([rows.copy_for_machines(each) for each in examined])
        return
    for each in examined:
        report = each.report
        if report.result is FixityResult.OK:
            size = human_size(report.bytes_read)
            said = message("copy_sound", package=report.package_id, store=report.store, size=size)
            console.say(texts.say(said, "zh"), texts.say(said, "en"))
            rows.show(each.rows)
            findings.show(tuple(found for row in each.rows for found in evidence_of(row.result)))
    show_reports(console, tuple(e.report for e in examined if e.report.result is not FixityResult.OK))
