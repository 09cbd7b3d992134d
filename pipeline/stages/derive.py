"""格式转换: copies beside the untouched originals, each proved to open, with the description inside.

What is made of which format is the policy's; the handlers make it, in tool workers, one guarded call each. A copy that
cannot be made is a finding and never the end of the record. Originals are only read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from pipeline import __version__
from pipeline.domain.digests import Algorithm
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import Verdict
from pipeline.domain.messages import Fact, Message, message
from pipeline.domain.names import OriginalName
from pipeline.domain.records import Derived, DerivedFile, Description, Identified, Received, Record, Role, Step
from pipeline.formats import decide
from pipeline.formats.derivations import Derivation, derivations, rows_for, waiting_for
from pipeline.formats.derived_names import derived_paths
from pipeline.formats.handler import Handlers, Original, Refused, all_handlers
from pipeline.formats.policy import FormatPolicy, stages_of
from pipeline.ports import Clock
from pipeline.stages._copies import Copy, Missing, copies
from pipeline.stages._guard import Guard
from pipeline.tools.toolbox import Workers


def derive(
    record: Record,
    received: Received,
    identified: Identified,
    *,
    originals: Path,
    folder: Path,
    workers: Workers,
    policy: FormatPolicy,
    images: str,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    enabled: bool,
    handlers: Handlers | None = None,
) -> Step[Derived]:
    """Derived files in `folder`, under work names that begin with `d`; `images` is `pages` or `photos`.

    Findings: derived_copy_missing (a tool failed on it), not_normalised, partly_normalised, damaged_file (a recording
    that does not decode to its end). Raises MissingTool, HouseError and StorageFull, which are no file's fault; the
    record then waits for another run.
    """
    if not enabled:
        return Step(value=Derived(files=()))
    making = _Making(
        description=record.description,
        guard=Guard(workers=workers, folder=folder),
        policy=policy,
        images=images,
        digests=digests,
        handlers=handlers or all_handlers(),
    )
    found = list(making.of(_sources(received, identified, originals)))
    done = [each for each in found if isinstance(each, Copy)]
    paths = _paths(record, received, done)
    return Step(
        value=Derived(files=tuple(_derived(each, paths) for each in done)),
        events=tuple(_events(found, paths, clock.now())),
        findings=tuple(dict.fromkeys(_findings(record, found, policy))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What is made of the files of one record, and with what."""

    description: Description
    guard: Guard
    policy: FormatPolicy
    images: str
    digests: tuple[Algorithm, ...]
    handlers: Handlers

    def of(self, originals: Iterable[Original]) -> Iterator[Copy | Missing | Refused]:
        """Row by row of the policy; a copy is a source of the rows behind it."""
        files = list(originals)
        for file in files:
            if not rows_for(self.policy, file, self.images):
                yield Refused(original=file, reason=_no_rule(file))
        numbers = count(1)
        for rows in stages_of(self.policy.rules):
            for derivation in derivations(self.policy, rows, tuple(files), self.images, self.handlers):
                for each in self._copies(derivation, tuple(files), numbers):
                    yield each
                    if isinstance(each, Copy):
                        files.append(each.as_source())

    def _copies(
        self, derivation: Derivation, files: tuple[Original, ...], numbers: Iterator[int]
    ) -> Iterable[Copy | Missing | Refused]:
        return copies(
            derivation,
            files,
            description=self.description,
            guard=self.guard,
            policy=self.policy,
            digests=self.digests,
            numbers=numbers,
        )


def _no_rule(file: Original) -> Message:
    if file.format.media_type in decide.ARCHIVES:
        return message("archive_not_converted")
    return message("no_rule", what=decide.called(file.format))


def _sources(received: Received, identified: Identified, originals: Path) -> Iterator[Original]:
    """The originals with what identifying has shown, in page order; empty and damaged ones are not touched."""
    for file, seen in zip(received.files, identified.files, strict=True):
        if file.size and seen.soundness.verdict is not Verdict.DAMAGED:
            yield Original(
                path=originals / file.work_name,
                package_path=file.path,
                subject=file.original.display,
                size=file.size,
                format=seen.format,
                pages=seen.pages,
            )


def _paths(record: Record, received: Received, done: Sequence[Copy]) -> dict[str, str]:
    """The package path of each copy by its work name, once all are there. Named after its source; what stands for the
    whole record, and what is made of that, carries the archival code."""
    names = {file.path: file.original for file in received.files}
    code = OriginalName.of(record.description.archival_code.encode() + b".pdf")
    wanted: dict[Role, list[tuple[str, str]]] = defaultdict(list)
    for each in done:
        names[each.path.name] = code if each.made.whole_record else names[each.made.sources[0].package_path]
        wanted[each.rule.role].append((each.path.name, each.made.extension))
    return {
        work_name: path
        for role, some in wanted.items()
        for (work_name, _), path in zip(
            some, derived_paths(role, [(names[work_name], extension) for work_name, extension in some]), strict=True
        )
    }


def _in_package(sources: Sequence[Original], paths: dict[str, str]) -> tuple[str, ...]:
    return tuple(paths.get(source.package_path, source.package_path) for source in sources)


def _derived(copy: Copy, paths: dict[str, str]) -> DerivedFile:
    return DerivedFile(
        work_name=copy.path.name,
        path=paths[copy.path.name],
        role=copy.rule.role,
        size=copy.finished.size,
        digests=copy.finished.digests,
        format=copy.finished.format,
        sources=_in_package(copy.made.sources, paths),
    )


def _events(found: Sequence[Copy | Missing | Refused], paths: dict[str, str], now: datetime) -> Iterator[Event]:
    """One event per tool and set of parameters, its files listed; which came of which is in the derived files. One for
    each act that came to nothing."""
    groups: dict[tuple[Agent, str], list[Copy]] = defaultdict(list)
    described: dict[Agent, list[str]] = defaultdict(list)
    for each in found:
        if isinstance(each, Copy):
            groups[each.made.agent, each.made.detail].append(each)
            if each.describer is not None:
                described[each.describer].append(paths[each.path.name])
    for (agent, detail), group in groups.items():
        yield Event(
            kind=EventKind.NORMALIZATION,
            at=now,
            agent=agent,
            outcome=Outcome.SUCCESS,
            objects=tuple(paths[each.path.name] for each in group),
            sources=tuple(path for each in group for path in _in_package(each.made.sources, paths)),
            detail=detail,
        )
        read = tuple(path for each in group if each.made.checked for path in _in_package(each.made.sources, paths))
        if read:
            detail = "read to its end while it was normalised"
            kind = EventKind.VALIDATION
            yield Event(kind=kind, at=now, agent=agent, outcome=Outcome.SUCCESS, objects=read, detail=detail)
    for agent, written in described.items():
        yield Event(
            kind=EventKind.METADATA_MODIFICATION,
            at=now,
            agent=agent,
            outcome=Outcome.SUCCESS,
            objects=tuple(written),
            detail="title, archival code, fonds, creator, date and rights embedded",
        )
    for each in found:
        if isinstance(each, Missing):
            yield Event(
                kind=EventKind.NORMALIZATION,
                at=now,
                agent=Agent(name="lantai", version=__version__),
                outcome=Outcome.FAILURE,
                objects=(),
                sources=_in_package(each.sources, paths),
                detail=f"{each.rule.name}: {each.reason}",
            )


def _findings(record: Record, found: Sequence[Copy | Missing | Refused], policy: FormatPolicy) -> Iterator[Finding]:
    package_id = record.description.package_id
    for each in found:
        if isinstance(each, Refused):
            yield finding(each.code, each.original.subject, record=package_id, reason=each.reason)
        elif isinstance(each, Missing):
            alone = len(each.sources) == 1
            subject = each.sources[0].subject if alone else record.description.archival_code
            yield _missing(subject, package_id, each.rule.role, each.reason)
            for waiting in waiting_for(policy.rules, each.rule):
                yield _missing(subject, package_id, waiting.role, message("copy_source_missing", copy=each.rule.role))


def _missing(subject: str, package_id: str, role: Role, reason: Fact) -> Finding:
    return finding("derived_copy_missing", subject, record=package_id, copy=role, reason=reason)
