"""PDF: read to the end; the reading copy is the same document with its description embedded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.domain.events import Agent
from pipeline.domain.formats import PDF
from pipeline.domain.messages import message
from pipeline.formats.handler import (
    Action,
    Examined,
    FormatHandler,
    Made,
    NoParameters,
    Original,
    Refused,
    could_not_tell,
    damaged,
    sound,
)
from pipeline.tools import pdf
from pipeline.tools.toolbox import Toolbox


def _agent() -> Agent:
    return Agent(name="pikepdf", version=pdf.version())


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Structure, pages and every stream but pictures."""
    agent = _agent()
    read = pdf.read_through(original.path)
    if not read.opens:
        reason = message("needs_password")
        return Examined(soundness=could_not_tell(agent, reason), agent=agent, encrypted=reason)
    if read.fault:
        soundness = damaged(agent, read.fault)
    elif read.doubt:
        soundness = could_not_tell(agent, read.doubt)
    else:
        soundness = sound(agent)
    return Examined(
        soundness=soundness,
        agent=agent,
        pages=max(read.pages, 1),
        encrypted=message("use_restricted") if read.encrypted else "",
        facts=(("pikepdf", "signed", "true"),) if read.signed else (),
    )


def copy(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """The same document; its description is embedded afterwards. Locked and signed ones are left alone."""
    for number, original in enumerate(originals, start=1):
        toolbox.announce(original.subject, original.size)
        read = pdf.read_through(original.path)
        if read.encrypted:
            yield Refused(original=original, reason=message("is_encrypted"))
        elif read.signed:
            yield Refused(original=original, reason=message("is_signed"))
        elif read.fault:
            yield Refused(original=original, reason=read.fault, code="damaged_file")
        else:
            target = folder / f"d{number:05d}.pdf"
            shutil.copyfile(original.path, target)
            yield Made(
                path=target,
                extension="pdf",
                sources=(original,),
                agent=_agent(),
                detail="same pages, nothing encoded again",
            )


HANDLER = FormatHandler(
    kinds=(PDF,), examine=examine, needs=("pikepdf",), actions={"copy": Action(make=copy, needs=("pikepdf",))}
)
