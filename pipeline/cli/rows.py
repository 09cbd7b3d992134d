"""Results of a plan's rows for people, and for machines."""

from collections.abc import Iterable
from typing import Any

from msgspec import to_builtins

from pipeline.checks.run import RowResult
from pipeline.cli.console import Console, with_texts
from pipeline.cli.findings import FindingPrinter
from pipeline.domain.findings import Severity
from pipeline.domain.messages import Message
from pipeline.domain.verdicts import ForAPerson, evidence_of, reason_of
from pipeline.routes.examine import ExaminedCopy, documents_told
from pipeline.texts import Language, all_texts


class RowPrinter:
    """Says each row on a line: the result, what was asked, and what was looked at or why not."""

    def __init__(self, console: Console, findings: FindingPrinter) -> None:
        self._console, self._findings, self._texts = console, findings, all_texts()

    def show(self, rows: Iterable[RowResult]) -> None:
        """All rows, in the plan's order; their findings are told apart from them."""
        for each in rows:
            verdict, why = each.result.verdict, reason_of(each.result)
            zh, en = self._texts.word(verdict, "zh"), self._texts.word(verdict, "en")
            self._console.say(
                f"[{zh}] {each.row.requirement_zh}" + (f"（{self._said(why, 'zh')}）" if why else ""),
                f"[{en}] {each.row.requirement_en}" + (f" ({self._said(why, 'en')})" if why else ""),
            )

    def _said(self, what: Message, lang: Language) -> str:
        return self._texts.say(what, lang)

    def for_machines(self, rows: Iterable[RowResult]) -> list[dict[str, Any]]:
        """Every row with its result; `why` is what was looked at, why not, or the question; `evidence` the findings
        with both sentences."""
        return [
            {
                "code": each.row.code,
                "clause": each.row.clause,
                "phase": each.row.phase.value,
                "property": each.row.property.value,
                "severity": each.row.severity.value,
                "check": each.row.check.code if each.row.check else "person",
                "requirement": {"zh": each.row.requirement_zh, "en": each.row.requirement_en},
                "result": each.result.verdict.value,
                "why": self._told(reason_of(each.result)),
                "options": [self._told(o) for o in each.result.options] if isinstance(each.result, ForAPerson) else [],
                "evidence": self._findings.texts_of(evidence_of(each.result)),
            }
            for each in rows
        ]

    def copy_for_machines(self, examined: ExaminedCopy) -> dict[str, Any]:
        """The fixity of a copy, and its rows."""
        return {**to_builtins(examined.report), "rows": self.for_machines(examined.rows)}

    def _told(self, what: Message | None) -> dict[str, object] | None:
        return None if what is None else with_texts(what)


def show_documents(console: Console, examined: Iterable[ExaminedCopy]) -> None:
    """Warnings of sound copies whose documents are not in order."""
    texts = all_texts()
    zh, en = texts.word(Severity.WARNING, "zh"), texts.word(Severity.WARNING, "en")
    for told in (each for each in map(documents_told, examined) if each):
        console.say(f"[{zh}] {texts.say(told, 'zh')}", f"[{en}] {texts.say(told, 'en')}")
