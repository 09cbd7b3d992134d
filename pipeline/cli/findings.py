"""Findings for people: each once, gravest first, in the languages asked for, with what to do."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, get_args

from pipeline.cli.console import Console, printable
from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Fact, without
from pipeline.domain.personal import mask
from pipeline.errors import Failure
from pipeline.profiles import Profile
from pipeline.texts import all_texts

_ORDER = (Severity.ERROR, Severity.QUESTION, Severity.WARNING, Severity.INFO)
FAILURES = frozenset(get_args(Failure))
"""Not the material's fault."""
OF_ONE_RECORD = ("key", "package", "subject", "file", "path", "tar", "index")
"""Facts of messages that name a record, or a thing of one record."""
MOST_INFO = 20
"""Notes shown at most: they are all in the package and in --json."""


class FindingPrinter:
    """Prints findings, none twice."""

    def __init__(self, console: Console, profile: Profile) -> None:
        self._console, self._profile = console, profile
        self._texts = all_texts()
        self._shown: set[Finding] = set()

    def show(self, findings: tuple[Finding, ...]) -> int:
        """Prints those not yet shown; how many there were above notes."""
        fresh = [f for f in dict.fromkeys(findings) if f not in self._shown]
        self._shown.update(fresh)
        for severity in _ORDER:
            some = [f for f in fresh if self._profile.severity(f.code) is severity]
            self._show_severity(severity, some)
        return sum(self._profile.severity(f.code) is not Severity.INFO for f in fresh)

    def _show_severity(self, severity: Severity, findings: list[Finding]) -> None:
        shown = findings[:MOST_INFO] if severity is Severity.INFO else findings
        zh, en = self._texts.word(severity, "zh"), self._texts.word(severity, "en")
        for finding, alike in _grouped(sorted(shown, key=lambda f: (f.row or 0, f.record, f.subject, f.code))):
            self._console.say(
                f"[{zh}] {self._line(finding, 'zh')}", f"[{en}] {self._line(finding, 'en')} ({finding.code})"
            )
            if alike:
                self._console.say(
                    f"    另有 {alike} 件同样如此，见结尾的表", f"    and {alike} more alike: see the table"
                )
        if len(shown) < len(findings):
            rest = len(findings) - len(shown)
            self._console.say(f"[{zh}] 另有 {rest} 条，见 --json", f"[{en}] and {rest} more, see --json")

    def _line(self, finding: Finding, lang: Literal["zh", "en"]) -> str:
        parts = (self._texts.sentence(finding, lang), self._texts.remedy(finding, lang))
        return printable(" ".join(part for part in parts if part))

    def texts_of(self, findings: tuple[Finding, ...]) -> list[dict[str, str]]:
        """For machines: every finding with severity and both sentences."""
        return [
            {
                "code": f.code,
                "severity": self._profile.severity(f.code).value,
                "record": f.record,
                "subject": mask(f.subject),
                "row": str(f.row or ""),
                "zh": self._line(f, "zh"),
                "en": self._line(f, "en"),
            }
            for f in dict.fromkeys(findings)
        ]


def _grouped(findings: Iterable[Finding]) -> list[tuple[Finding, int]]:
    """Each, and how many more there are like it: what a store or tool does wrong to every record is told once."""
    groups: dict[object, list[Finding]] = defaultdict(list)
    for finding in findings:
        failure = finding.code in FAILURES
        groups[(finding.code, _without_names(finding)) if failure else finding].append(finding)
    return [(group[0], len(group) - 1) for group in groups.values()]


def _without_names(finding: Finding) -> Fact:
    """The reason without what names the record or its files: what is the same for every record it stops."""
    return without(finding.fact("reason"), *OF_ONE_RECORD)
