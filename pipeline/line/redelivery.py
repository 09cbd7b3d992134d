"""A record that is stored already is delivered again: the same, the same with another description, or something else.

What was stored by 0.1.0 has no digest of its description alone. Its fingerprint says whether all is the same; where it
is not, and the content is, the description differs, or cannot be told to be the same: a person decides, and nothing
is a clash.
"""

from enum import Enum, auto

from pipeline.delivery import identity_0_1_0
from pipeline.domain import identity
from pipeline.domain.findings import Finding, finding
from pipeline.domain.outcomes import State
from pipeline.domain.packages import PackageIndex
from pipeline.domain.records import Description, PlannedRecord, Received
from pipeline.line.corrections import description_differences, file_differences, stored_description
from pipeline.line.ending import holds_back, state_of_held
from pipeline.line.job import Job
from pipeline.profiles import DeliveryRules


class Redelivered(Enum):
    """What a delivery holds of a record, beside what is stored of it."""

    SAME = auto()
    OTHER_DESCRIPTION = auto()
    OTHER_CONTENT = auto()


def is_untouched(state: str, planned: PlannedRecord, rules: DeliveryRules) -> bool:
    """Whether `state`, the source's state when the record was stored, is that of today: then nothing need be read."""
    return state in {identity.source_state(planned), identity_0_1_0.source_state(planned, rules)}


def compared(known: PackageIndex, planned: PlannedRecord, received: Received, rules: DeliveryRules) -> Redelivered:
    """What was received beside what is stored."""
    if known.content != received.content:
        return Redelivered.OTHER_CONTENT
    about = planned.description
    if known.description:
        same = known.description == identity.description_digest(about)
    else:
        same = known.fingerprint in identity_0_1_0.fingerprints(about, received.files, rules)
    return Redelivered.SAME if same else Redelivered.OTHER_DESCRIPTION


def difference(
    known: PackageIndex,
    planned: PlannedRecord,
    received: Received,
    found: Redelivered,
    stored: Description | None = None,
) -> Finding:
    """What to tell the archivist of a record that is not the same. `stored` is the description in the package, where it
    could be had."""
    about = planned.description
    described = description_differences(known, about, stored)
    if found is Redelivered.OTHER_DESCRIPTION:
        code, told = "stored_description_differs", described
    else:
        same = known.description and known.description == identity.description_digest(about)
        code, told = (
            "already_stored_differs",
            (*file_differences(known, planned, received), *(() if same else described)),
        )
    return finding(
        code,
        about.archival_code,
        record=known.package_id,
        row=about.row,
        stored=known.packaged_at,
        differences=told,
    )


def stored_already(job: Job) -> State | None:
    """How the record ends where it is stored already; None where it is new and goes on.

    The same bytes with a digest that contradicts them are held: either the list is wrong, or what was stored had
    been damaged before it came. Where a file could not be received, nobody can tell whether the rest differs. A record
    with faults of its own goes on, so that its depositor is told of them all.
    """
    stored, profile = job.stored, job.services.profile
    if stored is None or holds_back(job.planned.findings, profile):
        return None
    received = job.fact(Received)
    found = compared(stored, job.planned, received, profile.delivery)
    whole = len(received.files) == len(job.planned.files)
    if (found is Redelivered.SAME or not whole) and holds_back(job.findings, profile):
        return state_of_held(job.findings, profile)
    if found is Redelivered.SAME:
        job.services.register.add_version(
            stored, (), (), source_state=job.source_state, description=job.planned.description
        )
        return State.UNCHANGED
    described = stored_description(stored, job.services.stores, job.work.fresh_folder("stored"))
    job.findings.append(difference(stored, job.planned, received, found, described))
    return state_of_held(job.findings, profile)
