"""Whether a PNG is sound: its chunks by ourselves, its pixels by libvips.

Damaged is what does not decode, or data whose sum is wrong; a missing end chunk with all pixels there is told.
"""

from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import Soundness
from pipeline.domain.messages import message, told_by_program
from pipeline.formats.handler import could_not_tell, damaged, sound
from pipeline.tools import png, vips


def judged(path: Path, agent: Agent) -> Soundness:
    """The verdict; `agent` is libvips."""
    try:
        chunks = png.read_chunks(path)
    except png.NoPng as error:
        return damaged(agent, told_by_program(error))
    if chunks.ruined:
        return damaged(agent, message("chunks_damaged", names=", ".join(dict.fromkeys(chunks.ruined))))
    read = vips.decode(path, "image/png", pages=1)
    if read.fault:
        said = told_by_program(read.fault)
        return damaged(agent, said) if read.supported else could_not_tell(agent, said)
    doubts = []
    if chunks.lacks_end:
        doubts.append(message("end_chunk_missing"))
    if chunks.odd:
        doubts.append(message("chunks_odd", names=", ".join(dict.fromkeys(chunks.odd))))
    if chunks.behind:
        doubts.append(message("bytes_behind_end", count=chunks.behind))
    if read.doubt:
        doubts.append(told_by_program(read.doubt))
    return could_not_tell(agent, tuple(doubts)) if doubts else sound(agent)
