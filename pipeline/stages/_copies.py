"""The copies that one row of the policy makes: made, described, finished, each step a guarded call to a tool worker."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.digests import Algorithm
from pipeline.domain.events import Agent
from pipeline.domain.messages import Fact, message
from pipeline.domain.records import Description
from pipeline.formats.derivations import Derivation, given_along
from pipeline.formats.embedding import embed_as_xmp, embed_in_jpeg, embed_in_pdf
from pipeline.formats.handler import DECODING, Failed, Made, Original, Refused, Taking
from pipeline.formats.making import Finished, Unfinished, finish, make
from pipeline.formats.policy import FormatPolicy, Rule
from pipeline.stages._guard import Guard, Lost, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy under its work name in the stage's folder; `describer` wrote the description into it."""

    rule: Rule
    made: Made
    path: Path
    finished: Finished
    describer: Agent | None

    def as_source(self) -> Original:
        """The copy as something that another is made of; its place in the package is not yet known."""
        sources = self.made.sources
        return Original(
            path=self.path,
            package_path=self.path.name,
            subject=sources[0].subject,
            size=self.finished.size,
            format=self.finished.format,
            role=self.rule.role,
            made_by=self.rule.name,
            made_of=tuple(dict.fromkeys(root for source in sources for root in source.roots)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Nothing came of a row for these sources, and why."""

    rule: Rule
    sources: tuple[Original, ...]
    reason: Fact


def copies(
    derivation: Derivation,
    files: Sequence[Original],
    *,
    description: Description,
    guard: Guard,
    policy: FormatPolicy,
    digests: tuple[Algorithm, ...],
    numbers: Iterator[int],
) -> Iterator[Copy | Missing | Refused]:
    """All copies of the derivation; `files` is all there is to be given along, `numbers` make the work names
    (`d00001.pdf`)."""
    made: list[Made] = []
    for each in _made(derivation, files, guard):
        if isinstance(each, Made):
            made.append(each)
        else:
            yield each
    described: list[tuple[Made, Agent | None]] = []
    for each, describer in _described(made, derivation, description, guard):
        if isinstance(describer, Lost):
            each.path.unlink(missing_ok=True)
            yield Missing(rule=derivation.rule, sources=each.sources, reason=describer.reason)
        else:
            described.append((each, describer))
    yield from _finished(described, derivation.rule, guard, policy, digests, numbers)


def _made(derivation: Derivation, files: Sequence[Original], guard: Guard) -> Iterator[Made | Refused | Missing]:
    rule, action = derivation.rule, derivation.action
    settings = rule.settings(action)

    def call(sources: tuple[Original, ...]) -> tuple[Made | Refused | Failed, ...] | Lost:
        along = given_along(rule, sources, files)
        if along is None:
            return Lost(reason=message("copy_needs_missing", needs=", ".join(rule.needs[1:])))
        folder = Path(tempfile.mkdtemp(prefix="work-", dir=guard.folder))
        result = guard.call(action.worker, make, action, settings, (*sources, *along), folder)
        if isinstance(result, Lost):
            shutil.rmtree(folder)
        return result

    for sources, result in _calls(derivation, call):
        if isinstance(result, Lost):
            yield Missing(rule=rule, sources=sources, reason=result.reason)
        else:
            for each in result:
                if isinstance(each, Failed):
                    yield Missing(rule=rule, sources=(each.original,), reason=each.reason)
                else:
                    yield each


def _calls(derivation: Derivation, call: "_Call") -> "Iterator[tuple[tuple[Original, ...], _Result]]":
    sources = derivation.sources
    if derivation.action.taking is Taking.WHOLE:
        yield sources, call(sources)
    elif derivation.action.taking is Taking.GROUP:
        yield from together(sources, call)
    else:
        yield from (((source,), call((source,))) for source in sources)


def _described(
    made: Sequence[Made], derivation: Derivation, description: Description, guard: Guard
) -> Iterator[tuple[Made, Agent | Lost | None]]:
    """Who embedded the description in each: PDFs one by one, all others of a format in one call."""
    if not derivation.action.described:
        yield from ((each, None) for each in made)
        return
    for each in made:
        if each.extension == "pdf":
            yield each, guard.call(DECODING, embed_in_pdf, description, each.path, each.sources[0].subject)
    jpegs = [each for each in made if each.extension == "jpg"]
    others = [each for each in made if each.extension not in {"pdf", "jpg"}]

    def call(some: tuple[Made, ...]) -> Agent | Lost:
        subject = some[0].sources[0].subject if len(some) == 1 else description.archival_code
        embed = embed_in_jpeg if some[0].extension == "jpg" else embed_as_xmp
        return guard.call(DECODING, embed, description, [each.path for each in some], subject)

    for some, describer in (*together(jpegs, call), *together(others, call)):
        yield from ((each, describer) for each in some)


def _finished(
    made: Sequence[tuple[Made, Agent | None]],
    rule: Rule,
    guard: Guard,
    policy: FormatPolicy,
    digests: tuple[Algorithm, ...],
    numbers: Iterator[int],
) -> Iterator[Copy | Missing]:
    described = dict(made)
    targets = {each: guard.folder / f"d{next(numbers):05d}.{each.extension}" for each, _ in made}

    def call(some: tuple[Made, ...]) -> tuple[Finished | Lost, ...] | Lost:
        files = tuple(
            Unfinished(
                path=each.path,
                target=targets[each],
                extension=each.extension,
                maker=each.agent.name,
                subject=each.sources[0].subject,
            )
            for each in some
        )
        done = guard.call(DECODING, finish, files, policy, digests)
        if isinstance(done, Lost):
            return done
        return tuple(each if isinstance(each, Finished) else Lost(reason=each) for each in done)

    for some, result in together(tuple(described), call):
        results = (result,) * len(some) if isinstance(result, Lost) else result
        for each, done in zip(some, results, strict=True):
            if isinstance(done, Lost):
                targets[each].unlink(missing_ok=True)
                yield Missing(rule=rule, sources=each.sources, reason=done.reason)
            else:
                yield Copy(rule=rule, made=each, path=targets[each], finished=done, describer=described[each])


_Result = tuple[Made | Refused | Failed, ...] | Lost
_Call = Callable[[tuple[Original, ...]], _Result]
