"""What the screen says of a delivery that was taken in or checked: one screen, whatever its size."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.cli.console import Console, human_size
from pipeline.cli.findings import FindingPrinter
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery, Ended, Surveyed
from pipeline.domain.messages import Message, in_both, message, word
from pipeline.domain.outcomes import ENDS, Outcome, State
from pipeline.domain.visible import shortened
from pipeline.ports import Ledger
from pipeline.routes.looked import Looked, looked_at
from pipeline.texts import all_texts

MOST_ROWS, FEW_ROWS = 30, 8
"""Records in the table; of more, the first few that are not well."""
_MOST_NAMED = 5
_LOOKED = ("catalogue", "files", "digests", "pages", "formats")
_WELL = {State.STORED, State.UNCHANGED, State.CHECKED}


class DeliveryScreen:
    """Tells of one delivery: what is wrong as soon as it was looked at, and at the end what became of it."""

    def __init__(self, console: Console, printer: FindingPrinter, ledger: Ledger) -> None:
        self._console, self._printer, self._ledger = console, printer, ledger
        self.seen: tuple[Delivery, Surveyed] | None = None
        """What was announced; None until then."""

    def announce(self, delivery: Delivery, surveyed: Surveyed, found: Iterable[Finding]) -> None:
        """What was looked at and what is wrong; nothing where the output is for machines."""
        self.seen = delivery, surveyed
        if self._console.json:
            return
        if surveyed.catalogue:
            self._console.tell(
                message(
                    "delivery_surveyed",
                    delivery=delivery.name,
                    catalogue=surveyed.catalogue,
                    records=surveyed.records,
                    files=surveyed.files,
                )
            )
        else:
            self._console.tell(message("delivery_without_catalogue", delivery=delivery.name))
        passed = [name for name in surveyed.ignored if name != surveyed.catalogue]
        if passed:
            names = ", ".join(shortened(name, 60) for name in passed[:_MOST_NAMED])
            more = ", …" if len(passed) > _MOST_NAMED else ""
            self._console.tell(message("passed_over", count=len(passed), names=names + more))
        told = self._printer.show(_chained(surveyed.findings, found))
        run = max((run.id for run in self._ledger.runs(delivery.id)), default=0)
        said = nothing_wrong(looked_at(surveyed, self._ledger.counts(run)), told)
        if said is not None:
            self._console.tell(said)

    def end(self, run: int) -> Counter[State]:
        """The table and what went wrong behind the announcement; how many records ended so."""
        outcomes = self._ledger.outcomes(run)
        self._printer.show(found for ended in outcomes for found in ended.outcome.findings)
        counts = Counter({state: count for state, count in self._ledger.counts(run).items() if count})
        if not counts:
            self._console.tell(message("no_records"))
            return counts
        self._table(run, sum(counts.values()))
        self._console.tell(message("in_all", ends=counted_ends(self._ledger, run)))
        if busy_of(self._ledger, run):
            self._console.tell(message("run_again_when_free"))
        return counts

    def _table(self, run: int, total: int) -> None:
        rows = list(self._chosen(run, total))
        heads = self._console.heads(
            ("行", "row"),
            ("档号", "archival code"),
            ("题名", "title"),
            ("文件", "files"),
            ("大小", "size"),
            ("结果", "result"),
        )
        if rows:
            self._console.table(heads, (self._row(each.outcome) for each in rows))
        if rows and len(rows) < total:
            self._console.tell(message("rows_not_shown", count=f"{total - len(rows):,}"))

    def _chosen(self, run: int, total: int) -> Iterator[Ended]:
        """All records of a small delivery; of a large one, the first that are not well."""
        taken = 0
        for ended in self._ledger.outcomes(run):
            if total <= MOST_ROWS or ended.outcome.state not in _WELL:
                yield ended
                taken += 1
            if taken == (MOST_ROWS if total <= MOST_ROWS else FEW_ROWS):
                return

    def _row(self, outcome: Outcome) -> tuple[str, ...]:
        texts = all_texts()
        end = message("another_run") if _is_busy(outcome) else word("State", outcome.state.value)
        return (
            str(outcome.row),
            shortened(outcome.archival_code, 50),
            shortened(outcome.title, 40),
            str(outcome.files),
            human_size(outcome.bytes),
            " ".join(self._console.chosen(texts.say(end, "zh"), texts.say(end, "en"))),
        )


def busy_of(ledger: Ledger, run: int) -> int:
    """Records that another run was working on."""
    return sum(_is_busy(ended.outcome) for ended in ledger.outcomes(run, state=State.FAILED))


def counted_ends(ledger: Ledger, run: int) -> tuple[Message, ...]:
    """How many records ended how; those that another run was working on by themselves."""
    counts, busy = ledger.counts(run), busy_of(ledger, run)
    ends = [(word("State", state.value), counts[state]) for state in (*ENDS, State.CHECKED)]
    ends = [(end, count - busy if end.fact("value") == State.FAILED.value else count) for end, count in ends]
    told = (*ends, (message("another_run"), busy))
    return tuple(message("so_many", end=end, count=count) for end, count in told if count)


def nothing_wrong(looked: Looked, told: int) -> Message | None:
    """What is said at the end of the findings: that nothing is wrong, of what was looked at; that no file was opened
    yet; nothing where something was told and all was read."""
    if not looked.files:
        if looked.unchanged and not told:
            return message("nothing_wrong_unread", count=looked.unchanged)
        return message("not_opened") if looked.catalogue and not told else None
    if told:
        return None
    untold = (
        *([message("pages_uncompared", count=looked.unpaged)] if not looked.pages else ()),
        *([message("nothing_wrong_unread", count=looked.unchanged)] if looked.unchanged else ()),
    )
    return message("nothing_wrong", what=words_of(looked), untold=untold or "")


def words_of(looked: Looked) -> Message:
    """What was looked at, in words."""
    texts = all_texts()
    what = [word("Looked", name) for name in _LOOKED if getattr(looked, name)]
    return in_both(
        zh="、".join(texts.say(each, "zh") for each in what), en=", ".join(texts.say(each, "en") for each in what)
    )


def _chained(*findings: Iterable[Finding]) -> Iterator[Finding]:
    return (found for some in findings for found in some)


def _is_busy(outcome: Outcome) -> bool:
    return outcome.state is State.FAILED and outcome.findings[-1].code == "record_busy"
