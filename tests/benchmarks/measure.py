"""A command run to its end while its time and the memory of its whole family of processes are measured."""

import contextlib
import ctypes
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
MIB = 2**20
_PR_SET_CHILD_SUBREAPER = 36


class CommandFailed(RuntimeError):
    """A measured command ended otherwise than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: seconds from start to end, and peaks of the sums over all processes, in bytes.

    RSS counts a page in every process that has it; PSS divides shared pages among those that share them, so that
    its sum is the memory really taken. `processes` is the most there were at once, `samples` how often we looked.
    """

    seconds: float
    peak_pss: int
    peak_rss: int
    processes: int
    samples: int
    out: str


def become_subreaper(*, ours: bool = True) -> None:
    """Processes that leave their session or lose their parent become our children, and are counted; or no longer."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(ours))


class _Sampler(threading.Thread):
    """Looks at all descendants of this process until told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopped = threading.Event()
        self.peak_pss = self.peak_rss = self.processes = self.samples = 0

    def run(self) -> None:
        us = psutil.Process()
        while not self.stopped.wait(SAMPLE_SECONDS):
            family = us.children(recursive=True)
            rss = sum(map(_rss, family))
            self.samples += 1
            self.processes = max(self.processes, len(family))
            self.peak_rss = max(self.peak_rss, rss)
            # PSS costs a walk over the page tables; it is never above RSS, so only a new peak is worth it.
            if rss > self.peak_pss:
                self.peak_pss = max(self.peak_pss, sum(map(_pss, family)))


def _rss(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
        return int(process.memory_info().rss)
    return 0


def _pss(process: psutil.Process) -> int:
    """From `smaps_rollup`; a process that is just ending has none."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def measured(
    command: Sequence[str | os.PathLike[str]], *, env: Mapping[str, str] | None = None, codes: tuple[int, ...] = (0,)
) -> Run:
    """Runs the command to its end. CommandFailed with what it printed where it ends with another code."""
    sampler = _Sampler()
    sampler.start()
    began = time.perf_counter()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    seconds = time.perf_counter() - began
    sampler.stopped.set()
    sampler.join()
    out = done.stdout.decode("utf-8", "replace")
    if done.returncode not in codes:
        raise CommandFailed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{out[-4000:]}")
    return Run(
        seconds=seconds,
        peak_pss=sampler.peak_pss,
        peak_rss=sampler.peak_rss,
        processes=sampler.processes,
        samples=sampler.samples,
        out=out,
    )


def timed(command: Sequence[str | os.PathLike[str]], *, env: Mapping[str, str] | None = None) -> float:
    """Seconds of a command that must succeed, nothing sampled."""
    began = time.perf_counter()
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        out = done.stdout.decode("utf-8", "replace")
        raise CommandFailed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{out[-4000:]}")
    return seconds


def median(times: int, measure: Callable[[], float]) -> float:
    """The median of some measurements, one after the other."""
    return statistics.median(measure() for _ in range(times))


def settled(*files: Path) -> None:
    """The same start for all: nothing waits to be written, and these files lie in the page cache."""
    os.sync()
    for file in files:
        with file.open("rb", buffering=0) as stream:
            buffer = bytearray(4 * MIB)
            while stream.readinto(buffer):
                pass
