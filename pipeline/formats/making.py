"""What `derive` asks of a tool worker: the work that touches files, one call each. The toolbox comes first."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.digests import CHUNK, Algorithm, Digest, Hasher
from pipeline.domain.formats import FileFormat
from pipeline.domain.messages import Message, message
from pipeline.formats import decide
from pipeline.formats.handler import Action, Failed, Made, Original, Refused
from pipeline.formats.policy import FormatPolicy
from pipeline.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A made file that is to get its name in the stage's folder: `target`. `maker` is the program, `subject` the
    source's name for people."""

    path: Path
    target: Path
    extension: str
    maker: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What the finished file is: bytes, digests (SHA-256 among them), format."""

    size: int
    digests: tuple[Digest, ...]
    format: FileFormat


def make(
    toolbox: Toolbox, action: Action, settings: Any, sources: tuple[Original, ...], folder: Path
) -> tuple[Made | Refused | Failed, ...]:
    """Runs one action into an empty folder. Raises ToolError."""
    return tuple(action.make(sources, settings, folder, toolbox))


def finish(
    toolbox: Toolbox, files: tuple[Unfinished, ...], policy: FormatPolicy, digests: tuple[Algorithm, ...]
) -> tuple[Finished | Message, ...]:
    """Each file under its name, identified and hashed; a message where it is not what it was to become. May be asked
    again for the same files."""
    return tuple(_finished(toolbox, file, policy, digests) for file in files)


def _finished(
    toolbox: Toolbox, file: Unfinished, policy: FormatPolicy, digests: tuple[Algorithm, ...]
) -> Finished | Message:
    if not file.target.exists():
        file.path.rename(file.target)
    toolbox.announce(file.subject, file.target.stat().st_size)
    format = decide.identify(file.target, policy, scratch=toolbox.scratch)
    if not decide.is_known(format) or decide.name_lies(format, file.extension, policy, damaged=False):
        return message("copy_of_other_format", maker=file.maker, made=format.media_type, wanted=file.extension)
    hasher = Hasher((*digests, Algorithm.SHA256))
    with file.target.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            hasher.update(chunk)
    return Finished(size=hasher.size, digests=hasher.digests(), format=format)
