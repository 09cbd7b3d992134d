"""Fixity reports for people: which package, which store, which file, what is wrong, what to do."""

from pipeline.cli._console import Console
from pipeline.domain.packages import FixityReport, FixityResult

RESULTS = {
    FixityResult.OK: ("完好", "sound"),
    FixityResult.MISMATCH: ("与原来不符", "changed"),
    FixityResult.MISSING: ("缺失", "missing"),
    FixityResult.UNREADABLE: ("无法读取", "unreadable"),
    FixityResult.COULD_NOT_TELL: ("无法判断", "could not tell"),
}


def show_reports(console: Console, reports: tuple[FixityReport, ...]) -> None:
    """One block per copy that is not sound."""
    for report in reports:
        zh, en = RESULTS[report.result]
        console.say(
            f"[{zh}] 包 {report.package_id} v{report.version:04d}，存储 {report.store}",
            f"[{en}] package {report.package_id} v{report.version:04d}, store {report.store}",
        )
        for fault in report.faults:
            fault_zh, fault_en = RESULTS[fault.result]
            console.say(
                f"    文件 {fault.path or '（整个包）'}：{fault_zh}。{fault.reason}",
                f"    file {fault.path or '(the tar as such)'}: {fault_en}. {fault.reason}",
            )
        if report.result in {FixityResult.MISMATCH, FixityResult.MISSING, FixityResult.UNREADABLE}:
            console.say(
                "    处理：不要改动这份副本；从另一处完好的副本恢复，并查明介质的原因",
                "    to do: leave this copy as it is, restore it from a sound one elsewhere, and look into the medium",
            )
        elif report.result is FixityResult.COULD_NOT_TELL:
            console.say("    处理：存储可用后再核对一次", "    to do: audit again when the store answers")
