"""The line for copies that are made later: what is stored is recalled and fetched instead of received, and the rest of
the line is the same. What comes of it is the next version of the package, with all originals again.

Nothing is packaged where no copy is new, or where one would be lost that is there already.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from pipeline.domain import layout
from pipeline.domain.findings import finding
from pipeline.domain.messages import message
from pipeline.domain.outcomes import State
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Derived, Recalled, Received
from pipeline.errors import HouseError
from pipeline.line.job import Job
from pipeline.line.stage import Call, Line, Phase, Stage
from pipeline.line.table import STAGES, packing
from pipeline.stages.fetch import fetch
from pipeline.stages.recall import PREMIS, recall
from pipeline.stages.retrieve import retrieve_from_any

PHASES = tuple(Phase(name=name) for name in ("take in", "derive", "package", "seal", "deposit"))
"""Nobody waits for another record: there is no delivery to be told of."""

_ROWS = {stage.name: stage for stage in STAGES}


def _stored(job: Job) -> PackageIndex:
    if job.stored is None:
        raise HouseError(message("no_such_package", typed=job.order.package_id))
    return job.stored


def _take(job: Job, path: str, target: Path) -> str:
    """A file of the newest version, out of the first store that gives it whole."""
    index = _stored(job)
    holding = {copy.store for copy in job.services.register.copies(index.package_id, index.version)}
    stores = [store for store in job.services.stores if store.name in holding]
    return retrieve_from_any(index, path, stores=stores, target=target)


def _recall(job: Job) -> Call:
    return partial(recall, _stored(job), take=partial(_take, job), folder=job.work.folder("recalled"))


def _fetch(job: Job) -> Call:
    return partial(
        fetch,
        job.fact(Recalled),
        _stored(job),
        take=partial(_take, job),
        folder=job.work.folder("received"),
        digests=job.services.profile.digests,
        clock=job.services.clock,
        advance=job.advance,
    )


def _describe(job: Job) -> Call:
    return partial(_ROWS["describe"].call(job), earlier=job.work.folder("recalled") / PREMIS)


def _package(job: Job) -> Call:
    return partial(packing(job), earlier=_stored(job))


def _nothing_new(job: Job) -> State | None:
    """How it ends where no version is to be made; None where there are more copies than before."""
    index = _stored(job)
    before = {m.path for m in index.members if layout.is_payload(m.path) and not layout.is_original(m.path)}
    made = {file.path for file in job.fact(Derived).files}
    if lost := sorted(before - made):
        version, code, record = layout.version_name(index.version), index.archival_code, index.package_id
        job.findings.append(
            finding("copies_would_be_lost", code, record=record, version=version, copies=", ".join(lost))
        )
        return State.UNCHANGED
    return State.UNCHANGED if made == before else None


STAGES_LATER = (
    Stage(
        name="recall",
        title=message("stage_recall"),
        phase="take in",
        takes=(),
        makes=Recalled,
        call=_recall,
        leaves="recalled",
    ),
    Stage(
        name="fetch",
        title=message("stage_fetch"),
        phase="take in",
        takes=(Recalled,),
        makes=Received,
        call=_fetch,
        leaves="received",
    ),
    _ROWS["identify"],
    replace(_ROWS["derive"], ends=_nothing_new),
    replace(_ROWS["describe"], call=_describe),
    _ROWS["assemble"],
    replace(_ROWS["package"], call=_package),
    _ROWS["deposit"],
)

LATER = Line(phases=PHASES, stages=STAGES_LATER, of_stored=True)
