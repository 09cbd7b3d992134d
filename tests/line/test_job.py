"""What a row of the table sees of a record under work."""

from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.ledger import Delivery
from pipeline.domain.orders import WorkOrder
from pipeline.domain.records import Derived, Identified, PlannedRecord, Received, Step
from pipeline.errors import HouseError
from pipeline.line.job import Job
from tests.makers.values import LANTAI, description, event, received

ABOUT = description()
GOT = received([b"001.tif"])
CAPTURED, FOUND = (event(kind, LANTAI, (ABOUT.package_id,)) for kind in (EventKind.CAPTURE, EventKind.VALIDATION))


@pytest.fixture
def job(tmp_path: Path) -> Job:
    order = WorkOrder(
        run=1,
        delivery=Delivery(name="batch", folder="/srv/batch"),
        position=0,
        package_id=ABOUT.package_id,
        archival_code=ABOUT.archival_code,
        phase="take in",
    )
    nothing = cast(Any, None)  # neither services nor workspace is asked for here
    return Job(
        order=order,
        planned=PlannedRecord(description=ABOUT, files=()),
        source_state="s",
        stored=None,
        delivery=tmp_path,
        services=nothing,
        work=nothing,
        advance=lambda _: None,
        findings=[],
        steps={
            Received: Step(value=GOT, events=(CAPTURED,)),
            Identified: Step(value=Identified(files=()), events=(FOUND,)),
        },
        taken=(Received,),
    )


def test_what_all_stages_share(job: Job) -> None:
    assert (job.record.description, job.record.batch, job.record.version) == (ABOUT, "batch", 1)


def test_a_fact_that_the_row_names(job: Job) -> None:
    assert job.fact(Received) is GOT


@pytest.mark.parametrize("kind", [Identified, Derived])
def test_one_that_it_does_not_name_or_that_was_never_made_is_our_fault(job: Job, kind: type) -> None:
    job.taken = (Received, Derived)
    with pytest.raises(HouseError):
        job.fact(kind)


def test_events_oldest_first(job: Job) -> None:
    assert job.events() == (CAPTURED, FOUND)
