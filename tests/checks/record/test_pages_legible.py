"""Blank pages and pages as small as a stamp."""

from dataclasses import replace

import pytest

from pipeline.checks.record.pages_legible import CHECK, LegibleParameters
from pipeline.domain.formats import BLANK
from pipeline.domain.verdicts import NotApplicable, evidence_of
from tests.makers.looked import SOUND, view


def sized(width: int, height: int, *more: tuple[str, str, str]) -> tuple[tuple[str, str, str], ...]:
    return (("exiftool", "File:ImageWidth", str(width)), ("exiftool", "File:ImageHeight", str(height)), *more)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ((), []),
        (sized(2480, 3508), []),
        (sized(80, 110), ["page_very_small"]),
        (sized(2480, 3508, BLANK), ["page_blank"]),
        (sized(110, 80, BLANK), ["page_blank", "page_very_small"]),
        (sized(2480, 3508, ("exiftool", "IFD1:ImageWidth", "120")), []),
    ],
)
def test_pages(facts: tuple[tuple[str, str, str], ...], found: list[str]) -> None:
    pages = (replace(SOUND, facts=sized(1654, 2339)), replace(SOUND, path="data/original/002.tif", facts=facts))
    result = CHECK.judge(view(files=pages), LegibleParameters())
    assert [each.code for each in evidence_of(result)] == found
    assert all(each.fact("names") == "002.tif" for each in evidence_of(result))


def test_photographs_and_documents_are_not_judged() -> None:
    small = replace(SOUND, facts=sized(80, 110))
    photographs = LegibleParameters(photographs=f"ZP/{view().description.category}")
    assert isinstance(CHECK.judge(view(files=(small,)), photographs), NotApplicable)
    assert isinstance(CHECK.judge(view(files=()), LegibleParameters()), NotApplicable)
