"""The same delivery at another place: its disk was mounted elsewhere, its folder moved or renamed."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from pipeline.domain.ledger import Delivery, Planned
from pipeline.domain.records import PlannedRecord
from pipeline.ports import Ledger

_LOOKED_AT = 500
"""Records of the earlier delivery that are compared."""


def moved_from(now: Delivery, records: Sequence[PlannedRecord], ledger: Ledger) -> tuple[Delivery, ...]:
    """The deliveries that this one was before it lay here, oldest first; none where it is new, or known here already.

    Such a one is not where it was, and at least half of its records are here: under their codes where its name is the
    same, under codes and titles where it is not, for two contractors' deliveries may share codes. One without records
    (it had no catalogue that could be read) is known by its name.
    """
    known = ledger.delivery(now.id)
    if known is not None and not known.moved_to:
        return ()
    titles = {each.description.package_id: each.description.title for each in records}
    gone = (each for each in ledger.deliveries() if _is_gone(each) and each.id != now.id)
    return tuple(each for each in gone if _is_same(each, now, titles, ledger))


def _is_gone(delivery: Delivery) -> bool:
    return bool(delivery.folder) and not delivery.moved_to and not Path(delivery.folder).is_dir()


def _is_same(earlier: Delivery, now: Delivery, titles: dict[str, str], ledger: Ledger) -> bool:
    plan = list(islice(_newest_plan(earlier, ledger), _LOOKED_AT))
    alike, named_alike = 0, earlier.name == now.name
    for about in (planned.record.description for planned in plan):
        title = titles.get(about.package_id)
        alike += title is not None and (named_alike or title == about.title)
    return 2 * alike >= len(plan) if plan else named_alike


def _newest_plan(delivery: Delivery, ledger: Ledger) -> Iterator[Planned]:
    surveyed = [run.id for run in ledger.runs(delivery.id) if ledger.surveyed(run.id) is not None]
    return ledger.planned(surveyed[-1]) if surveyed else iter(())
