"""The flow of an audit: every byte of every copy read again, a task for every copy."""

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Failed

from flows.reporting import LogProgress, audit_ended, mask_logs
from flows.runner import PrefectRunner
from pipeline.bootstrap import SystemClock, open_archive
from pipeline.domain.personal import mask
from pipeline.errors import HouseError, PipelineError
from pipeline.routes.audit import audit
from pipeline.texts import all_texts


@flow(name="audit-all", persist_result=False)
def audit_all(home: str = "") -> State[dict[str, int]]:
    """Checks the fixity of every copy in every store, as `lantai audit --all` does; returns copies by result.

    Failed where any copy is not sound or could not be read, naming package, store and file.
    """
    mask_logs()
    log = get_run_logger()
    try:
        with open_archive(Path(home) if home else None, run="flow-audit") as archive:
            examined = audit(
                None,
                stores=archive.stores,
                register=archive.register,
                clock=SystemClock(),
                runner=PrefectRunner(archive.home.workers),
                progress=LogProgress(log),
            )
            return audit_ended([each.report for each in examined], log=log)
    except HouseError:
        raise
    except PipelineError as error:
        return Failed(message=mask(all_texts().say(error.message, "en")))
