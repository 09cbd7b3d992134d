"""Office documents: containers read to their end; PDF through LibreOffice, all of a record in one call."""

from collections.abc import Iterator
from pathlib import Path

from pipeline import __version__
from pipeline.domain.events import Agent
from pipeline.domain.formats import OFFICE
from pipeline.domain.messages import Message, message
from pipeline.domain.records import Role
from pipeline.errors import ToolGarbled
from pipeline.formats import container
from pipeline.formats.frozen import binary, comparing
from pipeline.formats.frozen.freezing import Frozen, freeze
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
from pipeline.texts import BOTH, all_texts
from pipeline.tools import office, ole, pdf, poppler, zips
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
_DETAIL = "stored values kept, --convert-to pdf, macros off, linked content not fetched"
AT_ONCE = 64
"""Documents that one LibreOffice converts: it does not give back all memory of those that it has closed."""
_BINARY = {"doc", "xls", "ppt"}
_ZIPPED = ("application/vnd.openxmlformats", "application/vnd.oasis")


def examine(original: Original, toolbox: Toolbox) -> Examined:
    """Zipped documents member by member; of the older binary ones only that nothing is missing from their end."""
    if original.format.media_type.startswith(_ZIPPED):
        return container.examine_document(original, toolbox)
    agent = Agent(name="lantai", version=__version__)
    cut = ole.shorter_than_declared(original.path)
    if cut:
        return Examined(soundness=damaged(agent, cut), agent=agent)
    extension = _EXTENSIONS.get(original.format.media_type, "")
    if extension in _BINARY:
        locked, doubt = binary.looked_at(original.path, extension)
        if locked:
            reason = message("document_locked")
            return Examined(soundness=could_not_tell(agent, reason), agent=agent, encrypted=reason)
        if doubt is not None:
            return Examined(soundness=could_not_tell(agent, doubt), agent=agent)
    return Examined(
        soundness=could_not_tell(agent, message("read_when_converted")),
        agent=agent,
        decides_later=bool(extension),
    )


def make_pdf(
    originals: tuple[Original, ...], parameters: NoParameters, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    """A PDF per document, of what it stored when it was saved; one that cannot be converted is told."""
    with toolbox.scratch_folder() as scratch:
        taken: list[tuple[Original, Frozen]] = []
        for original in originals:
            toolbox.announce(original.subject, original.size)
            ready = _ready(original, scratch / f"f{len(taken):05d}")
            if isinstance(ready, Frozen):
                taken.append((original, ready))
            else:
                yield ready
        for start in range(0, len(taken), AT_ONCE):
            own = folder / f"from{start:05d}"
            own.mkdir()
            yield from _converted(taken[start : start + AT_ONCE], own, toolbox)


def _ready(original: Original, target: Path) -> Frozen | Refused | Failed:
    """What is to be converted of a document, or why nothing is."""
    extension = _EXTENSIONS.get(original.format.media_type)
    if extension is None:
        return Refused(original=original, reason=message("no_converter", what=original.format.name))
    if zips.is_locked(original.path):
        return Refused(original=original, reason=message("is_locked"))
    frozen = freeze(original.path, extension, target)
    return frozen if isinstance(frozen, Frozen) else Failed(original=original, reason=frozen)


def _converted(
    taken: list[tuple[Original, Frozen]], folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused | Failed]:
    seconds = toolbox.announce(taken[0][0].subject, sum(o.size for o, _ in taken), files=len(taken))
    documents = [
        office.Document(path=frozen.path, extension=frozen.extension, subject=original.subject)
        for original, frozen in taken
    ]
    made = office.to_pdf(
        documents, folder, seconds=seconds, max_bytes=toolbox.limits.max_derived_bytes, scratch=toolbox.scratch
    )
    for (original, frozen), path in zip(taken, made, strict=True):
        if path is None:
            yield Failed(original=original, reason=message("office_made_nothing"))
        else:
            toolbox.announce(original.subject, original.size)
            yield from _judged(original, frozen, path, toolbox)


def _judged(original: Original, frozen: Frozen, path: Path, toolbox: Toolbox) -> Iterator[Made | Refused | Failed]:
    """The copy, with what is to be told of it, or why it was thrown away."""
    agent = Agent(name="LibreOffice", version=office.version(toolbox.scratch))
    try:
        pages = pdf.page_count(path, subject=original.subject)
    except ToolGarbled as error:
        yield Failed(original=original, reason=error.message)
        return
    text = poppler.text_of(path, subject=original.subject, scratch=toolbox.scratch)
    names = (path.stem, str(toolbox.scratch))
    today = toolbox.clock.now().date()
    fault = comparing.fault(frozen.seen, text, pages=pages, is_sheet=frozen.is_sheet, today=today, names=names)
    if fault is not None:
        path.unlink()
        yield Failed(original=original, reason=fault)
        return
    bare = not text.strip() and pdf.is_bare(path)
    unlike = (
        *((message("copy_shows_nothing"),) if bare else ()),
        *frozen.seen.not_frozen(),
        *comparing.doubts(frozen.seen, text, size=path.stat().st_size, source_size=original.size),
    )
    pdf.settle(path, note="\n".join(_both(each) for each in unlike), subject=original.subject)
    yield Made(path=path, extension="pdf", sources=(original,), agent=agent, detail=_DETAIL, checked=True)
    if unlike:
        yield Refused(original=original, reason=unlike, code="copy_differs")
    left_out = tuple(frozen.seen.left_out())
    if left_out:
        yield Refused(original=original, reason=left_out, code="partly_normalised")


def _both(reason: Message) -> str:
    texts = all_texts()
    return "\n".join(texts.say(reason, lang) for lang in BOTH)


HANDLER = FormatHandler(
    kinds=(OFFICE,),
    examine=examine,
    actions={
        "pdf": Action(
            make=make_pdf,
            roles=frozenset({Role.ACCESS, Role.PRESERVATION}),
            taking=Taking.GROUP,
            needs=("soffice", "pdftotext", "pikepdf"),
            worker=OFFICE_WORKER,
        )
    },
)
