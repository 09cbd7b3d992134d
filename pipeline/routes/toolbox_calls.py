"""The stages that touch hostile files, as a worker calls them: module functions with the toolbox first."""

from pathlib import Path

from pipeline.domain.records import Identified, Normalised, Received, Step
from pipeline.formats.policy import FormatPolicy
from pipeline.profiles import Profile
from pipeline.stages.identify import identify
from pipeline.stages.normalise import normalise
from pipeline.tools.toolbox import Toolbox


def identify_with_tools(
    toolbox: Toolbox, received: Received, *, folder: Path, policy: FormatPolicy, profile: Profile
) -> Step[Identified]:
    """`identify`, as a worker calls it."""
    return identify(
        received, folder=folder, toolbox=toolbox, policy=policy, decode_av=False, copies_follow=profile.normalise
    )


def normalise_with_tools(
    toolbox: Toolbox,
    identified: Identified,
    *,
    originals: Path,
    folder: Path,
    policy: FormatPolicy,
    profile: Profile,
) -> Step[Normalised]:
    """`normalise`, as a worker calls it."""
    return normalise(
        identified,
        originals=originals,
        folder=folder,
        toolbox=toolbox,
        policy=policy,
        images=profile.images_of(identified.received.description.category),
        digests=profile.digests,
        enabled=profile.normalise,
    )
