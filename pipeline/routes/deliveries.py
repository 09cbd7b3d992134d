"""What came (移交批次), from whom, and how it stands: read out of the ledger and out of what waits."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.delivery.listing import display
from pipeline.domain.ledger import Delivery, Run, Surveyed, delivery_id
from pipeline.domain.messages import message
from pipeline.domain.outcomes import State
from pipeline.errors import UsageError
from pipeline.ports import HeldRecord, Ledger, Register

_SHORTEST = 4
"""Characters of an identifier that are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a delivery stands. `runs` are all of it, oldest first, also of when it lay at the `places` before; `counts`
    are the ends of the newest run that planned its work, `surveyed` what that found. `waiting` is what waits in it now,
    `withdrawn` what was withdrawn from it."""

    id: str
    delivery: Delivery
    places: tuple[str, ...]
    runs: tuple[Run, ...]
    surveyed: Surveyed | None
    counts: dict[State, int]
    waiting: int
    withdrawn: int

    @property
    def not_reached(self) -> int:
        """Records of the newest plan that came to no end: the run goes on, or was cut off."""
        planned = self.surveyed.records if self.surveyed else 0
        return max(planned - sum(n for state, n in self.counts.items() if state is not State.UNDER_WORK), 0)


def standings(ledger: Ledger, register: Register) -> tuple[Standing, ...]:
    """All deliveries that are not known under a later place, in order of first seen; then those of which only is known
    what waits in them (0.1.0 kept no ledger)."""
    waiting = Counter(held.delivery_id for held in register.held())
    withdrawn = Counter(each.delivery for each in register.withdrawals())
    known = [each for each in ledger.deliveries() if each.folder]  # what has no folder was not handed in
    earlier: dict[str, list[Delivery]] = {}
    for each in known:
        earlier.setdefault(each.moved_to, []).append(each)
    found = [
        _standing(each, tuple(_places(each, earlier)), ledger, waiting[each.id], withdrawn[each.id])
        for each in known
        if not each.moved_to
    ]
    ids = {each.id for each in known}
    bare = {held.delivery_id: held for held in register.held() if held.delivery_id not in ids}
    for identifier, held in bare.items():
        delivery = Delivery(name=held.delivery, folder=held.folder)
        found.append(_standing(delivery, (), ledger, waiting[identifier], withdrawn[identifier]))
    return tuple(found)


def _places(delivery: Delivery, earlier: dict[str, list[Delivery]]) -> Iterator[Delivery]:
    """Where it lay before; each place once, whatever the ledger says of who came from where."""
    seen, waiting = {delivery.id}, list(earlier.get(delivery.id, ()))
    while waiting:
        each = waiting.pop(0)
        if each.id not in seen:
            seen.add(each.id)
            waiting += earlier.get(each.id, ())
            yield each


def _standing(
    delivery: Delivery, before: tuple[Delivery, ...], ledger: Ledger, waiting: int, withdrawn: int
) -> Standing:
    runs = sorted((run for each in (delivery, *before) for run in ledger.runs(each.id)), key=lambda run: run.id)
    newest = next(((run, told) for run in reversed(runs) if (told := ledger.surveyed(run.id)) is not None), None)
    return Standing(
        id=delivery.id,
        delivery=delivery,
        places=tuple(each.folder for each in before),
        runs=tuple(runs),
        surveyed=newest[1] if newest else None,
        counts=ledger.counts(newest[0].id) if newest else dict.fromkeys(State, 0),
        waiting=waiting,
        withdrawn=withdrawn,
    )


def find_delivery(typed: str, known: Iterable[Standing]) -> Standing | None:
    """The delivery under an identifier or its beginning, a name, or the folder it lies or lay in; None where there is
    none. UsageError where several are meant."""
    every = tuple(known)
    folder = "/" + display(bytes(Path(typed).resolve())[1:]) if typed else ""
    asked = (
        [each for each in every if each.id == typed],
        [each for each in every if folder in {each.delivery.folder, *each.places}],
        [each for each in every if each.delivery.name == typed],
        [each for each in every if len(typed) >= _SHORTEST and each.id.startswith(typed)],
    )
    found = next((some for some in asked if some), [])
    if len(found) > 1:
        told = "; ".join(f"{each.id} {each.delivery.folder}" for each in found)
        raise UsageError(message("deliveries_alike", typed=typed, known=told))
    return found[0] if found else None


def no_such_delivery(typed: str, known: Iterable[Standing]) -> UsageError:
    """Nothing was handed in under what was typed; the newest that were are named."""
    near = "; ".join(each.delivery.name for each in tuple(known)[-5:])
    return UsageError(message("no_such_delivery", typed=typed, known=near))


def waiting_in(standing: Standing, register: Register) -> tuple[HeldRecord, ...]:
    """What waits in it."""
    return tuple(register.held(delivery=delivery_id(standing.delivery.name, standing.delivery.folder)))
