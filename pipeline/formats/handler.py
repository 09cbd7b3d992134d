"""What a handler is: one module in `pipeline/formats/handlers/` that ends in `HANDLER = FormatHandler(...)`.

It says which kinds of format it is for, how a file of them is read to its end, what can be made of them, and which
programs and libraries that takes. To add a format is to add such a module, its rows in `profiles/formats/` and its
sentences in `profiles/texts/`; nothing else knows it. Libraries come through `pipeline.tools`, which loads the heavy
ones when they are first used, so that a declaration costs nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.domain.events import Agent
from pipeline.domain.formats import OTHER, FileFormat, Soundness, Verdict
from pipeline.domain.messages import Fact, message
from pipeline.domain.records import Role
from pipeline.errors import HouseError
from pipeline.registry import discover
from pipeline.tools.toolbox import Toolbox

DECODING = "decoding"
"""The worker kind in which hostile files are decoded by libraries and by short-lived programs."""
OFFICE = "office"
"""The worker kind for LibreOffice, which is slow to start and hungry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file as a handler sees it: where it is, its path in the package, its name for people. A received file, or one
    that was made before: then `made_by` is the action, and `made_of` are the originals it comes of, by package path."""

    path: Path
    package_path: str
    subject: str
    size: int
    format: FileFormat
    pages: int = 1
    role: Role = Role.ORIGINAL
    made_by: str = ""
    made_of: tuple[str, ...] = ()

    @property
    def roots(self) -> tuple[str, ...]:
        """Package paths of the originals it comes of; its own where it is one."""
        return self.made_of or (self.package_path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What reading a file to its end has shown.

    `encrypted` is how it is locked, empty where it is not; `too_large` why it was not decoded; `decides_later`
    that making a copy will read it whole; `kind` corrects the decided one (sound in a video's container); `extracted`
    says that `facts` are worth an event of their own, by the agent that examined it.
    """

    soundness: Soundness
    agent: Agent
    pages: int = 1
    facts: tuple[tuple[str, str, str], ...] = ()
    encrypted: Fact = ""
    too_large: Fact = ""
    decides_later: bool = False
    kind: str = ""
    extracted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that an action made, in the folder it was given. `detail` holds the exact parameters; `whole_record`
    says that it stands for the record rather than for one source, `checked` that making it read its sources to
    their end."""

    path: Path
    extension: str
    sources: tuple[Original, ...]
    agent: Agent
    detail: str
    whole_record: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A source of which nothing was made, or, beside what was made, not all: `code` is the finding (`not_normalised`,
    `partly_normalised`, `copy_differs` where the copy shows something in another way; of the source itself
    `damaged_file`, or `soundness_unknown` where nobody can tell)."""

    original: Original
    reason: Fact
    code: Literal["not_normalised", "partly_normalised", "copy_differs", "damaged_file", "soundness_unknown"] = (
        "not_normalised"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A source of which the tool has made nothing though it should have: its copy is missing, and the others of the
    same call are there."""

    original: Original
    reason: Fact


class Taking(StrEnum):
    """How an action takes its sources, and so what is lost when a tool dies of one of them."""

    EACH = "each"
    """One call for each source: a call that fails costs that one's copy."""
    GROUP = "group"
    """All in one call, because a start is dear; where the call fails they are taken one by one."""
    WHOLE = "whole"
    """All in one call that makes one thing of them: where it fails there is none."""


Make = Callable[[tuple[Original, ...], Any, Path, Toolbox], Iterator[Made | Refused | Failed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParameters:
    """For actions that take none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """转换动作: something that can be made of files.

    `make(sources, parameters, folder, toolbox)` is given sources, its `parameters` as their own type, an empty folder,
    and the toolbox of a worker of the kind `worker`; a tool that fails raises ToolError. `roles` are those its results
    may have in a package, `needs` the programs and libraries it cannot do without (names of `tools.probe`);
    `described` says that the record's description is embedded into what it makes.
    """

    make: Make
    parameters: type = NoParameters
    roles: frozenset[Role] = frozenset({Role.ACCESS})
    taking: Taking = Taking.EACH
    needs: tuple[str, ...] = ()
    worker: str = DECODING
    described: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatHandler:
    """格式处理: `kinds` of format it is for (words of its own, as in `profiles/formats/media_types.toml`);
    `examine(original, toolbox)` reads a file to its end, for which it `needs` programs and libraries; `actions` by
    their names in a policy."""

    kinds: tuple[str, ...]
    examine: Callable[[Original, Toolbox], Examined]
    needs: tuple[str, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """All handlers there are, by name and by kind."""

    by_name: Mapping[str, FormatHandler]
    by_kind: Mapping[str, FormatHandler]

    @classmethod
    def of(cls, by_name: Mapping[str, FormatHandler]) -> "Handlers":
        """Raises HouseError where two are for the same kind, or nobody for what has no handler of its own."""
        by_kind: dict[str, FormatHandler] = {}
        for name, handler in by_name.items():
            for kind in handler.kinds:
                if kind in by_kind:
                    raise HouseError(message("handlers_same_kind", kind=kind, handler=name))
                by_kind[kind] = handler
        if OTHER not in by_kind:
            raise HouseError(message("handler_other_missing"))
        return cls(by_name=by_name, by_kind=by_kind)

    def of_kind(self, kind: str) -> FormatHandler:
        """The handler of a kind; of one that nobody is for, that of what has no handler of its own."""
        return self.by_kind.get(kind) or self.by_kind[OTHER]

    def action(self, handler: str, action: str) -> Action:
        """An action by the names that a policy gives. KeyError where there is none: a policy is checked when it is
        loaded."""
        return self.by_name[handler].actions[action]

    def actions(self) -> tuple[str, ...]:
        """All actions as `handler/action`."""
        return tuple(f"{name}/{action}" for name, handler in self.by_name.items() for action in handler.actions)


@cache
def all_handlers() -> Handlers:
    """The handlers that come with the program."""
    return Handlers.of(discover("pipeline.formats.handlers", "HANDLER", FormatHandler))


def first_only(original: Original) -> Iterator[Refused]:
    """Tells that a picture of several pages or frames was taken by its first."""
    if original.pages > 1:
        reason = message("first_page_only", pages=original.pages)
        yield Refused(original=original, reason=reason, code="partly_normalised")


def sound(agent: Agent) -> Soundness:
    """Read to its end."""
    return Soundness(verdict=Verdict.SOUND, by=f"{agent.name} {agent.version}".strip())


def damaged(agent: Agent, reason: Fact) -> Soundness:
    """Cannot be read to its end."""
    return Soundness(verdict=Verdict.DAMAGED, by=f"{agent.name} {agent.version}".strip(), reason=reason)


def could_not_tell(agent: Agent, reason: Fact) -> Soundness:
    """Neither."""
    return Soundness(verdict=Verdict.COULD_NOT_TELL, by=f"{agent.name} {agent.version}".strip(), reason=reason)
