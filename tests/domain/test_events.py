"""Events know when they were and who acted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.domain.events import Agent, EventKind, Outcome
from tests.makers.values import LANTAI, NOW, event


def test_an_event_without_zone_is_refused() -> None:
    made = event(EventKind.CAPTURE, LANTAI, ("K021-1",))
    with pytest.raises(ValueError, match="zone"):
        replace(made, at=NOW.replace(tzinfo=None))
    assert replace(made, at=NOW + timedelta(hours=1)).at > made.at


def test_an_event_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="agent"):
        replace(event(EventKind.CAPTURE, LANTAI, ("K021-1",)), agent=Agent(name=""))


def test_agents_have_an_order_so_that_documents_have_one() -> None:
    person, newer = Agent(name="李", kind="person"), replace(LANTAI, version="9")
    assert sorted([person, newer, LANTAI]) == [LANTAI, newer, person]


def test_could_not_tell_is_an_outcome_of_its_own() -> None:
    assert len({outcome.value for outcome in Outcome}) == 4
    assert Outcome("could not tell") not in {Outcome.SUCCESS, Outcome.FAILURE, Outcome.WARNING}
