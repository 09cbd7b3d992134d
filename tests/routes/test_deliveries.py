"""How deliveries stand, and which one is meant."""

from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.domain.ledger import Delivery
from pipeline.domain.outcomes import State
from pipeline.errors import UsageError
from pipeline.register.memory import MemoryRegister
from pipeline.routes.deliveries import find_delivery, standings, waiting_in
from tests.contracts.ledger import AT, LATER, a_plan, an_end
from tests.contracts.register import a_held


def worked(register: MemoryRegister, delivery: Delivery, *states: State, planned: int, survey: bool = True) -> int:
    run = register.begin_run(delivery, at=AT, program="1").id
    register.add_planned(run, (a_plan(n) for n in range(planned)))
    if survey:
        register.end_survey(run, catalogue="目录.xlsx", findings=(), ignored=())
    register.add_outcomes(run, [an_end(n, state) for n, state in enumerate(states)])
    return run


def test_counts_are_those_of_the_newest_plan_and_waiting_is_now(tmp_path: Path) -> None:
    register = MemoryRegister()
    one = Delivery(name="一批", folder=str(tmp_path / "一批"), depositor="甲单位")
    worked(register, one, State.HELD, planned=2)
    worked(register, one, State.STORED, State.FAILED, planned=4)
    worked(register, one, planned=3, survey=False)
    register.hold(a_held(delivery="一批", folder=one.folder))
    register.hold(a_held("B", delivery="旧批次", folder=""))
    register.begin_run(Delivery(name="derive", folder=""), at=AT, program="1")
    found, old = standings(register, register)
    assert (found.counts[State.STORED], found.counts[State.FAILED], found.not_reached) == (1, 1, 2)
    assert (found.waiting, len(found.runs), found.delivery.depositor) == (1, 3, "甲单位")
    assert (old.delivery.name, old.waiting, old.surveyed) == ("旧批次", 1, None)
    assert [held.package_id for held in waiting_in(old, register)] == ["B"]


def test_one_that_lies_elsewhere_now_is_one(tmp_path: Path) -> None:
    register = MemoryRegister()
    places = [Delivery(name="移交", folder=str(tmp_path / each / "移交")) for each in "123"]
    for before, now in pairwise(places):
        worked(register, before, State.STORED, planned=1)
        register.begin_run(now, at=LATER, program="1")
        register.moved(before.id, now)
    (found,) = standings(register, register)
    assert (found.id, found.places) == (places[2].id, (places[1].folder, places[0].folder))
    assert len(found.runs) == 4
    assert find_delivery(places[0].folder, [found]) is found


def test_which_one_is_meant(tmp_path: Path) -> None:
    register = MemoryRegister()
    for place in "12":
        worked(register, Delivery(name="移交", folder=str(tmp_path / place / "移交")), planned=0)
    one, other = every = standings(register, register)
    assert find_delivery(one.id[:6], every) is one
    assert find_delivery(str(tmp_path / "2" / "移交"), every) is next(s for s in every if "/2/" in s.delivery.folder)
    assert find_delivery("没有", every) is None
    with pytest.raises(UsageError, match=other.id):
        find_delivery("移交", every)
