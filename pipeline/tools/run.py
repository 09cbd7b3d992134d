"""The one place that starts programs: an argument list, never a shell; a time limit; the whole tree ended.

Every program runs under `setpriv` (it ends when we end, even by SIGKILL, and can gain no rights), `timeout`
(which passes the end on to all the program has started) and `prlimit` (ceilings on a written file and on
processor time). They are in every Debian (util-linux, coreutils) and, unlike code run between fork and exec,
safe in a process that has threads.
"""

import contextlib
import logging
import math
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import MissingTool, ToolCrashed, ToolFailed, ToolTimedOut

LOG = logging.getLogger(__name__)

PACKAGES: Mapping[str, str] = {
    "exiftool": "libimage-exiftool-perl",
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "soffice": "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "setpriv": "util-linux",
    "prlimit": "util-linux",
    "timeout": "coreutils",
}
"""The Debian package that brings a program."""

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MAX_CAPTURED = 64 * 2**20
"""Bytes kept of each output stream; a program that has written more has failed."""
MAX_WRITTEN = 2**40
_GRACE_SECONDS = 2.0
_WATCHED_EVERY = 0.5
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SHOWN_LINES = 5
_LOGGED_CHARACTERS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a program said before it ended well."""

    stdout: bytes
    stderr: bytes
    code: int = 0

    @property
    def complaints(self) -> str:
        """The last lines of stderr, in one line."""
        return _last_lines(self.stderr)


@cache
def locate(program: str) -> str:
    """Full path of a program; MissingTool names the package that brings it."""
    found = program if program.startswith("/") else shutil.which(program, path=SEARCH_PATH)
    if found is None or not os.access(found, os.X_OK):
        package = PACKAGES.get(program, program)
        raise MissingTool(message("not_installed", tool=program, package=package), tool=program)
    return found


def run(
    arguments: Sequence[str],
    *,
    subject: str,
    seconds: float,
    scratch: Path,
    max_written: int = MAX_WRITTEN,
    max_memory: int = 0,
    environment: Mapping[str, str] | None = None,
    accepted: frozenset[int] = frozenset({0}),
) -> Ran:
    """Runs a program to its end; `subject` is the file's name for people.

    `seconds` is wall-clock time, `max_written` the largest file it may write, in bytes, `max_memory` what it and all
    it starts may hold in memory (0: no limit of ours); `scratch` becomes its home and working directory. Raises
    MissingTool, ToolTimedOut, ToolCrashed (died of a signal, or ended for its memory) or ToolFailed (an exit code not
    among `accepted`); whatever it has started is gone when this returns.
    """
    tool = Path(arguments[0]).name
    program = locate(arguments[0])
    command = [*_guards(seconds, max_written), program, *arguments[1:]]
    with tempfile.TemporaryFile(dir=scratch) as out, tempfile.TemporaryFile(dir=scratch) as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=scratch,
            env={"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": str(scratch), "TMPDIR": str(scratch)}
            | dict(environment or {}),
            start_new_session=True,
        )
        began = time.monotonic()
        try:
            code, resident = _awaited(process, seconds, max_memory)
        finally:
            _end(process)
        ran = Ran(stdout=_captured(out, tool, subject), stderr=_captured(err, tool, subject), code=code or 0)
    took, ended = time.monotonic() - began, "stopped" if code is None else f"exit code {code}"
    LOG.info("%s on %s: %s after %.2f s: %s", tool, subject, ended, took, shlex.join(arguments)[:_LOGGED_CHARACTERS])
    if resident > max_memory > 0:
        told = message("tool_over_memory", tool=tool, subject=subject, most=f"{max_memory / 2**30:.1f}")
        raise ToolCrashed(told, tool=tool, subject=subject)
    if code is None:
        said = message("tool_did_not_finish", tool=tool, subject=subject, seconds=f"{seconds:.0f}")
        raise ToolTimedOut(said, tool=tool, subject=subject)
    if code in accepted:
        return ran
    raise _failure(tool, subject, code, ran)


def _awaited(process: subprocess.Popen[bytes], seconds: float, max_memory: int) -> tuple[int | None, int]:
    """The exit code, None where time or memory has run out; and the memory that was seen last, where it is watched.

    A limit on address space would end LibreOffice before it has begun: it reserves far more than it uses.
    """
    until = time.monotonic() + seconds
    resident = 0
    while (left := until - time.monotonic()) > 0 and resident <= max_memory:
        try:
            return process.wait(min(left, _WATCHED_EVERY) if max_memory else left), 0
        except subprocess.TimeoutExpired:
            resident = _resident(process.pid) if max_memory else 0
    return None, resident


def _resident(session: int) -> int:
    """Bytes of memory that all processes of a session hold."""
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # What stands behind the name in brackets, which may hold anything: state, parent, group, session.
            fields = stat.read_bytes().rpartition(b")")[2].split()
            pages += int(fields[21]) if int(fields[3]) == session else 0
    return pages * _PAGE


def _guards(seconds: float, max_written: int) -> list[str]:
    """The wrappers. `timeout` waits a little longer than we do: it only acts when we are gone or stuck."""
    wall = math.ceil(seconds + 2 * _GRACE_SECONDS)
    processor = math.ceil(seconds * (os.cpu_count() or 1) + _GRACE_SECONDS)
    return [
        *(locate("setpriv"), "--pdeathsig", "TERM", "--no-new-privs", "--"),
        *(locate("timeout"), f"--kill-after={_GRACE_SECONDS}", str(wall)),
        *(locate("prlimit"), f"--fsize={max_written}", f"--cpu={processor}", "--core=0", "--"),
    ]


def died_of(code: int | None) -> str:
    """The name of the signal a process died of, or its exit code: `SIGSEGV`, `exit code 2`."""
    if code is not None and -code in {s.value for s in signal.Signals}:
        return signal.Signals(-code).name
    return f"exit code {code}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole process group: also what a program left behind that itself has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _captured(stream: IO[bytes], tool: str, subject: str) -> bytes:
    size = stream.seek(0, os.SEEK_END)
    if size > MAX_CAPTURED:
        raise ToolFailed(message("tool_talks_on", tool=tool, subject=subject, size=size), tool=tool, subject=subject)
    stream.seek(0)
    return stream.read()


def _failure(tool: str, subject: str, code: int, ran: Ran) -> ToolFailed | ToolCrashed:
    """`timeout` reports a program that died of signal N as 128 + N, and dies of it itself where it can."""
    said = told_by_program(ran.complaints) if ran.complaints else ""
    number = -code if code < 0 else code - 128
    if number in {s.value for s in signal.Signals}:
        name = signal.Signals(number).name
        return ToolCrashed(
            message("tool_died_on", tool=tool, subject=subject, signal=name, reason=said), tool=tool, subject=subject
        )
    return ToolFailed(
        message("tool_failed_with", tool=tool, subject=subject, exit=code, reason=said), tool=tool, subject=subject
    )


def _last_lines(data: bytes) -> str:
    lines = [line.strip() for line in data[-8192:].decode("utf-8", "replace").splitlines() if line.strip()]
    return " / ".join(lines[-_SHOWN_LINES:])[:1000]
