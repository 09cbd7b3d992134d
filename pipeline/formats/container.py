"""Containers of the ZIP family: every member is unfolded once and compared with its CRC, within limits."""

import platform

from pipeline.domain.events import Agent
from pipeline.domain.messages import message
from pipeline.formats.handler import Examined, Original, could_not_tell, damaged, sound
from pipeline.tools import zips
from pipeline.tools.toolbox import Toolbox


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Reads all members; neither nested containers nor links are followed, and nothing is written."""
    return _examined(original, toolbox, documents=False)


def examine_document(original: Original, toolbox: Toolbox) -> Examined:
    """As `examine`, and the XML inside must be well formed."""
    return _examined(original, toolbox, documents=True)


def _examined(original: Original, toolbox: Toolbox, *, documents: bool) -> Examined:
    agent = Agent(name="Python zipfile", version=platform.python_version())
    read = zips.read_through(original.path, max_bytes=toolbox.limits.max_derived_bytes, documents=documents)
    if read.fault:
        return Examined(soundness=damaged(agent, read.fault), agent=agent)
    if read.too_large:
        return Examined(soundness=could_not_tell(agent, read.too_large), agent=agent, too_large=read.too_large)
    if read.encrypted:
        reason = message("members_locked")
        return Examined(soundness=could_not_tell(agent, reason), agent=agent, encrypted=reason)
    if read.packed:
        return Examined(soundness=could_not_tell(agent, message("packing_unknown", packing=read.packed)), agent=agent)
    return Examined(soundness=sound(agent), agent=agent)
