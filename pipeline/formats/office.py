"""Office documents: containers read to their end; PDF through LibreOffice, all of a record in one call."""

from collections.abc import Iterator
from pathlib import Path

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.formats import container
from pipeline.formats.handler import Examined, FormatHandler, Made, Original, Refused, could_not_tell, damaged
from pipeline.formats.policy import NoParameters
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


def examine(original: Original, toolbox: Toolbox, decode_av: bool) -> Examined:
    """Zipped documents member by member; of the older binary ones only that nothing is missing from their end."""
    if original.format.media_type.startswith(_ZIPPED):
        return container.examine(original, toolbox, decode_av)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    return Examined(
        soundness=could_not_tell(agent, "a binary document is only read when it is converted"),
        agent=agent,
        decides_later=original.format.media_type in _EXTENSIONS,
    )


def make_pdf(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """A PDF per document. Raises ToolGarbled naming the documents that LibreOffice would not open."""
    taken = []
    for original in originals:
        if original.format.media_type in _EXTENSIONS and not zips.is_locked(original.path):
            taken.append(original)
        elif original.format.media_type in _EXTENSIONS:
            yield Refused(original=original, reason="it is locked with a password")
        else:
            yield Refused(original=original, reason=f"nothing here converts {original.format.name}")
    if not taken:
        return
    seconds = toolbox.announce(taken[0].subject, sum(o.size for o in taken), files=len(taken))
    documents = [
        office.Document(path=o.path, extension=_EXTENSIONS[o.format.media_type], subject=o.subject) for o in taken
    ]
    made = office.to_pdf(
        documents, folder, seconds=seconds, max_bytes=toolbox.limits.max_derived_bytes, scratch=toolbox.scratch
    )
    agent = Agent(name="LibreOffice", version=toolbox.office_version())
    for original, path in zip(taken, made, strict=True):
        pdf.page_count(path, subject=original.subject)
        detail = "--convert-to pdf, macros off, linked content not fetched"
        yield Made(path=path, extension="pdf", sources=(original,), agent=agent, detail=detail, checked=True)


HANDLER = FormatHandler(name="office", examine=examine, actions={"pdf": make_pdf})
