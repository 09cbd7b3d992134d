"""格式转换: reading copies beside the untouched originals, each proved to open, with the description inside.

What is made of which format is the policy's; the handlers make it. Originals are only read.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.digests import CHUNK, Algorithm, Hasher
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.formats import Verdict
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName
from pipeline.domain.records import Derived, DerivedFile, Identified, Received, Record, Role, Step
from pipeline.errors import HouseError, ToolGarbled
from pipeline.formats import decide
from pipeline.formats.derived_names import access_paths
from pipeline.formats.embedding import embed_as_xmp, embed_in_pdf
from pipeline.formats.handler import Made, Original, Refused, all_handlers
from pipeline.formats.policy import FormatPolicy, Rule
from pipeline.tools import pdf
from pipeline.tools.exiftool import ExifTool
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A made file with its place in the package."""

    made: Made
    path: str


def derive(
    record: Record,
    received: Received,
    identified: Identified,
    *,
    originals: Path,
    folder: Path,
    toolbox: Toolbox,
    policy: FormatPolicy,
    images: str,
    digests: tuple[Algorithm, ...],
    enabled: bool,
) -> Step[Derived]:
    """Derived files in `folder`, under work names that begin with `d`; `images` is `pages` or `photos`.

    Findings: not_normalised, partly_normalised, damaged_file (a recording that does not decode to its end). Raises
    ToolError where a tool failed; the record then waits for another run.
    """
    if not enabled:
        return Step(value=Derived(files=()))
    outcomes = list(_made(_sources(received, identified, originals), policy, images, folder, toolbox))
    refused = [each for each in outcomes if isinstance(each, Refused)]
    placed = _placed(record, received, [each for each in outcomes if isinstance(each, Made)])
    described = _described(record, placed, toolbox)
    derived = tuple(_derived(each, number, policy, digests) for number, each in enumerate(placed, start=1))
    return Step(
        value=Derived(files=derived),
        events=tuple(_events(placed, described, toolbox)),
        findings=tuple(_findings(record, refused)),
    )


def _sources(received: Received, identified: Identified, originals: Path) -> tuple[Original, ...]:
    """The originals with what identifying has shown, in page order; empty and damaged ones are not touched."""
    return tuple(
        Original(
            path=originals / file.work_name,
            package_path=file.path,
            subject=file.original.display,
            size=file.size,
            format=seen.format,
            pages=seen.pages,
        )
        for file, seen in zip(received.files, identified.files, strict=True)
        if file.size and seen.soundness.verdict is not Verdict.DAMAGED
    )


def _made(
    sources: tuple[Original, ...], policy: FormatPolicy, images: str, folder: Path, toolbox: Toolbox
) -> Iterator[Made | Refused]:
    """Works the rows of the policy, each with all its originals at once; every action in a folder of its own."""
    for number, (rule, originals) in enumerate(_by_rule(sources, policy, images), start=1):
        if rule is None:
            for original in originals:
                yield Refused(original=original, reason=message("no_rule", what=original.format.name))
            continue
        own = folder / f"work-{number:02d}"
        own.mkdir()
        action = all_handlers().action(rule.handler, rule.action)
        if action is None:
            raise HouseError(message("policy_action_unknown", action=rule.name, known=""))
        yield from action.make(originals, rule.settings(action), own, toolbox)


def _by_rule(
    sources: tuple[Original, ...], policy: FormatPolicy, images: str
) -> list[tuple[Rule | None, tuple[Original, ...]]]:
    """Originals by the row that fits, rows in the order of their first original."""
    groups: dict[int, tuple[Rule | None, list[Original]]] = {}
    for original in sources:
        rule = next((each for each in policy.rules if each.fits(original.format, images)), None)
        position = -1 if rule is None else policy.rules.index(rule)
        groups.setdefault(position, (rule, []))[1].append(original)
    return [(rule, tuple(originals)) for rule, originals in groups.values()]


def _placed(record: Record, received: Received, made: list[Made]) -> list[_Placed]:
    """A path for each; what stands for the whole record carries its archival code."""
    names = {file.path: file.original for file in received.files}
    code = OriginalName.of(record.description.archival_code.encode() + b".pdf")
    wanted = [(code if each.whole_record else names[each.sources[0].package_path], each.extension) for each in made]
    return [_Placed(made=each, path=path) for each, path in zip(made, access_paths(wanted), strict=True)]


def _described(record: Record, placed: list[_Placed], toolbox: Toolbox) -> dict[str, list[str]]:
    """Embeds the description; package paths by the tool that wrote it."""
    pdfs = [each for each in placed if each.made.extension == "pdf"]
    others = [each for each in placed if each.made.extension != "pdf"]
    description = record.description
    for each in pdfs:
        embed_in_pdf(toolbox, description, each.made.path, each.made.sources[0].subject)
    if others:
        embed_as_xmp(toolbox, description, [each.made.path for each in others], description.archival_code)
    by_tool = {"pikepdf": [each.path for each in pdfs], "ExifTool": [each.path for each in others]}
    return {tool: paths for tool, paths in by_tool.items() if paths}


def _derived(placed: _Placed, number: int, policy: FormatPolicy, digests: tuple[Algorithm, ...]) -> DerivedFile:
    """The finished file under its work name in the stage's folder, identified, with size and digests."""
    made = placed.made
    target = made.path.parent.parent / f"d{number:05d}.{made.extension}"
    made.path.rename(target)
    format = decide.identify(target, policy)
    if not decide.is_known(format) or decide.name_lies(format, made.extension, policy, damaged=False):
        subject = made.sources[0].subject
        raise ToolGarbled(
            f"{made.agent.name} made {format.media_type} of {subject}, not {made.extension}",
            tool=made.agent.name,
            subject=subject,
        )
    hasher = _hashed(target, digests)
    return DerivedFile(
        work_name=target.name,
        path=placed.path,
        role=Role.ACCESS,
        size=hasher.size,
        digests=hasher.digests(),
        format=format,
        sources=tuple(source.package_path for source in made.sources),
    )


def _hashed(path: Path, digests: tuple[Algorithm, ...]) -> Hasher:
    hasher = Hasher((*digests, Algorithm.SHA256))
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
    return hasher


def _events(placed: list[_Placed], described: dict[str, list[str]], toolbox: Toolbox) -> Iterator[Event]:
    """One event per tool and set of parameters, its files listed; which came of which is in the derived files."""
    now = toolbox.clock.now()
    groups: dict[tuple[Agent, str], list[_Placed]] = defaultdict(list)
    for each in placed:
        groups[each.made.agent, each.made.detail].append(each)
    for (agent, detail), group in groups.items():
        sources = tuple(s.package_path for each in group for s in each.made.sources)
        yield Event(
            kind=EventKind.NORMALIZATION,
            at=now,
            agent=agent,
            outcome=Outcome.SUCCESS,
            objects=tuple(each.path for each in group),
            sources=sources,
            detail=detail,
        )
        read = tuple(s.package_path for each in group if each.made.checked for s in each.made.sources)
        if read:
            detail = "read to its end while it was normalised"
            kind = EventKind.VALIDATION
            yield Event(kind=kind, at=now, agent=agent, outcome=Outcome.SUCCESS, objects=read, detail=detail)
    for tool, paths in described.items():
        yield Event(
            kind=EventKind.METADATA_MODIFICATION,
            at=now,
            agent=Agent(name=tool, version=pdf.version() if tool == "pikepdf" else toolbox.helper(ExifTool).version),
            outcome=Outcome.SUCCESS,
            objects=tuple(paths),
            detail="title, archival code, fonds, creator, date and rights embedded",
        )


def _findings(record: Record, refused: list[Refused]) -> Iterator[Finding]:
    package_id = record.description.package_id
    for each in refused:
        subject, code = each.original.subject, each.code
        if code == "derived_copy_missing":
            yield finding(code, subject, record=package_id, reason=each.reason, copy=Role.ACCESS)
        else:
            yield finding(code, subject, record=package_id, reason=each.reason)
