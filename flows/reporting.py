"""What a flow says: lines in its log, a table in the console, one sentence as its end. Personal numbers are masked."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State as FlowState
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed

from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Fact
from pipeline.domain.outcomes import ENDS, IngestReport, State
from pipeline.domain.packages import FixityReport, FixityResult
from pipeline.domain.personal import mask
from pipeline.errors import ExitCode
from pipeline.ports import Ledger
from pipeline.profiles import Profile
from pipeline.texts import BOTH, all_texts

Log = logging.Logger | logging.LoggerAdapter[logging.Logger]

MOST_LINES = 200
"""Findings and table rows told at most; the register and `lantai list --held` have them all."""
MOST_IN_A_SENTENCE = 5
_MATERIAL = {ExitCode.DONE, ExitCode.MATERIAL_REJECTED, ExitCode.HELD}
_LEVELS = {Severity.ERROR: logging.ERROR, Severity.QUESTION: logging.WARNING, Severity.WARNING: logging.WARNING}
_GRAVEST_FIRST = (State.FAILED, State.HELD, State.WAITING, State.STORED, State.UNCHANGED)


class _Masking(logging.Filter):
    """Stack traces quote values: no personal number may reach a log through one.

    And where a flow itself said that it failed, and why, Prefect logs a stack trace of its own insides: left out.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], FailedRun):
            return False
        record.msg, record.args = mask(record.getMessage()), None
        if record.exc_info:
            record.exc_text = mask(self._formatter.formatException(record.exc_info))
        return True


_MASKING = _Masking()


def mask_logs() -> None:
    """Masks what Prefect itself logs of runs; again without effect."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_MASKING)


class LogProgress:
    """Progress as lines of the log, one a minute at most; see `ports.Progress`."""

    def __init__(self, log: Log, *, seconds: float = 60) -> None:
        self._log, self._seconds = log, seconds

    @contextmanager
    def phase(self, label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
        """A phase of so many units."""
        self._log.info("%s: %d %s", label, total, unit)
        lock = threading.Lock()
        done, due = 0, time.monotonic() + self._seconds

        def advance(amount: int) -> None:
            nonlocal done, due
            with lock:
                done += amount
                if time.monotonic() < due:
                    return
                due = time.monotonic() + self._seconds
            self._log.info("%s: %d of %d %s", label, done, total, unit)

        yield advance


def log_findings(findings: Iterable[Finding], *, profile: Profile, log: Log) -> None:
    """Each finding above a note once, in both languages."""
    texts = all_texts()
    fresh = [f for f in dict.fromkeys(findings) if profile.severity(f.code) in _LEVELS]
    for finding in fresh[:MOST_LINES]:
        both = (f"{texts.sentence(finding, lang)} {texts.remedy(finding, lang)}".strip() for lang in ("zh", "en"))
        log.log(_LEVELS[profile.severity(finding.code)], "%s (%s)", mask(" · ".join(both)), finding.code)
    if len(fresh) > MOST_LINES:
        log.warning("and %d findings more: see `lantai list --held`", len(fresh) - MOST_LINES)


def ingest_ended(report: IngestReport, ledger: Ledger, *, log: Log) -> FlowState[dict[str, int]]:
    """Failed where a tool or a store failed; Completed, and told, where records are held for their material."""
    counts = {state.value: report.count(state) for state in ENDS}
    sentence = f"{report.batch}: " + (", ".join(f"{n} {name}" for name, n in counts.items() if n) or "no records")
    failed = islice(ledger.outcomes(report.run, state=State.FAILED), MOST_IN_A_SENTENCE)
    reasons = [f"{each.outcome.archival_code}: {_both(each.outcome.error)}" for each in failed]
    sentence = mask("; ".join((sentence, *_few(reasons, report.count(State.FAILED)))))
    gravest_first = (each.outcome for state in _GRAVEST_FIRST for each in ledger.outcomes(report.run, state=state))
    rows = [
        (
            str(o.row), o.archival_code, o.title, str(o.files), str(o.bytes), o.state.value,
            _both(o.error) or _codes(o.findings),
        )
        for o in islice(gravest_first, MOST_LINES)
    ]  # fmt: skip
    heads = ("row", "档号", "题名", "files", "bytes", "state", "why")
    _artifact("lantai-ingest", sentence, heads, rows, sum(counts.values()))
    log.info(sentence)
    return Completed(message=sentence, data=counts) if report.exit_code in _MATERIAL else Failed(message=sentence)


def audit_ended(reports: Sequence[FixityReport], *, log: Log) -> FlowState[dict[str, int]]:
    """Failed where any copy is not sound, naming package, store and file."""
    bad = [r for r in reports if r.result is not FixityResult.OK]
    faults = [
        (
            f"{r.package_id} v{r.version:04d}",
            r.store,
            fault.path or "(the tar as such)",
            fault.result.value,
            _both(fault.reason),
        )
        for r in bad
        for fault in r.faults
    ]
    counts = {result.value: sum(r.result is result for r in reports) for result in FixityResult}
    sentence = f"{len(reports)} copies read, {len(bad)} not sound"
    for package, store, path, result, reason in faults[:MOST_LINES]:
        log.error("%s in store %s, file %s: %s. %s", package, store, path, result, mask(reason))
    named = dict.fromkeys(
        f"{package} in store {store}, file {path}: {result}" for package, store, path, result, _ in faults
    )
    told = _few(list(named)[:MOST_IN_A_SENTENCE], len(named))
    _artifact("lantai-audit", sentence, ("package", "store", "file", "result", "why"), faults, len(faults))
    sentence = mask("; ".join((sentence, *told)))
    log.info(sentence)
    return Failed(message=sentence) if bad else Completed(message=sentence, data=counts)


def _few(reasons: list[str], of: int) -> list[str]:
    """Some of so many, and how many more there are."""
    return [*reasons, f"and {of - len(reasons)} more"] if of > len(reasons) else reasons


def _both(said: Fact | None) -> str:
    """What was said in both languages; once where it is the same in both, or plain text as 0.1.0 kept it."""
    return "" if said is None else " · ".join(dict.fromkeys(all_texts().reason(said, each) for each in BOTH))


def _codes(findings: tuple[Finding, ...]) -> str:
    return ", ".join(sorted({f.code for f in findings}))


def _artifact(key: str, sentence: str, heads: Sequence[str], rows: Sequence[Sequence[str]], of: int) -> None:
    """A table of these rows, of so many; the first `MOST_LINES` are shown."""
    lines = [mask(sentence), "", _line(heads), _line(["---"] * len(heads)), *(_line(r) for r in rows[:MOST_LINES])]
    if of > MOST_LINES:
        lines += ["", f"and {of - MOST_LINES} more rows"]
    create_markdown_artifact(markdown="\n".join(lines), key=key, description="lantai")


def _line(cells: Sequence[str]) -> str:
    """A row of a Markdown table; names may hold what would break it."""
    plain = (
        mask(" ".join(cell.split())).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells
    )
    return f"| {' | '.join(plain)} |"
