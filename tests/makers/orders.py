"""Work orders of a delivery, as `routes.ingest` makes them, worked one by one by hand."""

from dataclasses import replace
from pathlib import Path

from pipeline.delivery.listing import display
from pipeline.domain.ledger import Delivery, Ended
from pipeline.domain.orders import WorkOrder
from pipeline.domain.outcomes import State
from pipeline.line.driver import work
from pipeline.line.services import IngestServices
from pipeline.line.stage import Line
from pipeline.line.table import LINE
from pipeline.stages.survey import survey


def orders_of(services: IngestServices, folder: Path) -> list[WorkOrder]:
    """The plan of a new run, written down, and an order for each record's first leg."""
    plan = survey(folder, profile=services.profile)
    delivery = Delivery(name=plan.batch, folder="/" + display(bytes(folder.resolve())[1:]))
    run = services.ledger.begin_run(delivery, at="2026-11-28T00:00:00+00:00", program="test").id
    services.ledger.add_planned(run, plan.records)
    services.ledger.end_survey(run, catalogue=plan.catalogue, findings=plan.findings, ignored=plan.ignored)
    return [
        WorkOrder(
            run=run,
            delivery=delivery,
            position=planned.position,
            package_id=planned.record.description.package_id,
            archival_code=planned.record.description.archival_code,
            phase=LINE.phases[0].name,
            findings=planned.record.findings,
        )
        for planned in services.ledger.planned(run)
    ]


def worked(order: WorkOrder, folder: Path, services: IngestServices, line: Line = LINE) -> Ended:
    """The order carried out."""
    return work(order, delivery=folder, services=services, advance=lambda _: None, line=line)


def taken_in(services: IngestServices, folder: Path) -> WorkOrder:
    """The only record of a delivery, taken in; the order for the rest of its way."""
    (order,) = orders_of(services, folder)
    ended = worked(order, folder, services)
    assert ended.outcome.state is State.UNDER_WORK
    return replace(order, phase=LINE.legs()[1].phases[0].name, findings=ended.outcome.findings)
