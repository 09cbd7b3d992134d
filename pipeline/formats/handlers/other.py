"""Whatever has no handler of its own: ZIP and gzip are read to their end, of the rest nothing can be told."""

import zlib

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.domain.formats import OTHER
from pipeline.domain.messages import message
from pipeline.formats import container, decide
from pipeline.formats.handler import Examined, FormatHandler, Original, could_not_tell, damaged, sound
from pipeline.tools import gzips, ole
from pipeline.tools.toolbox import Toolbox


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Reads what is readable; says so where nothing is."""
    if original.format.media_type == "application/zip":
        return container.examine(original, toolbox)
    if original.format.media_type == "application/gzip":
        return _unfolded(original, toolbox)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    reason = message("no_reader", what=decide.called(original.format))
    return Examined(soundness=could_not_tell(agent, reason), agent=agent)


def _unfolded(original: Original, toolbox: Toolbox) -> Examined:
    agent = Agent(name="zlib", version=zlib.ZLIB_RUNTIME_VERSION)
    read = gzips.read_through(original.path, max_bytes=toolbox.limits.max_derived_bytes)
    if read.fault:
        return Examined(soundness=damaged(agent, read.fault), agent=agent)
    return Examined(soundness=could_not_tell(agent, read.doubt) if read.doubt else sound(agent), agent=agent)


HANDLER = FormatHandler(kinds=(OTHER,), examine=examine)
