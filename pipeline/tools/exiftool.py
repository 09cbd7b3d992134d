"""ExifTool through pyexiftool: one process for many files, kept open. The owner of `exiftool`.

Values to write go through a JSON file, never through argument lines: a title may hold line breaks, and a
line that begins with `-` would be taken for an option.
"""

import json
import os
import re
import selectors
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import exiftool
from exiftool.exceptions import ExifToolException

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import MissingTool, ToolCrashed, ToolFailed, ToolGarbled, ToolTimedOut
from pipeline.tools.run import died_of, locate

_READ = (
    "-json",
    "-G1:4",  # group and copy number, so that doubled tags stay apart
    "-a",
    "-struct",
    "-n",  # values as they are stored
    "--System:all",  # what our own file system says of the work copy
    "-api",
    "largefilesupport=1",
    "-charset",
    "filename=utf8",
)
_CAMERA = (
    "-IFD0:all",
    "-ExifIFD:all",
    "-GPS:all",
    "--Orientation",
    "--ExifImageWidth",
    "--ExifImageHeight",
)
_COPY = re.compile(r":Copy\d+:")
_CHUNK = 2**16
_VERSION_SECONDS = 60.0
_ANY_SILENCE = float(2**20)
_BATCH = 200
"""Files in one command: bounds memory and the time nobody hears from it."""

Facts = tuple[tuple[str, str], ...]


class ExifTool:
    """A long-lived ExifTool. Not for two threads. `close` ends it; it also dies with the process that started it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: exiftool.ExifTool | None = None
        self._popen: Any = None
        self._number = 0
        self._complaints = ""

    @cached_property
    def version(self) -> str:
        """Version of ExifTool."""
        return self._execute("-ver", seconds=_VERSION_SECONDS).strip()

    def read(self, paths: Sequence[Path], *, seconds: float, silence: float = _ANY_SILENCE) -> dict[Path, Facts]:
        """All tags of each file as rows of (group:tag, value). A file it cannot read has a row `ExifTool:Error`.

        `seconds` is for each command of some files, `silence` how long nothing may be heard of any of them: it speaks
        after every few, so that one which hangs is noticed before the time of all is over. Raises ToolCrashed,
        ToolTimedOut or ToolGarbled.
        """
        found: dict[Path, Facts] = {}
        for start in range(0, len(paths), _BATCH):
            batch = paths[start : start + _BATCH]
            answer = self._execute(*_READ, *(str(path) for path in batch), seconds=seconds, silence=silence)
            found |= self._parsed(answer)
        missing = [path.name for path in paths if path not in found]
        if missing:
            raise ToolGarbled(message("tool_silent", tool="exiftool", subjects=", ".join(missing[:5])), tool="exiftool")
        return found

    def _parsed(self, answer: str) -> dict[Path, Facts]:
        try:
            rows = json.loads(answer)
            return {Path(row.pop("SourceFile")): _facts(row) for row in rows}
        except (ValueError, KeyError, TypeError) as error:
            raise ToolGarbled(
                message("tool_answers_oddly", tool="exiftool", reason=told_by_program(answer[:200])), tool="exiftool"
            ) from error

    def write(self, values: Mapping[Path, Mapping[str, str]], *, seconds: float) -> None:
        """Writes tags into files, in place, all in one command. Raises ToolFailed where not every file was written,
        ToolCrashed, ToolTimedOut."""
        sheet = self._scratch / "exiftool-values.json"
        rows = [{"SourceFile": str(path), **tags} for path, tags in values.items()]
        sheet.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        try:
            said = self._execute(
                f"-json={sheet}",
                "-m",
                "-overwrite_original",
                "-api",
                "largefilesupport=1",
                "-charset",
                "filename=utf8",
                *(str(path) for path in values),
                seconds=seconds,
            )
        finally:
            sheet.unlink()
        said += self._complaints
        if f"{len(values)} image files updated" not in said:
            reason = _without_paths(said, (*values, self._scratch))
            raise ToolFailed(
                message("tool_wrote_not_all", tool="exiftool", reason=told_by_program(reason)), tool="exiftool"
            )

    def copy_exif(self, source: Path, target: Path, *, seconds: float) -> None:
        """Gives `target` what the camera wrote into `source`, but for direction and size, which are the copy's own.

        Raises ToolFailed where it could not be written.
        """
        said = self._execute(
            "-tagsFromFile", str(source), *_CAMERA, "-m", "-overwrite_original", str(target), seconds=seconds
        )
        if "due to errors" in said:
            reason = _without_paths(said + self._complaints, (source, target))
            raise ToolFailed(message("exif_not_carried_over", reason=told_by_program(reason)), tool="exiftool")

    def _execute(self, *arguments: str, seconds: float, silence: float = _ANY_SILENCE) -> str:
        """What it says of one command. Raises ToolCrashed where it dies, ToolTimedOut where it takes too long; either
        way it is started anew for the next."""
        process = self._running()
        self._number += 1
        ends = {process.stdout: b"{ready%d}" % self._number, process.stderr: b"{said%d}" % self._number}
        lines = (*arguments, "-echo4", f"{{said{self._number}}}", f"-execute{self._number}", "")
        try:
            command = os.fsencode("\n".join(lines))
            while command:  # past the stream's buffer, which would be written once more when it is closed
                command = command[os.write(process.stdin.fileno(), command) :]
            said = _answers(ends, time.monotonic() + seconds, silence)
        except BrokenPipeError:
            said = None
        except TimeoutError:
            self.close()
            told = message("helper_timed_out", tool="exiftool", seconds=f"{min(seconds, silence):.0f}")
            raise ToolTimedOut(told, tool="exiftool") from None
        if said is None:
            process.wait()
            cause = died_of(process.returncode)
            self.close()
            raise ToolCrashed(message("helper_died", tool="exiftool", cause=cause), tool="exiftool")
        self._complaints = said[process.stderr]
        return said[process.stdout]

    def _running(self) -> Any:
        if self._process is None:
            self._process = self._started()
            self._popen = self._process._process
        return self._popen

    @staticmethod
    def _started() -> exiftool.ExifTool:
        process = exiftool.ExifTool(executable=locate("exiftool"), common_args=[], encoding="utf-8")
        try:
            process.run()
        except (ExifToolException, OSError, RuntimeError) as error:  # a plain RuntimeError where its -ver is no answer
            raise MissingTool(
                message("helper_does_not_start", tool="exiftool", words=error), tool="exiftool"
            ) from error
        return process

    def close(self) -> None:
        """Ends the process, also one that has died already or hangs."""
        process, popen = self._process, self._popen
        self._process = self._popen = None
        if process is None or popen is None:
            return
        popen.kill()
        with popen, _no_warnings():
            popen.wait()
            process.running  # noqa: B018 - the library notices only when it is asked, and warns when it is collected


def _without_paths(said: str, paths: Iterable[Path]) -> str:
    """What it says, in one line, without the paths of our work."""
    for path in paths:
        said = said.replace(f" - {path}", "").replace(str(path), "")
    return " / ".join(dict.fromkeys(line.strip() for line in said.splitlines() if line.strip()))[:500]


def _answers(ends: Mapping[IO[bytes], bytes], deadline: float, silence: float) -> dict[IO[bytes], str] | None:
    """What comes out of each stream up to its end mark; None where a stream ends before. Raises TimeoutError
    at the deadline, or where nothing comes for so long.

    pyexiftool itself reads on for ever when the process is gone (0.5.6, in `_read_fd_endswith`).
    """
    said = dict.fromkeys(ends, b"")
    with selectors.DefaultSelector() as selector:
        for stream in ends:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(min(deadline - time.monotonic(), silence))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                stream = cast("IO[bytes]", key.fileobj)
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    return None
                said[stream] += chunk
                if said[stream].rstrip().endswith(ends[stream]):
                    selector.unregister(stream)
    return {stream: text.rstrip()[: -len(ends[stream])].decode("utf-8", "replace") for stream, text in said.items()}


@contextmanager
def _no_warnings() -> Iterator[None]:
    """The library warns that the process has died; we raise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _facts(row: dict[str, object]) -> Facts:
    """ExifTool numbers a tag's copies over all groups; the number stays only where a group itself holds several."""
    plain = [_COPY.sub(":", key) for key in row]
    counts = Counter(plain)
    return tuple(
        (bare if counts[bare] == 1 else key, _text(value))
        for bare, (key, value) in zip(plain, row.items(), strict=True)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
