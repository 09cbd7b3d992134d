"""The toolbox: what identify and derive have at hand inside one worker. Programs start when first needed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ports import Clock, Watch
from pipeline.tools import ffmpeg, office
from pipeline.tools.exiftool import ExifTool

_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolLimits:
    """Ceilings against hostile files: pixels of one page, pages or frames, bytes of one derived file, and time."""

    max_pixels: int
    max_frames: int
    max_derived_bytes: int
    seconds_per_file: float
    seconds_per_mib: float


@dataclass(slots=True, kw_only=True)
class Toolbox:
    """Watch, clock, limits, a scratch folder of its own, and long-lived programs. One per process, one thread."""

    limits: ToolLimits
    watch: Watch
    clock: Clock
    scratch: Path
    _exiftool: ExifTool | None = field(default=None, init=False)

    @property
    def exiftool(self) -> ExifTool:
        """The long-lived ExifTool."""
        if self._exiftool is None:
            self._exiftool = ExifTool(self.scratch)
        return self._exiftool

    def announce(self, subject: str, size: int, *, files: int = 1) -> float:
        """Tells the watch that work on `subject` begins; the seconds it may take, by number and bytes of its files.

        The watch is given a little more, so that a program's own time limit speaks first.
        """
        seconds = self.limits.seconds_per_file * files + self.limits.seconds_per_mib * size / _MIB
        self.watch.begin(subject, seconds + 15)
        return seconds

    def ffmpeg_version(self) -> str:
        """Version of FFmpeg."""
        return ffmpeg.version(self.scratch)

    def office_version(self) -> str:
        """Version of LibreOffice."""
        return office.version(self.scratch)

    @contextmanager
    def scratch_folder(self) -> Iterator[Path]:
        """A folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            yield Path(folder)

    def close(self) -> None:
        """Ends what was started."""
        if self._exiftool is not None:
            self._exiftool.close()
            self._exiftool = None


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
