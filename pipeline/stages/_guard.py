"""A failed call costs what it was to make, and nothing else: the guard between `derive` and the tool workers.

What fails for the file's sake (a tool that failed, died, hung, or wrote something else) is a value, with its reason.
What is no file's fault stays an error: a program that is missing, a worker that does not start, a full disk, a fault
of our own.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pipeline.domain.messages import Message, message, why
from pipeline.errors import StorageFull, ToolCrashed, ToolError, ToolFailed, ToolGarbled, ToolTimedOut
from pipeline.tools.toolbox import Toolbox, Workers

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_COSTS_THE_COPY = (ToolFailed, ToolTimedOut, ToolCrashed, ToolGarbled)
_ROOM = 64 * 2**20
"""Bytes free below which a tool may have failed for want of room: nobody can tell, and the file is not to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Nothing came of a call, and why."""

    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Calls tool workers; `folder` is where they write."""

    workers: Workers
    folder: Path

    def call(
        self, kind: str, work: Callable[Concatenate[Toolbox, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R | Lost:
        """The result, or why there is none. Raises StorageFull where the disk is full, and whatever else is no file's
        fault."""
        try:
            return self.workers.call(kind, work, *args, **kwargs)
        except _COSTS_THE_COPY as error:
            self._refuse_full_disk(error)
            return Lost(reason=why(error))

    def _refuse_full_disk(self, error: ToolError) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < _ROOM:
            said = message("copies_disk_full", folder=self.folder, free=f"{free / 2**20:.0f}", reason=why(error))
            raise StorageFull(said) from error


def together(items: Sequence[T], call: Callable[[tuple[T, ...]], R | Lost]) -> list[tuple[tuple[T, ...], R | Lost]]:
    """One call for all items; where nothing comes of it, one for each, so that only the bad one is lost."""
    every = tuple(items)
    if not every:
        return []
    result = call(every)
    if isinstance(result, Lost) and len(every) > 1:
        return [((item,), call((item,))) for item in every]
    return [(every, result)]
