"""Findings for people: each once, gravest first, those alike together, in the languages asked for, with what to do."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from pipeline.cli.console import Console
from pipeline.domain.findings import Finding, Severity
from pipeline.domain.messages import Fact, message
from pipeline.domain.personal import mask
from pipeline.domain.visible import shortened_path, visible
from pipeline.profiles import Profile
from pipeline.reports.groups import ORDER, Group, Groups
from pipeline.texts import all_texts

MOST_INFO = 20
"""Kinds of notes shown at most: they are all in the package, in the report and in --json."""
_MOST_COLUMNS = 60
"""Columns that a folder's or file's name, or another fact, takes of the screen."""


class FindingPrinter:
    """Prints findings, none twice."""

    def __init__(self, console: Console, profile: Profile) -> None:
        self._console, self._profile = console, profile
        self._texts = all_texts()
        self._groups = Groups(profile.severity)

    def show(self, findings: Iterable[Finding]) -> int:
        """Prints those not yet shown; how many there were above notes."""
        self._groups.add(findings)
        groups = self._groups.take()
        for severity in ORDER:
            self._show_severity(severity, [group for group in groups if group.severity is severity])
        return sum(group.count for group in groups if group.severity is not Severity.INFO)

    def _show_severity(self, severity: Severity, groups: list[Group]) -> None:
        shown = groups[:MOST_INFO] if severity is Severity.INFO else groups
        zh, en = self._texts.word(severity, "zh"), self._texts.word(severity, "en")
        for group in shown:
            for each in map(_short, group.told):
                self._console.say(f"[{zh}] {self._line(each, 'zh')}", f"[{en}] {self._line(each, 'en')} ({each.code})")
            if rest := group.count - len(group.told):
                more = message("more_alike", count=f"{rest:,}", rows=group.rows_told)
                self._console.say(*(f"    {self._texts.say(more, lang)}" for lang in ("zh", "en")))
        if len(shown) < len(groups):
            self._console.tell(message("more_notes", count=sum(group.count for group in groups[len(shown) :])))

    def _line(self, finding: Finding, lang: Literal["zh", "en"]) -> str:
        parts = (self._texts.sentence(finding, lang), self._texts.remedy(finding, lang))
        return visible(" ".join(part for part in parts if part))

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


def _short(finding: Finding) -> Finding:
    """With long names shortened in the middle; masked before, for half a number is masked no more."""
    facts = tuple((name, _short_fact(value)) for name, value in finding.facts)
    return replace(finding, subject=shortened_path(mask(finding.subject), _MOST_COLUMNS), facts=facts)


def _short_fact(value: Fact) -> Fact:
    """Text only: a message has its own sentence; lists are cut where they are made."""
    return shortened_path(mask(value), 2 * _MOST_COLUMNS) if isinstance(value, str) else value
