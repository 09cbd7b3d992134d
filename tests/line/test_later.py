"""The line for what is stored: one leg, and nothing that comes to nothing leaves a trace of waiting."""

from dataclasses import replace

import pytest

from pipeline.line.later import LATER, STAGES_LATER
from pipeline.line.stage import Line
from pipeline.line.table import LINE, PHASES


def test_it_is_the_line_with_other_first_stages() -> None:
    names = [stage.name for stage in LATER.stages]
    assert names[:2] == ["recall", "fetch"]
    usual = [stage.name for stage in LINE.stages if stage.name not in {"receive", "check"}]
    assert names[2:] == usual
    assert LATER.of_stored and not LINE.of_stored


def test_what_is_stored_waits_for_nobody() -> None:
    with pytest.raises(ValueError, match="waits for nobody"):
        Line(phases=PHASES, stages=STAGES_LATER, of_stored=True)
    assert replace(LATER, of_stored=False).legs() == LATER.legs()
