"""The toolbox: what work on files has at hand inside one worker. Helpers are started when first asked for.

It knows no program itself: whoever needs one asks for it by its class.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from pipeline.ports import Clock, Watch

_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """Ceilings against hostile files: pixels of one page, pages or frames, bytes of one derived file, and time."""

    max_pixels: int
    max_frames: int
    max_derived_bytes: int
    seconds_per_file: float
    seconds_per_mib: float


class Helper(Protocol):
    """A program that is kept running between files: made with a folder of its own to work in, ended by `close`."""

    def __init__(self, scratch: Path) -> None: ...

    def close(self) -> None:
        """Ends it, also where it has died already."""


H = TypeVar("H", bound=Helper)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True, kw_only=True)
class Toolbox:
    """Watch, clock, limits, a scratch folder of its own, and the helpers that were asked for. One per process, one
    thread."""

    limits: ToolLimits
    watch: Watch
    clock: Clock
    scratch: Path
    _helpers: dict[type[Helper], Helper] = field(default_factory=dict, init=False)

    def helper(self, kind: type[H]) -> H:
        """The long-lived helper of that class (`toolbox.helper(ExifTool)`), made when first asked for."""
        found = self._helpers.get(kind)
        if not isinstance(found, kind):
            self._helpers[kind] = found = kind(self.scratch)
        return found

    def seconds_for(self, size: int, *, files: int = 1) -> float:
        """How long work may take on so many files of so many bytes in all."""
        return self.limits.seconds_per_file * files + self.limits.seconds_per_mib * size / _MIB

    def announce(self, subject: str, size: int, *, files: int = 1) -> float:
        """Tells the watch that work on `subject` begins; the seconds it may take, by number and bytes of its files.

        The watch is given a little more, so that a program's own time limit speaks first.
        """
        seconds = self.seconds_for(size, files=files)
        self.watch.begin(subject, seconds + 15)
        return seconds

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            yield Path(folder)

    def close(self) -> None:
        """Ends what was started."""
        while self._helpers:
            _, helper = self._helpers.popitem()
            helper.close()


class Workers(Protocol):
    """Where work on files is done: in a worker of the kind asked for."""

    def call(self, kind: str, work: Callable[Concatenate[Toolbox, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`work(toolbox, *args)` in such a worker; its result or its error, ToolError where a file has broken it."""


@contextmanager
def open_toolbox(limits: ToolLimits, watch: Watch, clock: Clock, scratch: Path) -> Iterator[Toolbox]:
    """A toolbox with its own folder below `scratch`, removed at the end."""
    own = Path(tempfile.mkdtemp(prefix="toolbox-", dir=scratch))
    toolbox = Toolbox(limits=limits, watch=watch, clock=clock, scratch=own)
    try:
        yield toolbox
    finally:
        toolbox.close()
        shutil.rmtree(own, ignore_errors=True)
