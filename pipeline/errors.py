"""Every error the pipeline raises, with its exit code and whether trying again can help.

A defect in the material is a `Finding`, not an error; these are for a broken machine, a wrong call or a
storage that does not keep its word.

    PipelineError (exit_code, retryable)
    ├─ UsageError
    ├─ ProfileError (file, row, column)
    ├─ SourceError: SourceChanged
    ├─ ToolError: MissingTool, ToolFailed, ToolTimedOut*, ToolCrashed, ToolGarbled
    ├─ StorageError: ObjectMissing, ObjectExists, ObjectDiffers, CopyMismatch, StorageFull,
    │  StorageRefused, StorageUnavailable*
    ├─ RegisterError: RegisterBusy*
    ├─ Busy*
    └─ HouseError                                                                             (* retryable)
"""

from enum import IntEnum
from typing import Literal

from pipeline.domain.messages import Message, message


class ExitCode(IntEnum):
    """What the shell sees; the numbers are the command line's contract."""

    DONE = 0
    MATERIAL_REJECTED = 1
    USAGE = 2
    PROFILE = 3
    TOOL = 4
    SOURCE = 5
    STORAGE = 6
    HELD = 8
    BUSY = 9
    HOUSE = 70
    INTERRUPTED = 130


Failure = Literal[
    "record_busy",
    "storage_failed",
    "work_failed",
    "tool_crashed",
    "tool_failed",
    "tool_garbled",
    "tool_missing",
    "tool_timed_out",
]
"""Codes of the findings that tell of an error while a record was worked on: not the material's fault."""


class PipelineError(Exception):
    """Base of all. `message` says what happened, to which thing, and what to do next, in every language through
    `pipeline.texts`; `str(error)` is its code and facts, for logs."""

    exit_code = ExitCode.HOUSE
    retryable = False
    failure: Failure = "work_failed"

    def __init__(self, said: Message) -> None:
        super().__init__(said)
        self.message = said

    def __reduce__(self) -> tuple[object, ...]:
        """Fields of the kinds below go with the error across a process boundary."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[PipelineError], args: tuple[object, ...], fields: dict[str, object]) -> PipelineError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(fields)
    return error


class UsageError(PipelineError):
    """The call itself is wrong: an unknown package, a folder that is not there."""

    exit_code = ExitCode.USAGE


class ProfileError(PipelineError):
    """A profile, table or setting is wrong; `file`, `row` and `column` say where."""

    exit_code = ExitCode.PROFILE

    def __init__(self, said: Message, *, file: str = "", row: int | None = None, column: str = "") -> None:
        placed = message("in_file", file=file, row=row, column=column, fault=said) if file else said
        super().__init__(placed)
        self.file, self.row, self.column = file, row, column


class SourceError(PipelineError):
    """The delivery cannot be read."""

    exit_code = ExitCode.SOURCE


class SourceChanged(SourceError):
    """A file's bytes are no longer those that were received."""


class ToolError(PipelineError):
    """A program or library did not do its job; `tool` and `subject` say which, on what."""

    failure: Failure = "tool_failed"
    exit_code = ExitCode.TOOL

    def __init__(self, said: Message, *, tool: str = "", subject: str = "") -> None:
        super().__init__(said)
        self.tool, self.subject = tool, subject


class MissingTool(ToolError):
    """The program is not installed; the message names the package that brings it."""

    failure = "tool_missing"


class ToolFailed(ToolError):
    """The program ended with an error of its own."""


class ToolTimedOut(ToolError):
    """The program did not end in the time it was given and was stopped."""

    failure = "tool_timed_out"
    retryable = True


class ToolCrashed(ToolError):
    """The process died of a signal: a hostile file, or memory ran out."""

    failure = "tool_crashed"


class ToolGarbled(ToolError):
    """The program said it had succeeded, and what it wrote is missing, empty or unreadable."""

    failure = "tool_garbled"


class StorageError(PipelineError):
    """A store did not keep, give back or take what it should; `store` and `key` say where."""

    failure: Failure = "storage_failed"
    exit_code = ExitCode.STORAGE

    def __init__(self, said: Message, *, store: str = "", key: str = "") -> None:
        super().__init__(said)
        self.store, self.key = store, key


class ObjectMissing(StorageError):
    """The object is not there."""


class ObjectExists(StorageError):
    """The key is taken; nothing is ever overwritten."""


class ObjectDiffers(StorageError):
    """The key is taken by other bytes."""


class CopyMismatch(StorageError):
    """What was read back is not what was written."""


class StorageFull(StorageError):
    """No room."""


class StorageRefused(StorageError):
    """The store does not let us in: rights, credentials, clock, or there is no such bucket. Nothing is known of what
    it holds."""


class StorageUnavailable(StorageError):
    """The store does not answer, or not now."""

    retryable = True


class RegisterError(PipelineError):
    """The register cannot be read or written; `lantai rebuild` makes it anew from the stores."""

    exit_code = ExitCode.STORAGE
    failure: Failure = "storage_failed"


class RegisterBusy(RegisterError):
    """Another process is writing to the register."""

    failure = "record_busy"
    retryable = True


class Busy(PipelineError):
    """Another run is at work on this delivery or record: try again when it has ended."""

    exit_code = ExitCode.BUSY
    failure: Failure = "record_busy"
    retryable = True


class HouseError(PipelineError):
    """Our own fault. A plain `what` is for engineers and in English alone: behind a lead-in in either language."""

    def __init__(self, what: Message | str) -> None:
        super().__init__(what if isinstance(what, Message) else message("own_fault", what=what))
