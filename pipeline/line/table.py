"""The line as a table: a row for each stage, and beside it what the stage is given of the services.

To add a stage, write its module in `stages/`, its row here, and its title in `profiles/texts/line.toml`.
"""

from functools import partial

from pipeline.domain.bags import Assembled
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import Deposited, FixityReport, Packaged, PackageIndex
from pipeline.domain.records import Checked, Derived, Described, Identified, Received, Step
from pipeline.errors import PipelineError
from pipeline.formats.handler import DECODING
from pipeline.line.adopting import deposit_or_adopt, unlike
from pipeline.line.beginning import SET_ASIDE
from pipeline.line.handed_in import depositor, handed_in, people
from pipeline.line.job import Job
from pipeline.line.redelivery import Redelivered, compared, stored_already
from pipeline.line.stage import Call, Despite, Line, Phase, Stage
from pipeline.ports import Clock, Register, Store
from pipeline.stages.assemble import assemble
from pipeline.stages.audit import audit
from pipeline.stages.check import check
from pipeline.stages.deposit import deposit
from pipeline.stages.derive import derive
from pipeline.stages.describe import describe
from pipeline.stages.identify import identify
from pipeline.stages.package import package, take_back
from pipeline.stages.receive import receive
from pipeline.stages.survey import survey
from pipeline.stores.right_store import make_known

PHASES = (
    Phase(name="take in"),
    Phase(name="decide", waits_for_all=True),
    Phase(name="derive"),
    Phase(name="package"),
    Phase(name="seal"),
    Phase(name="deposit"),
)
"""The survey goes before. Nothing is derived before the depositor has been told of the whole delivery; from there on
each record goes to the end by itself, so that the workspace holds few derived files at a time."""


def _receive(job: Job) -> Call:
    return partial(
        receive,
        job.planned,
        delivery=job.delivery,
        batch=job.record.batch,
        folder=job.work.folder("received"),
        digests=job.services.profile.digests,
        clock=job.services.clock,
        advance=job.advance,
    )


def _identify(job: Job) -> Call:
    return partial(
        identify,
        job.record,
        job.fact(Received),
        folder=job.work.folder("received"),
        policy=job.services.policy,
        copies_follow=job.services.profile.normalise,
    )


def _check(job: Job) -> Call:
    found, plan = tuple(job.findings), job.services.record_plan
    return partial(check, job.record, job.fact(Received), job.fact(Identified), found=found, plan=plan)


def _derive(job: Job) -> Call:
    profile = job.services.profile
    return partial(
        derive,
        job.record,
        job.fact(Received),
        job.fact(Identified),
        originals=job.work.folder("received"),
        folder=job.work.folder("derived"),
        workers=job.services.workers,
        policy=job.services.policy,
        images=profile.images_of(job.record.description.category),
        digests=profile.digests,
        clock=job.services.clock,
        enabled=profile.normalise,
    )


def _describe(job: Job) -> Call:
    return partial(
        describe,
        job.record,
        job.fact(Received),
        job.fact(Identified),
        job.fact(Derived),
        events=(*handed_in(job), *job.events()),
        people=people(job),
        findings=tuple(job.findings),
        folder=job.work.folder("described"),
        institution=job.services.institution,
        fonds_name=job.services.fonds_name,
        digests=job.services.profile.digests,
        clock=job.services.clock,
    )


def _assemble(job: Job) -> Call:
    return partial(
        assemble,
        job.record,
        job.fact(Received),
        job.fact(Identified),
        job.fact(Derived),
        job.fact(Described),
        institution=job.services.institution,
        depositor=depositor(job),
        digests=job.services.profile.digests,
        clock=job.services.clock,
    )


def packing(job: Job) -> Call:
    """The stage that packs what was assembled."""
    return partial(
        package,
        job.record,
        job.fact(Received),
        job.fact(Assembled),
        originals=job.work.folder("received"),
        copies=job.work.folder("derived"),
        tags=job.work.folder("described"),
        folder=job.work.folder("packaged"),
        advance=_unwatched,
    )


def _package(job: Job) -> Call:
    """What was packed of the same content and description before is not packed again: a store may hold it already."""
    before = job.work.finished(SET_ASIDE, Step[Packaged])
    if before is None or before.value.index.version != job.record.version or _differs(job, before.value.index):
        return packing(job)
    return partial(take_back, before, source=job.work.folder(SET_ASIDE), folder=job.work.folder("packaged"))


def _deposit(job: Job) -> Call:
    check = partial(_read_back, clock=job.services.clock)
    put = partial(
        deposit,
        stores=job.services.stores,
        check=check,
        admit=partial(_refused, stores=job.services.stores, register=job.services.register),
        clock=job.services.clock,
        advance=_unwatched,
    )
    return partial(
        deposit_or_adopt,
        job.fact(Packaged),
        folder=job.work.folder("packaged"),
        fetched=partial(job.work.fresh_folder, "fetched"),
        stores=job.services.stores,
        put=lambda packaged, folder: put(packaged, folder=folder),
        check=check,
        differs=partial(_differs, job),
    )


def _differs(job: Job, other: PackageIndex) -> tuple[Message, ...]:
    """What a package of an earlier run says of the record otherwise than what is delivered now."""
    if job.stored is not None:  # it keeps the digests of the version before
        return unlike(job.steps[Packaged].value.index, other)
    received: Received = job.steps[Received].value
    match compared(other, job.planned, received, job.services.profile.delivery):
        case Redelivered.SAME:
            return ()
        case Redelivered.OTHER_DESCRIPTION:
            return (message("other_description"),)
        case Redelivered.OTHER_CONTENT:
            return (message("other_content"),)


def _refused(store: Store, *, stores: tuple[Store, ...], register: Register) -> PipelineError | None:
    """Why nothing may be written to the store: it does not answer, is not the one that the register means, or is one
    of the others under another name."""
    try:
        make_known(store, register, others=stores)
    except PipelineError as error:
        return error
    return None


def _unwatched(_: int) -> None:
    """Records are counted here, not bytes."""


def _read_back(index: PackageIndex, store: Store, *, clock: Clock) -> FixityReport:
    """The copy just written, read whole; its index is not there yet."""
    return audit(index, store=store, clock=clock, advance=_unwatched, index_expected=False)


STAGES = (
    Stage(
        name="receive",
        title=message("stage_receive"),
        phase="take in",
        takes=(),
        makes=Received,
        call=_receive,
        leaves="received",
        despite=Despite.ANYTHING,
        ends=stored_already,
    ),
    Stage(
        name="identify",
        title=message("stage_identify"),
        phase="take in",
        takes=(Received,),
        makes=Identified,
        call=_identify,
        leaves="identified",
        where=DECODING,
        has_folder=False,
        despite=Despite.ANYTHING,
    ),
    Stage(
        name="check",
        title=message("stage_check"),
        phase="take in",
        takes=(Received, Identified),
        makes=Checked,
        call=_check,
        leaves="checked",
        has_folder=False,
        has_journal=False,
        despite=Despite.LATER_FINDINGS,
    ),
    Stage(
        name="derive",
        title=message("stage_derive"),
        phase="derive",
        takes=(Received, Identified),
        makes=Derived,
        call=_derive,
        leaves="derived",
    ),
    Stage(
        name="describe",
        title=message("stage_describe"),
        phase="package",
        takes=(Received, Identified, Derived),
        makes=Described,
        call=_describe,
        leaves="described",
    ),
    Stage(
        name="assemble",
        title=message("stage_assemble"),
        phase="package",
        takes=(Received, Identified, Derived, Described),
        makes=Assembled,
        call=_assemble,
        leaves="assembled",
        has_folder=False,
        has_journal=False,
    ),
    Stage(
        name="package",
        title=message("stage_package"),
        phase="package",
        takes=(Received, Assembled),
        makes=Packaged,
        call=_package,
        leaves="packaged",
        durable=True,
        behind_packing=True,
    ),
    Stage(
        name="deposit",
        title=message("stage_deposit"),
        phase="deposit",
        takes=(Packaged,),
        makes=Deposited,
        call=_deposit,
        leaves="deposited",
        has_folder=False,
        has_journal=False,
        behind_packing=True,
    ),
)

LINE = Line(survey=survey, phases=PHASES, stages=STAGES)
