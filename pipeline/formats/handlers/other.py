"""Whatever has no handler of its own: ZIP containers are read to their end, of the rest nothing can be told."""

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.domain.formats import OTHER
from pipeline.domain.messages import message
from pipeline.formats import container
from pipeline.formats.handler import Examined, FormatHandler, Original, could_not_tell, damaged
from pipeline.tools import ole
from pipeline.tools.toolbox import Toolbox


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Reads what is readable; says so where nothing is."""
    if original.format.media_type == "application/zip":
        return container.examine(original, toolbox)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    reason = message("no_reader", what=original.format.name)
    return Examined(soundness=could_not_tell(agent, reason), agent=agent)


HANDLER = FormatHandler(kinds=(OTHER,), examine=examine)
