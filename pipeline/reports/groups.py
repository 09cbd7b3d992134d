"""Findings that are alike, told together: how many there are, the first of them, and in which rows.

Nothing but the first few of a kind is kept, so that a delivery with a million faults is told in as much memory as one
with ten.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import get_args

from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Fact, Message, in_both, without
from pipeline.errors import Failure

ORDER = (Severity.ERROR, Severity.QUESTION, Severity.WARNING, Severity.INFO)
"""The gravest first."""
FAILURES = frozenset(get_args(Failure))
"""Not the material's fault."""
OF_ONE_RECORD = ("key", "package", "subject", "file", "path", "tar", "index")
"""Facts of messages that name a record, or a thing of one record."""
FEW = 3
"""As many of a kind are told one by one."""
_MOST_ROWS = 8
_KINDS_APART = ("field", "header", "column")


@dataclass(slots=True)
class Group:
    """Findings of one kind: how many, the first of them by row, and the first rows."""

    severity: Severity
    code: str
    count: int = 0
    first: list[Finding] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """One more."""
        self.count += 1
        if len(self.first) < FEW or _place(finding) < _place(self.first[-1]):
            insort(self.first, finding, key=_place)
            del self.first[FEW:]
        row = finding.row
        if row and row not in self.rows and (len(self.rows) <= _MOST_ROWS or row < self.rows[-1]):
            insort(self.rows, row)
            del self.rows[_MOST_ROWS + 1 :]

    @property
    def told(self) -> list[Finding]:
        """Those that are told one by one: all of a few, the first of many, and one of what a store or tool does wrong
        to every record."""
        return self.first[: 1 if self.count > FEW or self.code in FAILURES else FEW]

    @property
    def rows_told(self) -> Fact:
        """The first rows, with a mark where there are more; empty where none is of a row."""
        shown, more = [str(row) for row in self.rows[:_MOST_ROWS]], "…" if len(self.rows) > _MOST_ROWS else ""
        return in_both(zh="、".join(shown) + more, en=", ".join(shown) + more) if shown else ""


class Groups:
    """Findings by kind; each counts once, however often it comes."""

    def __init__(self, severity: Callable[[str], Severity]) -> None:
        self._severity = severity
        self._groups: dict[object, Group] = {}
        self._seen: set[int] = set()

    def add(self, findings: Iterable[Finding]) -> None:
        """Takes them in as they come."""
        for finding in findings:
            mark = hash(finding)
            if mark in self._seen:
                continue
            self._seen.add(mark)
            key = kind_of(finding)
            if key not in self._groups:
                self._groups[key] = Group(self._severity(finding.code), finding.code)
            self._groups[key].add(finding)

    def take(self) -> list[Group]:
        """All groups since the last time, the gravest first, then by their first rows. What was taken once does not
        come again."""
        groups = sorted(self._groups.values(), key=lambda g: (ORDER.index(g.severity), *_place(g.first[0])))
        self._groups = {}
        return groups


def kind_of(finding: Finding) -> tuple[str, Fact]:
    """What findings have in common that are told together: their code and the column they are about; of a failure, its
    reason without what names the record or its files."""
    if finding.code in FAILURES:
        return finding.code, without(finding.fact("reason"), *OF_ONE_RECORD)
    facts = (finding.fact(name) for name in _KINDS_APART)
    return finding.code, next(_kinds(facts), "")


def _kinds(facts: Iterable[Fact]) -> Iterator[Fact]:
    return (fact for fact in facts if isinstance(fact, Message) or fact)


def _place(finding: Finding) -> tuple[int, str, str, str]:
    return finding.row or 0, finding.record, finding.subject, finding.code
