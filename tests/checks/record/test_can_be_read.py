"""The result of `can_be_read` over a record's files; what they are judged by is tested where files are read."""

from dataclasses import replace

import pytest

from pipeline.checks.record.can_be_read import CHECK, EFFECTS
from pipeline.domain.formats import Soundness, Verdict
from pipeline.domain.verdicts import CouldNotTell, Effect, Failed, Passed
from tests.makers.looked import SOUND, judged, view


def test_a_record_that_is_in_order() -> None:
    assert isinstance(judged(CHECK, view()), Passed)


@pytest.mark.parametrize("code", sorted(code for code, effect in EFFECTS.items() if effect is Effect.FAILS))
def test_one_file_that_cannot_be_read(code: str) -> None:
    assert isinstance(judged(CHECK, view(code)), Failed)


def test_one_file_of_which_nobody_can_tell() -> None:
    assert isinstance(judged(CHECK, view("soundness_unknown")), CouldNotTell)


def test_what_only_making_a_copy_will_decide_is_not_passed() -> None:
    untold = replace(SOUND, soundness=Soundness(verdict=Verdict.COULD_NOT_TELL, by="ffprobe", reason="later"))
    assert isinstance(judged(CHECK, view(files=(untold,))), CouldNotTell)


def test_where_no_file_was_identified_nothing_is_passed() -> None:
    assert isinstance(judged(CHECK, view(files=())), CouldNotTell)
