"""The stages that touch hostile files, as a worker calls them: module functions with the toolbox first."""

from pathlib import Path

from pipeline.domain.records import Identified, Received, Record, Step
from pipeline.formats.policy import FormatPolicy
from pipeline.profiles import Profile
from pipeline.stages.identify import identify
from pipeline.tools.toolbox import Toolbox


def identify_with_tools(
    toolbox: Toolbox, record: Record, received: Received, *, folder: Path, policy: FormatPolicy, profile: Profile
) -> Step[Identified]:
    """`identify`, as a worker calls it."""
    return identify(
        record,
        received,
        folder=folder,
        toolbox=toolbox,
        policy=policy,
        copies_follow=profile.normalise,
    )
