"""The table that comes with the program."""

import pytest

from pipeline.formats.handler import DECODING, OFFICE
from pipeline.line.stage import HERE, Stage
from pipeline.line.table import LINE, PHASES, STAGES
from pipeline.texts import all_texts

EACH = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


def test_all_rows_are_in_the_line() -> None:
    assert (LINE.stages, LINE.phases) == (STAGES, PHASES)
    assert [stage.name for leg in LINE.legs() for stage in leg.stages] == [stage.name for stage in STAGES]


def test_a_record_ends_in_the_stores() -> None:
    assert STAGES[0].takes == ()
    assert STAGES[-1].name == "deposit"


@EACH
def test_its_title_is_said_in_both_languages(stage: Stage) -> None:
    said = [all_texts().say(stage.title, language) for language in ("zh", "en")]
    assert all(said)
    assert said[0] != said[1]


@EACH
def test_what_opens_hostile_files_is_done_by_a_worker(stage: Stage) -> None:
    assert stage.where in {HERE, DECODING, OFFICE}
    assert (stage.where == DECODING) == (stage.name == "identify")
