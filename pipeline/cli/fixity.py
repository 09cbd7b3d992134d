"""Fixity reports for people: which package, which store, which file, what is wrong, what to do."""

from collections import defaultdict

from pipeline.cli.console import Console
from pipeline.domain import layout
from pipeline.domain.messages import without
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.reports.groups import OF_ONE_RECORD
from pipeline.texts import BOTH, all_texts

_MOST_NAMED = 20


def result_word(console: Console, result: str) -> str:
    """A result as the register keeps it, in the languages asked for; empty where there was no audit yet."""
    return " ".join(console.words(FixityResult(result))) if result else ""


def show_reports(console: Console, reports: tuple[FixityReport, ...]) -> None:
    """One block per copy that is not sound; of those of which nothing could be read for the same reason, once for
    the store."""
    groups: dict[object, list[FixityReport]] = defaultdict(list)
    for report in reports:
        alone = bool(report.bytes_read) and report.result is not FixityResult.COULD_NOT_TELL
        groups[report.store, _reasons(report), report.package_id if alone else ""].append(report)
    for alike in groups.values():
        _show_report(console, alike[0])
        _show_others(console, [report.package_id for report in alike[1:]])


def _show_others(console: Console, packages: list[str]) -> None:
    if not packages:
        return
    named, more = packages[:_MOST_NAMED], len(packages) > _MOST_NAMED
    console.say(
        f"    同一存储中另有 {len(packages)} 个包的副本情况相同：{'、'.join(named)}"
        + (" …（--json 列出全部）" if more else ""),
        f"    the same is true of {len(packages)} more copies in this store: {', '.join(named)}"
        + (" … (--json lists them all)" if more else ""),
    )


def _reasons(report: FixityReport) -> object:
    """Why, without what names the package."""
    return tuple(("" if fault.path else "tar", without(fault.reason, *OF_ONE_RECORD)) for fault in report.faults)


def _show_report(console: Console, report: FixityReport) -> None:
    texts, version = all_texts(), layout.version_name(report.version)
    console.say(
        f"[{texts.word(report.result, 'zh')}] 包 {report.package_id} {version}，存储 {report.store}",
        f"[{texts.word(report.result, 'en')}] package {report.package_id} {version}, store {report.store}",
    )
    for fault in report.faults:
        word = {each: texts.word(fault.result, each) for each in BOTH}
        why = {each: texts.reason(fault.reason, each) for each in BOTH}
        console.say(
            f"    {fault.path or '整个包'}：{word['zh']}。{why['zh']}",
            f"    {fault.path or 'the tar as such'}: {word['en']}. {why['en']}",
        )
    if report.result is FixityResult.MISSING:
        console.say(
            "    处理：从另一处完好的副本恢复，并查明缺失的原因",
            "    to do: restore it from a sound copy elsewhere, and find out why it is not there",
        )
    elif report.result in {FixityResult.MISMATCH, FixityResult.UNREADABLE}:
        console.say(
            "    处理：不要改动这份副本；从另一处完好的副本恢复，并查明介质的原因",
            "    to do: leave this copy as it is, restore it from a sound one elsewhere, and look into the medium",
        )
    elif report.result is FixityResult.COULD_NOT_TELL:
        console.say("    处理：按上述原因处理后再核对一次", "    to do: see to what is said above, then audit again")
