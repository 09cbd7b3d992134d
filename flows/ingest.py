"""The flow of an ingest: a delivery from receipt to deposit, a task for every record."""

from collections.abc import Iterable
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Failed

from flows.reporting import LogProgress, ingest_ended, log_findings, mask_logs
from flows.runner import PrefectRunner
from pipeline.bootstrap import open_archive
from pipeline.domain.findings import Finding
from pipeline.domain.ledger import Delivery, Surveyed
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.errors import HouseError, PipelineError, UsageError
from pipeline.routes.ingest import ingest
from pipeline.services import open_services
from pipeline.texts import all_texts


@flow(name="ingest-delivery", flow_run_name="ingest {delivery}", persist_result=False)
def ingest_delivery(
    delivery: str, home: str = "", profile: str = "", depositor: str = "", contact: str = ""
) -> State[dict[str, int]]:
    """Takes in a delivery, as `lantai ingest` does. Folders as the worker sees them; `depositor` (移交单位) and
    `contact` (责任人) as with `--from` and `--by`; returns records by state.

    Completed where records are held for their material, with their number in the message; Failed where a tool or
    a store failed, the settings are wrong or the delivery cannot be read. May be run again at any time.
    """
    mask_logs()
    log = get_run_logger()
    try:
        if not Path(delivery).is_dir():
            raise UsageError(message("no_such_folder", folder=delivery))
        with (
            open_archive(Path(home) if home else None, run="flow-ingest", arguments=(delivery, profile)) as archive,
            open_services(archive, profile_name=profile) as services,
        ):

            def announce(delivered: Delivery, surveyed: Surveyed, found: Iterable[Finding]) -> None:
                log.info("%s: %d records by %s", delivered.name, surveyed.records, surveyed.catalogue)
                log_findings((*surveyed.findings, *found), profile=services.profile, log=log)

            report = ingest(
                Path(delivery).absolute(),
                services=services,
                runner=PrefectRunner(archive.home.records),
                progress=LogProgress(log),
                announce=announce,
                depositor=depositor,
                contact=contact,
            )
            return ingest_ended(report, services.ledger, log=log)
    except HouseError:
        raise
    except PipelineError as error:
        return Failed(message=mask(all_texts().say(error.message, "en")))
