"""What a handler is: one module per family of formats, ending in `HANDLER = FormatHandler(...)`.

Handlers are loaded when first needed, in the worker that needs them, so that the libraries behind them
never weigh on the main process.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.events import Agent
from pipeline.domain.formats import FileFormat, MediaKind, Soundness, Verdict
from pipeline.errors import HouseError
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A received file as a handler sees it: where it is, its path in the package, its name for people."""

    path: Path
    package_path: str
    subject: str
    size: int
    format: FileFormat
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What reading a file to its end has shown.

    `encrypted` is how it is locked, empty where it is not; `too_large` why it was not decoded; `decides_later`
    that normalising will read it whole; `kind` corrects the decided one (sound in a video's container).
    """

    soundness: Soundness
    agent: Agent
    pages: int = 1
    facts: tuple[tuple[str, str, str], ...] = ()
    encrypted: str = ""
    too_large: str = ""
    decides_later: bool = False
    kind: MediaKind | None = None


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
    `partly_normalised`, `damaged_file`)."""

    original: Original
    reason: str
    code: str = "not_normalised"


Action = Callable[[tuple[Original, ...], Any, Path, Toolbox], Iterator[Made | Refused]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatHandler:
    """`examine(original, toolbox, decode_av)` reads a file to its end; `actions` make something of several.

    An action is given originals, its parameters, an empty folder and the toolbox. A tool that fails raises.
    """

    name: str
    examine: Callable[[Original, Toolbox, bool], Examined]
    actions: Mapping[str, Action] = field(default_factory=dict)


def first_only(original: Original) -> Iterator[Refused]:
    """Tells that a picture of several pages or frames was taken by its first."""
    if original.pages > 1:
        reason = f"only the first of its {original.pages} pages or frames is in it"
        yield Refused(original=original, reason=reason, code="partly_normalised")


_MODULES: Mapping[MediaKind, str] = {
    MediaKind.IMAGE: "image",
    MediaKind.PDF: "pdf",
    MediaKind.OFD: "ofd",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
    MediaKind.OFFICE: "office",
    MediaKind.TEXT: "text",
    MediaKind.OTHER: "other",
}


@cache
def handler(name: str) -> FormatHandler:
    """The handler of that name."""
    found = getattr(importlib.import_module(f"pipeline.formats.{name}"), "HANDLER", None)
    if not isinstance(found, FormatHandler):
        raise HouseError(f"pipeline.formats.{name} does not end in HANDLER = FormatHandler(...)")
    return found


def handler_of(kind: MediaKind) -> FormatHandler:
    """The handler of a family."""
    return handler(_MODULES[kind])


def sound(agent: Agent) -> Soundness:
    """Read to its end."""
    return Soundness(verdict=Verdict.SOUND, by=f"{agent.name} {agent.version}".strip())


def damaged(agent: Agent, reason: str) -> Soundness:
    """Cannot be read to its end."""
    return Soundness(verdict=Verdict.DAMAGED, by=f"{agent.name} {agent.version}".strip(), reason=reason)


def could_not_tell(agent: Agent, reason: str) -> Soundness:
    """Neither."""
    return Soundness(verdict=Verdict.COULD_NOT_TELL, by=f"{agent.name} {agent.version}".strip(), reason=reason)
