"""The stages that touch hostile files, as a lane calls them: module functions with the bench first."""

from pathlib import Path

from pipeline.domain.records import Identified, Normalised, Received, Step
from pipeline.formats._policy import FormatPolicy
from pipeline.profiles import Profile
from pipeline.stages.identify import identify
from pipeline.stages.normalise import normalise
from pipeline.tools.bench import Bench


def identify_on_bench(
    bench: Bench, received: Received, *, folder: Path, policy: FormatPolicy, profile: Profile
) -> Step[Identified]:
    """`identify`, as a lane calls it."""
    return identify(
        received, folder=folder, bench=bench, policy=policy, decode_av=False, copies_follow=profile.normalise
    )


def normalise_on_bench(
    bench: Bench,
    identified: Identified,
    *,
    originals: Path,
    folder: Path,
    policy: FormatPolicy,
    profile: Profile,
) -> Step[Normalised]:
    """`normalise`, as a lane calls it."""
    return normalise(
        identified,
        originals=originals,
        folder=folder,
        bench=bench,
        policy=policy,
        images=profile.images_of(identified.received.description.category),
        digests=profile.digests,
        enabled=profile.normalise,
    )
