"""A worker: a long-lived child process in which hostile files are touched, so that what they break is only the worker.

Libraries that decode images, PDF or signatures can crash or hang; in a worker that costs one record. The child
tells what it begins and how long that may take; where it dies or runs over time, the error names the file.
The owner of `multiprocessing`.
"""

import contextlib
import ctypes
import multiprocessing
import os
import queue
import resource
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pipeline.errors import HouseError, ToolCrashed, ToolTimedOut
from pipeline.ports import Watch

B = TypeVar("B")
P = ParamSpec("P")
R = TypeVar("R")

IDLE_SECONDS = 300.0
"""Patience while the child has not said what it is at (start-up, bookkeeping)."""
DATA_BYTES = 6 * 2**30
"""Ceiling on a worker's own memory: a decompression bomb ends the worker, not the machine."""
_PR_SET_PDEATHSIG = 1


class Abandoned(BaseException):
    """The workers were closed under a thread that was still using one: nobody waits for its work any more, and it must
    not be told as the file's fault."""


class _PipeWatch:
    """In the child: passes on what begins."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def begin(self, subject: str, seconds: float) -> None:
        self._pipe.send(("begin", subject, seconds))


def _die_with_parent(parent: int) -> None:
    """The kernel kills us when the parent's thread is gone, even by SIGKILL; a parent already gone is checked."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _child(pipe: Connection, opener: Callable[[Watch], AbstractContextManager[Any]], parent: int) -> None:
    """Main of the child: opens its toolbox once, then works what comes until the pipe closes."""
    os.setsid()
    _die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_BYTES, hard))
    with opener(_PipeWatch(pipe)) as toolbox, contextlib.suppress(EOFError):
        while True:
            work, args, kwargs = pipe.recv()
            try:
                answer = ("done", work(toolbox, *args, **kwargs))
            except Exception as error:  # any error is the caller's to judge: it travels back whole
                answer = ("error", error)
            pipe.send(answer)


def _keep_interrupts_out() -> None:
    """For the thread that starts children: they inherit that Ctrl-C is not for them, even while they start."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


class ToolWorker(Generic[B]):
    """One child with its toolbox. Not for two threads at once. Starts when first used, and again after a death.

    `starter` is the one thread that starts children: the kernel ends a child with the thread that started it,
    so that must not be a passing one.
    """

    def __init__(self, opener: Callable[[Watch], AbstractContextManager[B]], starter: ThreadPoolExecutor) -> None:
        self._opener = opener
        self._starter = starter
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def call(self, work: Callable[Concatenate[B, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`work(toolbox, *args)` in the child; its result or its error.

        `work` is a module's function; arguments and result cross a process boundary. Raises ToolTimedOut or
        ToolCrashed naming the subject that was last begun.
        """
        pipe = self._started()
        subject, seconds = "", IDLE_SECONDS
        message: tuple[Any, ...] = ()
        try:
            pipe.send((work, args, kwargs))
            while pipe.poll(seconds):
                message = pipe.recv()
                if message[0] != "begin":
                    break
                _, subject, seconds = message
            else:
                self.kill()
                reason = f"{subject or 'the work'} took longer than {seconds:.0f} s and was stopped"
                raise ToolTimedOut(reason, tool="worker", subject=subject)
        except (EOFError, ConnectionError):
            if self._closed:
                raise Abandoned from None
            raise ToolCrashed(self._cause_of_death(subject), tool="worker", subject=subject) from None
        if message[0] == "error":
            raise message[1]
        return message[1]  # type: ignore[no-any-return]

    def _started(self) -> Connection:
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=(theirs, self._opener, os.getpid()), daemon=True)
        self._starter.submit(self._process.start).result()
        theirs.close()
        self._pipe = ours
        return ours

    def _cause_of_death(self, subject: str) -> str:
        process = self._process
        if process is None:
            raise HouseError("a worker that was never started has died")
        process.join(10)
        code = process.exitcode
        killed = code is not None and code < 0
        cause = signal.Signals(-code).name if killed and code is not None else f"exit code {code}"
        self.kill()
        return f"the process reading {subject or 'the record'} died ({cause}): the file is damaged or hostile"

    def kill(self) -> None:
        """Ends the child and all it started."""
        self._end()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def close(self) -> None:
        """Ends the child for good. A thread that still uses it learns so from the pipe, which is left open."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        process = self._process
        if process is not None and process.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.join()


class WorkerPool(Generic[B]):
    """So many workers, lent to whichever thread needs one."""

    def __init__(self, count: int, opener: Callable[[Watch], AbstractContextManager[B]]) -> None:
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="lantai-starter", initializer=_keep_interrupts_out)
        self._all = [ToolWorker(opener, self._starter) for _ in range(count)]
        self._free: queue.LifoQueue[ToolWorker[B]] = queue.LifoQueue()
        for worker in self._all:
            self._free.put(worker)

    @contextmanager
    def borrow(self) -> Iterator[ToolWorker[B]]:
        """A free worker, waiting for one where all are lent."""
        worker = self._free.get()
        try:
            yield worker
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """Ends all children."""
        for worker in self._all:
            worker.close()
        self._starter.shutdown()
