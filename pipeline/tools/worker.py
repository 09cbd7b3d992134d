"""A worker: a long-lived child process in which hostile files are touched, so that what they break is only the worker.

Libraries that decode images, PDF or signatures can crash or hang; in a worker that costs one file or one copy. The
child tells what it begins and how long that may take; where it dies or runs over time, the error names the file.
The owner of `multiprocessing`.
"""

import contextlib
import ctypes
import multiprocessing
import os
import pickle
import queue
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from pipeline.domain.messages import message
from pipeline.errors import HouseError, PipelineError, ToolCrashed, ToolFailed, ToolTimedOut
from pipeline.ports import Watch
from pipeline.tools.run import died_of

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
        self.subject = ""

    def begin(self, subject: str, seconds: float) -> None:
        self.subject = subject
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
    watch = _PipeWatch(pipe)
    with contextlib.ExitStack() as stack:
        try:
            toolbox = stack.enter_context(opener(watch))
        except Exception as error:  # any error is the caller's to judge: it travels back whole
            _send(pipe, ("unstarted", error))
            return
        pipe.send(("ready",))
        with contextlib.suppress(EOFError):
            while True:
                _send(pipe, _answer(toolbox, watch, *pipe.recv()))


def _answer(
    toolbox: object, watch: _PipeWatch, work: Callable[..., object], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[str, object]:
    """Result or error of one call. Memory that runs out is the file's doing, as a crash would be."""
    try:
        return "done", work(toolbox, *args, **kwargs)
    except MemoryError:
        told = message("worker_out_of_memory", subject=watch.subject, limit=f"{DATA_BYTES / 2**30:.0f}")
        return "error", ToolCrashed(told, tool="worker", subject=watch.subject)
    except Exception as error:  # any error is the caller's to judge: it travels back whole
        return "error", error


def _send(pipe: Connection, answer: tuple[str, object]) -> None:
    """What cannot cross the process boundary is our own fault, and is told as such instead of ending the child."""
    try:
        pipe.send(answer)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        pipe.send(("error", HouseError(message("worker_answer_lost", words=f"{error}: {answer[1]!r}"))))


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

        `work` is a module's function; arguments and result cross a process boundary. Raises ToolTimedOut, ToolCrashed
        or ToolFailed naming the subject that was last begun; HouseError where the child did not start, which is no
        file's fault.
        """
        pipe = self._started()
        subject, seconds = "", IDLE_SECONDS
        answer: tuple[Any, ...] = ()
        try:
            pipe.send((work, args, kwargs))
            while pipe.poll(seconds):
                answer = pipe.recv()
                if answer[0] != "begin":
                    break
                _, subject, seconds = answer
            else:
                self.kill()
                told = message("worker_timed_out", subject=subject, seconds=f"{seconds:.0f}")
                raise ToolTimedOut(told, tool="worker", subject=subject)
        except (EOFError, ConnectionError):
            if self._closed:
                raise Abandoned from None
            raise self._death(subject) from None
        if answer[0] == "error":
            raise answer[1]
        return answer[1]  # type: ignore[no-any-return]

    def _started(self) -> Connection:
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=(theirs, self._opener, os.getpid()), daemon=True)
        self._starter.submit(self._process.start).result()
        theirs.close()
        self._pipe = ours
        self._await_start(ours)
        return ours

    def _await_start(self, pipe: Connection) -> None:
        """Waits until the child has opened its toolbox. What keeps it from that is the installation's fault or our own:
        an error of ours as it is (MissingTool), else HouseError with the cause."""
        try:
            answer: tuple[Any, ...] = pipe.recv() if pipe.poll(IDLE_SECONDS) else ("silent",)
        except (EOFError, ConnectionError):
            if self._closed:
                raise Abandoned from None
            raise HouseError(message("worker_did_not_start", cause=self._ended())) from None
        if answer[0] == "ready":
            return
        self.kill()
        if answer[0] == "silent":
            raise HouseError(message("worker_did_not_start", cause=f"{IDLE_SECONDS:.0f} s"))
        error = answer[1]
        if isinstance(error, PipelineError):
            raise error
        raise HouseError(message("worker_did_not_start", cause=f"{type(error).__name__}: {error}")) from error

    def _death(self, subject: str) -> ToolCrashed | ToolFailed:
        """The child died at its work. Of a signal: what it read is damaged or hostile, or memory has run out. With an
        exit code a library has ended it, and nobody can tell whether for the file or for itself."""
        cause = self._ended()
        if not cause.startswith("SIG"):
            told = message("worker_ended", subject=subject, cause=cause)
            return ToolFailed(told, tool="worker", subject=subject)
        code = "worker_killed" if cause == signal.SIGKILL.name else "worker_died"
        return ToolCrashed(message(code, subject=subject, signal=cause), tool="worker", subject=subject)

    def _ended(self) -> str:
        """Signal or exit code of the child that is gone."""
        process = self._process
        if process is None:
            raise HouseError(message("worker_never_started"))
        process.join(10)
        cause = died_of(process.exitcode)
        self.kill()
        return cause

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


class WorkersByKind(Generic[B]):
    """A pool for each kind of work, with as many processes as that work may have at once; each is started when there is
    something for it to do."""

    def __init__(self, counts: Mapping[str, int], opener: Callable[[Watch], AbstractContextManager[B]]) -> None:
        self._pools = {kind: WorkerPool(count, opener) for kind, count in counts.items()}

    def call(self, kind: str, work: Callable[Concatenate[B, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`work(toolbox, *args)` in a worker of that kind, as `ToolWorker.call`. Raises HouseError where there is no
        such kind."""
        pool = self._pools.get(kind)
        if pool is None:
            raise HouseError(message("worker_kind_unknown", kind=kind, known=", ".join(self._pools)))
        with pool.borrow() as worker:
            return worker.call(work, *args, **kwargs)

    def close(self) -> None:
        """Ends all children."""
        for pool in self._pools.values():
            pool.close()
