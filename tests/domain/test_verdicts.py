"""Five verdicts: which findings amount to which, the gravest first."""

import pytest

from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.verdicts import (
    CouldNotTell,
    Effect,
    Failed,
    ForAPerson,
    NotApplicable,
    Passed,
    Verdict,
    evidence_of,
    judged,
    reason_of,
)

LOOKED, UNTOLD, QUESTION = message("looked"), message("untold"), message("question")
FOUND = finding("empty_file", "1.tif")


@pytest.mark.parametrize(
    ("effects", "verdict"),
    [
        ([], Verdict.PASSED),
        ([Effect.NOTED], Verdict.PASSED),
        ([Effect.NOTED, Effect.ASKS], Verdict.PERSON),
        ([Effect.ASKS, Effect.UNTOLD], Verdict.COULD_NOT_TELL),
        ([Effect.UNTOLD, Effect.FAILS, Effect.ASKS], Verdict.FAILED),
    ],
)
def test_the_gravest_decides_and_all_findings_stay(effects: list[Effect], verdict: Verdict) -> None:
    result = judged(((FOUND, each) for each in effects), looked_at=LOOKED, untold=UNTOLD, question=QUESTION)
    assert result.verdict is verdict
    assert evidence_of(result) == (FOUND,) * len(effects)


def test_findings_that_ask_need_a_question() -> None:
    with pytest.raises(ValueError, match="question"):
        judged([(FOUND, Effect.ASKS)], looked_at=LOOKED, untold=UNTOLD)


def test_nothing_failed_without_evidence() -> None:
    with pytest.raises(ValueError, match="evidence"):
        Failed(evidence=())


def test_what_is_said_besides_the_findings() -> None:
    assert reason_of(Passed(looked_at=LOOKED)) == LOOKED
    assert reason_of(CouldNotTell(why=UNTOLD)) == UNTOLD
    assert reason_of(NotApplicable(why=UNTOLD)) == UNTOLD
    assert reason_of(ForAPerson(question=QUESTION)) == QUESTION
    assert reason_of(Failed(evidence=(FOUND,))) is None
    assert evidence_of(NotApplicable(why=UNTOLD)) == ()
