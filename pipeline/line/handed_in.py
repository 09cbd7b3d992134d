"""移交单位、责任人、接收人: who handed a record in, who answers for it, who took it in, as the package says it."""

from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.outcomes import State
from pipeline.line.job import Job


def depositor(job: Job) -> str:
    """移交单位: as the delivery says; of what is stored already, as the delivery said that it came with. Empty where
    nobody said."""
    if job.stored is None or job.order.delivery.depositor:
        return job.order.delivery.depositor
    ledger = job.services.ledger
    stored = [run.delivery for run, end in ledger.outcomes_of(job.order.package_id) if end.state is State.STORED]
    return next((d.depositor for d in ledger.deliveries() if stored and d.id == stored[0]), "")


def handed_in(job: Job) -> tuple[Event, ...]:
    """The act of handing in, by the depositor, at the time when the record was received; none where nobody said."""
    delivery, before = job.order.delivery, job.events()
    if not delivery.depositor or not before:
        return ()
    parts = [f"移交批次 (delivery): {delivery.name}", f"移交单位 (depositor): {delivery.depositor}"]
    parts += [f"责任人 (contact): {delivery.contact}"] if delivery.contact else []
    parts += [f"接收人 (operator): {job.services.operator}"] if job.services.operator else []
    return (
        Event(
            kind=EventKind.TRANSFER,
            at=before[0].at,
            agent=Agent(name=delivery.depositor, kind="organization"),
            outcome=Outcome.SUCCESS,
            objects=(job.order.package_id,),
            detail="; ".join(parts),
        ),
    )


def people(job: Job) -> tuple[Agent, ...]:
    """Who answers for the delivery and who took it in, as far as that is known."""
    names = (job.order.delivery.contact, job.services.operator)
    return tuple(Agent(name=name, kind="person") for name in dict.fromkeys(names) if name)
