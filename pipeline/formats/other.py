"""Whatever has no handler of its own: ZIP containers are read to their end, of the rest nothing can be told."""

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.formats import _container
from pipeline.formats._handler import Examined, FormatHandler, Original, could_not_tell, damaged
from pipeline.tools import ole
from pipeline.tools.bench import Bench


def examine(original: Original, bench: Bench, decode_av: bool) -> Examined:
    """Reads what is readable; says so where nothing is."""
    if original.format.media_type == "application/zip":
        return _container.examine(original, bench, decode_av)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.cut_short(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    reason = f"nothing here reads {original.format.name}"
    return Examined(soundness=could_not_tell(agent, reason), agent=agent)


HANDLER = FormatHandler(name="other", examine=examine)
