"""A record that has been received, of files at hand, and the toolbox it is worked on."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.names import OriginalName
from pipeline.domain.records import Description, Received, ReceivedFile, Record, elements
from pipeline.formats.handler import DECODING, OFFICE
from pipeline.tools.toolbox import Toolbox, ToolLimits, open_toolbox

P = ParamSpec("P")
R = TypeVar("R")

FILES = Path(__file__).resolve().parent.parent / "fixtures" / "files"
DEMO = FILES.parent / "deliveries" / "demo" / "files"
LIMITS = ToolLimits(
    max_pixels=100_000_000, max_frames=1000, max_derived_bytes=2**32, seconds_per_file=60, seconds_per_mib=2
)
DESCRIPTION = Description(
    archival_code="K021-WS·2019·Y-0012",
    package_id="K021-WS·2019·Y-0012",
    fonds="K021",
    category="WS",
    elements=elements(
        title="关于𠮷林乡扶贫工作\n-execute 的报告", creator="某县扶贫办", date="20190412", access="开放"
    ),
)


RECORD = Record(description=DESCRIPTION, batch="b")


class WatchLog:
    """A watch that keeps what it was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, float]] = []

    def begin(self, subject: str, seconds: float) -> None:
        self.begun.append((subject, seconds))


class FixedClock:
    """Always the same time."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@contextmanager
def bench_in(folder: Path, limits: ToolLimits = LIMITS) -> Iterator[Toolbox]:
    """A toolbox whose scratch lies below `folder`."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    with open_toolbox(limits, WatchLog(), FixedClock(), scratch) as toolbox:
        yield toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class HereWorkers:
    """Workers of every kind in this very process, with one toolbox."""

    toolbox: Toolbox

    def call(self, kind: str, work: Callable[Concatenate[Toolbox, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The work done here."""
        assert kind in {DECODING, OFFICE}
        return work(self.toolbox, *args, **kwargs)


def receive_into(folder: Path, files: Mapping[str | bytes, Path]) -> Received:
    """Copies files into `folder` as `receive` would; the keys are the depositor's names, in page order."""
    folder.mkdir(parents=True)
    received = tuple(_one(folder, number, name, path) for number, (name, path) in enumerate(files.items(), start=1))
    return Received(files=received, content="0" * 64)


def _one(folder: Path, number: int, name: str | bytes, path: Path) -> ReceivedFile:
    original = OriginalName.of(os.fsencode(name))
    work_name = f"{number:04d}" + (f".{original.extension}" if original.extension else "")
    shutil.copyfile(path, folder / work_name)
    data = path.read_bytes()
    return ReceivedFile(
        work_name=work_name,
        path=f"data/original/{original.display}",
        original=original,
        size=len(data),
        digests=(Digest(algorithm=Algorithm.SHA256, value=hashlib.sha256(data).hexdigest()),),
        modified_ns=0,
    )
