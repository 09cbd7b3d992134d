"""运行日志: a file for each run in the home's `logs/`: what was started, with which program, how long, how it ended.

For the administrator who studies a night afterwards. Every process of a run appends to the same file, a line at a
time; personal numbers are masked. Nothing is ever read back from it.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline import __version__
from pipeline.domain.personal import mask
from pipeline.domain.visible import visible

LOG = logging.getLogger(__name__)
FOLDER = "logs"
KEPT = 200
"""Newest logs that stay; older ones are removed when a run begins."""
_FORM = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"


class MaskedFormatter(logging.Formatter):
    """No personal number and no line break of a file's name reaches a log."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(mask(super().format(record)), keep="\n")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return visible(super().formatMessage(record).replace("\n", "\\n").replace("\r", "\\r"))


@contextmanager
def run_log(home: Path, command: str, arguments: Sequence[str] = ()) -> Iterator[Path | None]:
    """A log for one run of `command`; its path, None where none can be written (a home that may only be read)."""
    folder, began = home / FOLDER, time.monotonic()
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{command}-{os.getpid()}.log"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _remove_old(folder)
        handler = append_to(path)
    except OSError as error:
        LOG.warning("no log of this run: %s cannot be written: %s", folder, error.strerror)
        yield None
        return
    try:
        LOG.info("lantai %s %s: %s", __version__, command, " ".join(arguments))
        yield path
    except BaseException as error:
        LOG.info("ended by %s after %.1f s", type(error).__name__, time.monotonic() - began)
        raise
    else:
        LOG.info("ended after %.1f s", time.monotonic() - began)
    finally:
        _detach(handler)


def append_to(path: Path) -> logging.Handler:
    """Everything from INFO on that this process logs goes to the run's log, too. Raises OSError."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(MaskedFormatter(_FORM))
    handler.setLevel(logging.INFO)
    log = logging.getLogger("pipeline")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    return handler


def _detach(handler: logging.Handler) -> None:
    log = logging.getLogger("pipeline")
    log.removeHandler(handler)
    handler.close()
    log.setLevel(logging.NOTSET)


def _remove_old(folder: Path) -> None:
    for old in sorted(folder.glob("*.log"))[: -KEPT + 1]:
        old.unlink(missing_ok=True)
