"""Office documents: containers read to their end; PDF through LibreOffice, all of a record in one call."""

from collections.abc import Iterator
from pathlib import Path

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.domain.formats import OFFICE
from pipeline.domain.messages import message
from pipeline.domain.records import Role
from pipeline.formats import container
from pipeline.formats.handler import (
    OFFICE as OFFICE_WORKER,
)
from pipeline.formats.handler import (
    Action,
    Examined,
    Failed,
    FormatHandler,
    Made,
    NoParameters,
    Original,
    Refused,
    Taking,
    could_not_tell,
    damaged,
)
from pipeline.tools import office, ole, pdf, zips
from pipeline.tools.toolbox import Toolbox

_EXTENSIONS = {
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/rtf": "rtf",
    "application/vnd.wordperfect": "wpd",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_ZIPPED = ("application/vnd.openxmlformats", "application/vnd.oasis")


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Zipped documents member by member; of the older binary ones only that nothing is missing from their end."""
    if original.format.media_type.startswith(_ZIPPED):
        return container.examine_document(original, toolbox)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    return Examined(
        soundness=could_not_tell(agent, message("read_when_converted")),
        agent=agent,
        decides_later=original.format.media_type in _EXTENSIONS,
    )


def make_pdf(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """A PDF per document; one that LibreOffice would not open has no copy, and is told."""
    taken = []
    for original in originals:
        if original.format.media_type in _EXTENSIONS and not zips.is_locked(original.path):
            taken.append(original)
        elif original.format.media_type in _EXTENSIONS:
            yield Refused(original=original, reason=message("is_locked"))
        else:
            yield Refused(original=original, reason=message("no_converter", what=original.format.name))
    if not taken:
        return
    seconds = toolbox.announce(taken[0].subject, sum(o.size for o in taken), files=len(taken))
    documents = [
        office.Document(path=o.path, extension=_EXTENSIONS[o.format.media_type], subject=o.subject) for o in taken
    ]
    made = office.to_pdf(
        documents, folder, seconds=seconds, max_bytes=toolbox.limits.max_derived_bytes, scratch=toolbox.scratch
    )
    agent = Agent(name="LibreOffice", version=office.version(toolbox.scratch))
    for original, path in zip(taken, made, strict=True):
        if path is None:
            yield Failed(original=original, reason=message("office_made_nothing"))
            continue
        pdf.page_count(path, subject=original.subject)
        detail = "--convert-to pdf, macros off, linked content not fetched"
        yield Made(path=path, extension="pdf", sources=(original,), agent=agent, detail=detail, checked=True)


HANDLER = FormatHandler(
    kinds=(OFFICE,),
    examine=examine,
    actions={
        "pdf": Action(
            make=make_pdf,
            roles=frozenset({Role.ACCESS, Role.PRESERVATION}),
            taking=Taking.GROUP,
            needs=("soffice", "pikepdf"),
            worker=OFFICE_WORKER,
        )
    },
)
