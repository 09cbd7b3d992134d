"""ExifTool through pyexiftool: one process for many files, kept open. The owner of `exiftool`.

Values to write go through a JSON file, never through argument lines: a title may hold line breaks, and a
line that begins with `-` would be taken for an option.
"""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import exiftool
from exiftool.exceptions import ExifToolException

from pipeline.errors import ToolCrashed, ToolFailed, ToolGarbled
from pipeline.tools.run import locate

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
_BATCH = 200
"""Files in one command: bounds memory and the time nobody hears from it."""

Facts = tuple[tuple[str, str], ...]


class ExifTool:
    """A long-lived ExifTool. Not for two threads. `close` ends it; it also dies with the process that started it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process: exiftool.ExifTool | None = None
        self._popen: Any = None

    @cached_property
    def version(self) -> str:
        """Version of ExifTool."""
        return self._execute("-ver").strip()

    def read(self, paths: Sequence[Path]) -> dict[Path, Facts]:
        """All tags of each file as rows of (group:tag, value). A file it cannot read has a row `ExifTool:Error`.

        Raises ToolCrashed or ToolGarbled.
        """
        found: dict[Path, Facts] = {}
        for start in range(0, len(paths), _BATCH):
            batch = paths[start : start + _BATCH]
            answer = self._execute(*_READ, *(str(path) for path in batch))
            found |= self._parsed(answer)
        missing = [path.name for path in paths if path not in found]
        if missing:
            raise ToolGarbled(f"exiftool said nothing about {', '.join(missing[:5])}", tool="exiftool")
        return found

    def _parsed(self, answer: str) -> dict[Path, Facts]:
        try:
            rows = json.loads(answer)
            return {Path(row.pop("SourceFile")): _facts(row) for row in rows}
        except (ValueError, KeyError, TypeError) as error:
            raise ToolGarbled(f"exiftool did not answer in JSON: {answer[:200]!r}", tool="exiftool") from error

    def write(self, values: Mapping[Path, Mapping[str, str]], *, options: Sequence[str] = ()) -> None:
        """Writes tags into files, in place, all in one command. Raises ToolFailed where not every file was written."""
        sheet = self._scratch / "exiftool-values.json"
        rows = [{"SourceFile": str(path), **tags} for path, tags in values.items()]
        sheet.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
        said = self._execute(
            f"-json={sheet}",
            "-m",
            "-overwrite_original",
            "-api",
            "largefilesupport=1",
            "-charset",
            "filename=utf8",
            *options,
            *(str(path) for path in values),
        )
        sheet.unlink()
        said += str(self._process.last_stderr if self._process else "")
        if f"{len(values)} image files updated" not in said:
            reason = " / ".join(line.strip() for line in said.splitlines()).replace(str(self._scratch), "")
            raise ToolFailed(f"exiftool did not write every file: {reason[:500]}", tool="exiftool")

    def copy_exif(self, source: Path, target: Path) -> None:
        """Gives `target` what the camera wrote into `source`, but for direction and size, which are the copy's own.

        Raises ToolFailed where it could not be written.
        """
        said = self._execute("-tagsFromFile", str(source), *_CAMERA, "-m", "-overwrite_original", str(target))
        if "due to errors" in said:
            raise ToolFailed(f"exiftool did not carry Exif over: {' / '.join(said.splitlines())}", tool="exiftool")

    def _execute(self, *arguments: str) -> str:
        if self._process is None:
            self._process = self._started()
            self._popen = self._process._process
        try:
            with _no_warnings():
                return str(self._process.execute(*arguments))
        except (ExifToolException, OSError) as error:
            self.close()
            raise ToolCrashed(f"exiftool ended in the middle of its work: {error}", tool="exiftool") from error

    @staticmethod
    def _started() -> exiftool.ExifTool:
        process = exiftool.ExifTool(executable=locate("exiftool"), common_args=[], encoding="utf-8")
        try:
            process.run()
        except (ExifToolException, OSError, RuntimeError) as error:  # a plain RuntimeError where its -ver is no answer
            raise ToolCrashed(f"exiftool does not start: {error}: reinstall it", tool="exiftool") from error
        return process

    def close(self) -> None:
        """Ends the process, also one that has died already."""
        process, popen = self._process, self._popen
        self._process = self._popen = None
        if process is None or popen is None:
            return
        with _no_warnings():
            if process.running:
                process.terminate()
        with popen:  # the library lets go of a dead one with its pipes open
            popen.kill()


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
