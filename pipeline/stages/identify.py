"""格式识别: what each file is, whether it can be read to its end, and what the tools read out of it.

Every file is touched under the eye of the watch; a defect is a finding, never an error.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline import __version__
from pipeline.checks.record import can_be_read, format_known, name_fits_format
from pipeline.checks.record_files import Looked
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import FileFormat, Verdict
from pipeline.domain.messages import Message, message
from pipeline.domain.records import Identified, IdentifiedFile, Received, ReceivedFile, Record, Step
from pipeline.errors import ToolCrashed, ToolGarbled, ToolTimedOut
from pipeline.formats import decide
from pipeline.formats.handler import Examined, Handlers, Original, all_handlers, could_not_tell
from pipeline.formats.policy import FormatPolicy
from pipeline.tools import libmagic, pronom, xml_shape
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import Toolbox

_LOST = (ToolCrashed, ToolTimedOut, ToolGarbled)
"""What costs a file its facts, and not its record."""
_OUTCOMES = {
    Verdict.SOUND: Outcome.SUCCESS,
    Verdict.DAMAGED: Outcome.FAILURE,
    Verdict.COULD_NOT_TELL: Outcome.COULD_NOT_TELL,
}

_OF_A_FILE: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    format_known.faults,
    name_fits_format.faults,
    can_be_read.faults,
)
"""What checks say of one file, in the order in which it is told."""


def identify(
    record: Record,
    received: Received,
    *,
    folder: Path,
    toolbox: Toolbox,
    policy: FormatPolicy,
    handlers: Handlers | None = None,
    copies_follow: bool = True,
) -> Step[Identified]:
    """One `IdentifiedFile` per received file, in order; `folder` holds the files under their work names.

    Recordings are only judged by their structure, for making a copy decodes them anyway. Where no `copies_follow`,
    nobody reads such files to their end, and that is told. `handlers` are all there are, where none are given.
    Findings: empty_file, format_unknown, extension_lies, encrypted_file, too_large_to_decode, damaged_file,
    soundness_unknown, facts_not_read. Raises ToolError where a tool, not the material, is at fault.
    """
    handlers = handlers or all_handlers()
    facts, unread = _facts(record, received, folder, toolbox)
    files, findings = [], []
    agents: dict[Agent, list[IdentifiedFile]] = defaultdict(list)
    extractors: dict[Agent, list[str]] = defaultdict(list)
    for file in received.files:
        looked = _look(file, folder, toolbox, policy, handlers)
        if looked.examined.decides_later and not copies_follow:
            looked = replace(looked, examined=_left_undecided(looked.examined))
        seen = _identified(file, looked, facts.get(file.work_name, ()))
        files.append(seen)
        agents[looked.examined.agent].append(seen)
        if seen.facts:
            extractors[Agent(name="ExifTool", version=toolbox.helper(ExifTool).version)].append(file.path)
        if looked.examined.extracted:
            extractors[looked.examined.agent].append(file.path)
        shown = Looked(file, record.description.package_id, looked.format, looked.examined, policy)
        findings += [found for judge in _OF_A_FILE for found in judge(shown)]
        if file.work_name in unread:
            reason = unread[file.work_name]
            subject = file.original.display
            findings.append(finding("facts_not_read", subject, record=record.description.package_id, reason=reason))
    value = Identified(files=tuple(files))
    return Step(value=value, events=_events(value, agents, extractors, toolbox.clock.now()), findings=tuple(findings))


@dataclass(frozen=True, slots=True)
class _Look:
    """A file's format and what examining it has shown."""

    format: FileFormat
    examined: Examined


def _look(file: ReceivedFile, folder: Path, toolbox: Toolbox, policy: FormatPolicy, handlers: Handlers) -> _Look:
    path = folder / file.work_name
    toolbox.announce(file.original.display, file.size)
    format = decide.identify(path, policy, scratch=toolbox.scratch)
    original = Original(path=path, package_path=file.path, subject=file.original.display, size=file.size, format=format)
    if file.size == 0:
        nobody = Agent(name="lantai", version=__version__)
        return _Look(format, Examined(soundness=could_not_tell(nobody, message("file_empty")), agent=nobody))
    if decide.is_encrypted(format, policy):
        nobody = Agent(name="lantai", version=__version__)
        reason = message("document_locked")
        return _Look(format, Examined(soundness=could_not_tell(nobody, reason), agent=nobody, encrypted=reason))
    examined = handlers.of_kind(format.kind).examine(original, toolbox)
    return _Look(replace(format, kind=examined.kind) if examined.kind else format, examined)


def _left_undecided(examined: Examined) -> Examined:
    reason = message("read_by_copying_only")
    return replace(examined, soundness=could_not_tell(examined.agent, reason), decides_later=False)


def _identified(file: ReceivedFile, looked: _Look, facts: tuple[tuple[str, str, str], ...]) -> IdentifiedFile:
    return IdentifiedFile(
        path=file.path,
        format=looked.format,
        soundness=looked.examined.soundness,
        facts=facts + looked.examined.facts,
        pages=looked.examined.pages,
    )


Facts = tuple[tuple[str, str, str], ...]


def _facts(
    record: Record, received: Received, folder: Path, toolbox: Toolbox
) -> tuple[dict[str, Facts], dict[str, Message]]:
    """What ExifTool reads out of all files, in one command, by work name; and why it does not read one. Where it dies
    or hangs over several, they are asked for one by one. It is not asked about XML nested so deep that it hangs."""
    filled = [file for file in received.files if file.size]
    deep = {file.work_name for file in filled if xml_shape.nests_too_deep(folder / file.work_name)}
    filled = [file for file in filled if file.work_name not in deep]
    unread = {name: message("xml_too_deep", most=xml_shape.MOST_NESTED) for name in sorted(deep)}
    try:
        return _read(filled, record.description.archival_code, folder, toolbox), unread
    except _LOST as error:
        facts: dict[str, Facts] = {}
        alone = len(filled) == 1
        for file in filled:
            try:
                if alone:
                    raise error
                facts |= _read([file], file.original.display, folder, toolbox)
            except _LOST as lost:
                unread[file.work_name] = lost.message
        return facts, unread


def _read(files: list[ReceivedFile], subject: str, folder: Path, toolbox: Toolbox) -> dict[str, Facts]:
    if not files:
        return {}
    seconds = toolbox.announce(subject, sum(f.size for f in files), files=len(files))
    silence = toolbox.seconds_for(max(f.size for f in files))
    paths = [folder / file.work_name for file in files]
    read = toolbox.helper(ExifTool).read(paths, seconds=seconds, silence=silence)
    return {path.name: tuple(("exiftool", key, value) for key, value in rows) for path, rows in read.items()}


def _events(
    value: Identified, agents: dict[Agent, list[IdentifiedFile]], extractors: dict[Agent, list[str]], now: datetime
) -> tuple[Event, ...]:
    """One event per tool, outcome and record, its objects listed."""
    every = tuple(file.path for file in value.files)
    known = all(decide.is_known(file.format) for file in value.files)
    named = Outcome.SUCCESS if known else Outcome.WARNING
    events = [
        Event(
            kind=EventKind.FORMAT_IDENTIFICATION,
            at=now,
            agent=Agent(name=name, version=version),
            outcome=named,
            objects=every,
        )
        for name, version in (("siegfried", pronom.version()), ("libmagic", libmagic.version()))
    ]
    for agent, files in agents.items():
        for verdict, outcome in _OUTCOMES.items():
            objects = tuple(file.path for file in files if file.soundness.verdict is verdict)
            if objects:
                event = Event(kind=EventKind.VALIDATION, at=now, agent=agent, outcome=outcome, objects=objects)
                events.append(event)
    for agent, paths in extractors.items():
        kind = EventKind.METADATA_EXTRACTION
        events.append(Event(kind=kind, at=now, agent=agent, outcome=Outcome.SUCCESS, objects=tuple(paths)))
    return tuple(events)
