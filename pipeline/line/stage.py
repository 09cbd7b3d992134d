"""What the line's table says of a phase and of a stage, and what makes a table sound."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from pipeline.domain.messages import Message
from pipeline.domain.outcomes import State
from pipeline.domain.records import DeliveryPlan, Step
from pipeline.line.job import Job
from pipeline.profiles import Profile

Call = partial[Step[Any]]
"""A stage with all it needs but the toolbox: a module's function and values, so that it can be sent to a worker."""


class Survey(Protocol):
    """What makes the plan of a delivery; see `stages.survey`."""

    def __call__(self, delivery: Path, *, profile: Profile) -> DeliveryPlan:
        """The records in the catalogue's order, and what is wrong."""
        ...


HERE = "here"
"""Where a stage runs that touches no hostile file."""


class Despite(Enum):
    """Whether a stage runs though something found holds the record back."""

    ANYTHING = "anything"
    """Always: the depositor is told at once of all that is wrong."""
    LATER_FINDINGS = "later findings"
    """Unless it was the survey that found it."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the line. Where it `waits_for_all`, no record of a delivery begins it before every other has ended or
    has come as far: so the depositor is told of everything at once, and one act can be done for a whole batch."""

    name: str
    waits_for_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row: a stage, the facts it takes, what it makes and leaves.

    `call` gives the stage's function with its facts and just the dependencies it uses; `takes` are the facts of stages
    before, and nothing else is given. `where` is here, or the kind of tool worker whose toolbox it is given as
    `toolbox`. `leaves` names the journal, and with `has_folder` the folder of its files, in the record's workspace. A
    `durable` stage's files outlive a power cut; one without `has_journal` is done again by every run. Events of a
    stage that is `behind_packing` come too late for the package and go into the register. `ends` is asked when the
    stage is done, and may end the record's way. `title` is what people read.
    """

    name: str
    title: Message
    phase: str
    takes: tuple[type, ...]
    makes: type
    call: Callable[[Job], Call]
    leaves: str
    where: str = HERE
    has_folder: bool = True
    has_journal: bool = True
    durable: bool = False
    despite: Despite = Despite.NOTHING
    behind_packing: bool = False
    ends: Callable[[Job], State | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Phases that a record goes through without waiting for the others, with their stages."""

    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]

    @property
    def name(self) -> str:
        """First phase to last, for logs."""
        names = [phase.name for phase in self.phases]
        return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A table of phases and stages, both in order. Raises ValueError where no record could go through.

    `survey` goes before: it makes the plan of a delivery, and is left out where nothing is delivered.

    The records of a line `of_stored` are stored already, and go through in one leg: what comes to nothing leaves them
    as they are, so that none of them waits for anything, and the new version stands for the delivery that it came with.
    A line that `only_looks` takes nothing in: nothing is noted to wait, and no workspace outlives its record.
    """

    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]
    survey: Survey | None = None
    of_stored: bool = False
    only_looks: bool = False

    @property
    def notes(self) -> bool:
        """Whether what is kept back is noted as waiting in its delivery."""
        return not (self.of_stored or self.only_looks)

    def __post_init__(self) -> None:
        order = [phase.name for phase in self.phases]
        made: set[type] = set()
        for stage in self.stages:
            if stage.phase not in order:
                raise ValueError(f"the stage {stage.name} belongs to no phase of the line: {stage.phase}")
            if lacking := set(stage.takes) - made:
                raise ValueError(f"the stage {stage.name} takes what no stage before it makes: {lacking}")
            made.add(stage.makes)
        if any(order.index(a.phase) > order.index(b.phase) for a, b in pairwise(self.stages)):
            raise ValueError("the stages are not in the order of their phases")
        if len({stage.leaves for stage in self.stages}) < len(self.stages):
            raise ValueError("two stages leave what has one name")
        if self.of_stored and len(self.legs()) > 1:
            raise ValueError("a line of what is stored waits for nobody")

    def plan(self, delivery: Path, profile: Profile) -> DeliveryPlan:
        """What is to be done with the delivery. Raises as `survey` does, ValueError where the line has none."""
        if self.survey is None:
            raise ValueError("a line without a survey takes in no delivery")
        return self.survey(delivery, profile=profile)

    def legs(self) -> tuple[Leg, ...]:
        """The phases, cut where all records are waited for; what has no stage at all is passed."""
        groups: list[list[Phase]] = []
        for phase in self.phases:
            if phase.waits_for_all or not groups:
                groups.append([])
            groups[-1].append(phase)
        legs = (self._leg({phase.name for phase in group}) for group in groups)
        return tuple(leg for leg in legs if leg.stages)

    def leg(self, phase: str) -> Leg:
        """The leg that begins with the phase. Raises KeyError where none does."""
        return {leg.phases[0].name: leg for leg in self.legs()}[phase]

    def _leg(self, names: set[str]) -> Leg:
        stages = tuple(stage for stage in self.stages if stage.phase in names)
        used = {stage.phase for stage in stages}
        return Leg(phases=tuple(phase for phase in self.phases if phase.name in used), stages=stages)
