"""What the metadata documents of a package say, gathered from the values of the line. Pure; `describe` writes them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from pipeline.codecs.premis import Premis, PremisEvent, PremisFile
from pipeline.codecs.record_elements import groups_of
from pipeline.codecs.record_xml import ElectronicFile
from pipeline.codecs.record_xml import Record as RecordDocument
from pipeline.codecs.technical import TechnicalFile
from pipeline.domain.events import Agent, Event, EventKind
from pipeline.domain.findings import Finding
from pipeline.domain.formats import FileFormat
from pipeline.domain.records import (
    Role,
)
from pipeline.errors import HouseError
from pipeline.stages._contents import Contents
from pipeline.texts import in_english

UNKNOWN_FORMAT = "未知格式"


def record_of(contents: Contents, *, archives: str, fonds_name: str) -> RecordDocument:
    """The description with its electronic files."""
    description = contents.description
    return RecordDocument(
        description=description,
        archives=archives,
        fonds_name=fonds_name,
        files=tuple(
            ElectronicFile(
                path=received.path,
                name=received.original.display,
                size=received.size,
                format_name=_format_name(known.format),
                format_version=known.format.version,
                format_note=_format_note(known.format),
                groups=groups_of(known.format.kind, description.category, known.facts),
            )
            for received, known in contents.originals()
        ),
    )


def technical_of(contents: Contents) -> Iterator[TechnicalFile]:
    """Everything the tools read out, originals first."""
    for received, known in contents.originals():
        yield TechnicalFile(
            path=received.path,
            sha256=received.sha256,
            size=received.size,
            format=known.format,
            soundness=replace(known.soundness, reason=in_english(known.soundness.reason)),
            pages=known.pages,
            facts=known.facts,
        )
    for file in contents.derived.files:
        yield TechnicalFile(
            path=file.path, sha256=file.sha256, size=file.size, format=file.format, sources=file.sources
        )


def premis_of(
    contents: Contents,
    *,
    events: Sequence[Event],
    findings: Iterable[Finding],
    archives: str,
    earlier: Premis | None = None,
) -> Premis:
    """Objects, events and rights. The last event of kind validation in `events` bears the findings as notes. The events
    of `earlier`, the version before, go before them under the numbers they have."""
    description = contents.description
    first = 1 if earlier is None else len(earlier.events) + 1
    files = (*_original_objects(contents), *_derived_objects(contents, events, first))
    inside = _Inside(description.package_id, files)
    rights = (
        ("密级", description.value("security")),
        ("开放标识", description.value("access")),
        ("保管期限", description.retention),
    )
    return Premis(
        package_id=description.package_id,
        archival_code=description.archival_code,
        title=description.title,
        representations=tuple(dict.fromkeys(file.representation for file in files)),
        files=files,
        events=(*_carried(earlier, inside), *_events(events, findings, inside, first)),
        holder=Agent(name=archives, kind="organization"),
        rights=tuple((term, value) for term, value in rights if value),
    )


def _original_objects(contents: Contents) -> Iterator[PremisFile]:
    for received, known in contents.originals():
        yield _with_format(
            PremisFile(
                path=received.path,
                representation=Role.ORIGINAL,
                size=received.size,
                digests=received.digests,
                format_name="",
                original_name=received.original.display,
            ),
            known.format,
        )


def _derived_objects(contents: Contents, events: Sequence[Event], first: int) -> Iterator[PremisFile]:
    makers = _makers(events, first)
    for file in contents.derived.files:
        if file.path not in makers:
            raise HouseError(f"nothing says how {file.path} was made: a derived file needs its event")
        yield _with_format(
            PremisFile(
                path=file.path,
                representation=file.role,
                size=file.size,
                digests=file.digests,
                format_name="",
                sources=file.sources,
                made_by=tuple(makers[file.path]),
            ),
            file.format,
        )


def _makers(events: Sequence[Event], first: int) -> dict[str, list[str]]:
    """Identifiers of the events that made each file of others; `first` is the number of the first event."""
    makers: dict[str, list[str]] = {}
    for number, event in enumerate(events, start=first):
        if event.kind is EventKind.NORMALIZATION:
            for path in event.objects:
                makers.setdefault(path, []).append(event_number(number))
    return makers


def _with_format(file: PremisFile, known: FileFormat) -> PremisFile:
    notes = (f"media type: {known.media_type}", known.reason)
    return replace(
        file,
        format_name=_format_name(known),
        format_version=known.version,
        puid=known.puid,
        format_notes=tuple(note for note in notes if note),
    )


class _Inside:
    """What an event of this package can be linked to."""

    def __init__(self, package_id: str, files: Iterable[PremisFile]) -> None:
        self._parts: dict[str, set[str]] = {}
        for file in files:
            self._parts.setdefault(file.representation, set()).add(file.path)
        self._known = {package_id}.union(*self._parts.values())

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def linked(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The paths that are objects of the package, once each; a representation's name in place of all its files,
        or an act on 20,000 files would be 20,000 links."""
        left = dict.fromkeys(path for path in paths if path in self._known)
        whole = [name for name, parts in self._parts.items() if len(parts) > 1 and parts <= left.keys()]
        for name in whole:
            for path in self._parts[name]:
                del left[path]
        return (*whole, *left)


def _carried(earlier: Premis | None, inside: _Inside) -> Iterator[PremisEvent]:
    """The events of the version before, with all they say. What stood for all files of a representation stands for
    those that it had then: there may be more now."""
    if earlier is None:
        return
    had: dict[str, list[str]] = {name: [] for name in earlier.representations}
    for file in earlier.files:
        had[file.representation].append(file.path)

    def then(linked: Iterable[str]) -> tuple[str, ...]:
        return tuple(path for each in linked for path in had.get(each, [each]))

    for event in earlier.events:
        sources, objects = then(event.sources), then(event.objects)
        gone = _outside(sources, objects, inside)
        yield replace(
            event,
            sources=inside.linked(sources),
            objects=inside.linked(objects),
            details=(*event.details, *gone),
        )


def _events(events: Sequence[Event], findings: Iterable[Finding], inside: _Inside, first: int) -> Iterator[PremisEvent]:
    notes = tuple(_note(each) for each in findings)
    judging = max((n for n, event in enumerate(events, first) if event.kind is EventKind.VALIDATION), default=0)
    for number, event in enumerate(events, start=first):
        yield PremisEvent(
            identifier=event_number(number),
            kind=event.kind,
            at=event.at,
            agent=event.agent,
            outcome=event.outcome,
            objects=inside.linked(event.objects),
            sources=inside.linked(event.sources),
            details=tuple(_details(event, inside)),
            notes=notes if number == judging else (),
        )


def _details(event: Event, inside: _Inside) -> Iterator[str]:
    """The parameters; and what the act took from or touched that is no object of this package, as words, for a link
    must lead somewhere."""
    if event.detail:
        yield event.detail
    yield from _outside(event.sources, event.objects, inside)


def _outside(sources: Iterable[str], objects: Iterable[str], inside: _Inside) -> Iterator[str]:
    yield from (f"source outside the package: {path}" for path in sources if path not in inside)
    yield from (f"object outside the package: {path}" for path in objects if path not in inside)


def event_number(number: int) -> str:
    """Identifier of the n-th event of a package, from 1."""
    return f"E{number:04d}"


def _note(found: Finding) -> str:
    """A finding as one line of JSON, so that it can be read back."""
    about = {"code": found.code, "subject": found.subject, "record": found.record, "row": found.row}
    return json.dumps({**about, "facts": msgspec.to_builtins(found.facts)}, ensure_ascii=False, separators=(",", ":"))


def _format_name(known: FileFormat) -> str:
    return known.name or UNKNOWN_FORMAT


def _format_note(known: FileFormat) -> str:
    registry = f"；格式注册系统名称：PRONOM；注册ID：{known.puid}" if known.puid else ""
    return f"MIME媒体类型：{known.media_type}{registry}"
