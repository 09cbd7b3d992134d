"""Verdicts (检测结果): what a check says of what it looked at. There are five, and none stands for another.

"Not applicable" and "could not tell" are neither passed nor failed, and say why. A result holds no sentence: reasons
are messages, evidence is findings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pipeline.domain.findings import Finding
from pipeline.domain.messages import Message


class Verdict(StrEnum):
    """The word for a result in reports and JSON."""

    PASSED = "passed"
    """通过"""
    FAILED = "failed"
    """不通过"""
    NOT_APPLICABLE = "not_applicable"
    """不适用"""
    COULD_NOT_TELL = "could_not_tell"
    """无法判断"""
    PERSON = "person"
    """待人工判断"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """It is as it must be. `looked_at` says what was looked at and how much; `notes` are told and change nothing."""

    verdict: ClassVar = Verdict.PASSED
    looked_at: Message
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It is not as it must be. `evidence` is never empty; what was noted besides stands in it too."""

    verdict: ClassVar = Verdict.FAILED
    evidence: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError("a failed check has evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """There is nothing here of which the question could be asked."""

    verdict: ClassVar = Verdict.NOT_APPLICABLE
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class CouldNotTell:
    """The question can be asked and was not answered; `evidence` may show of what."""

    verdict: ClassVar = Verdict.COULD_NOT_TELL
    why: Message
    evidence: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAPerson:
    """No machine decides it. `options` are the answers to choose from; empty where the answer is written out."""

    verdict: ClassVar = Verdict.PERSON
    question: Message
    options: tuple[Message, ...] = ()
    evidence: tuple[Finding, ...] = ()


CheckResult = Passed | Failed | NotApplicable | CouldNotTell | ForAPerson


def evidence_of(result: CheckResult) -> tuple[Finding, ...]:
    """All findings that a result brings."""
    match result:
        case Passed(notes=notes):
            return notes
        case Failed(evidence=evidence) | CouldNotTell(evidence=evidence) | ForAPerson(evidence=evidence):
            return evidence
        case NotApplicable():
            return ()


def reason_of(result: CheckResult) -> Message | None:
    """What is said of the result besides its findings: what was looked at, why not, or the question; None where the
    evidence says all."""
    match result:
        case Passed(looked_at=said) | NotApplicable(why=said) | CouldNotTell(why=said) | ForAPerson(question=said):
            return said
        case Failed():
            return None


class Effect(StrEnum):
    """What a finding does to the result of the check that asks for it."""

    FAILS = "fails"
    UNTOLD = "untold"
    """It is the reason why something could not be told."""
    ASKS = "asks"
    """A person must decide."""
    NOTED = "noted"
    """Told, nothing more."""


def judged(
    found: Iterable[tuple[Finding, Effect]], *, looked_at: Message, untold: Message, question: Message | None = None
) -> CheckResult:
    """The result that findings amount to, the gravest first: failed, could not tell, for a person, passed.

    `untold` is the reason given where only findings that leave something untold are there; `question` is asked where
    findings ask, and must be given where they can.
    """
    pairs = tuple(found)
    evidence = tuple(finding for finding, _ in pairs)
    effects = {effect for _, effect in pairs}
    if Effect.FAILS in effects:
        return Failed(evidence=evidence)
    if Effect.UNTOLD in effects:
        return CouldNotTell(why=untold, evidence=evidence)
    if Effect.ASKS in effects:
        if question is None:
            raise ValueError("findings that ask need a question")
        return ForAPerson(question=question, evidence=evidence)
    return Passed(looked_at=looked_at, notes=evidence)
