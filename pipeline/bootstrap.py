"""Wiring: from an archive home's settings to its stores and register. Used by `cli` and `flows`.

What ingest needs besides, tools and formats, is in `services`: commands that only read do without, and answer sooner.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.domain.messages import message
from pipeline.errors import UsageError
from pipeline.ports import Store
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.run_log import MaskedFormatter, run_log
from pipeline.settings import Home, load_home
from pipeline.stores import open_store
from pipeline.stores.wrappers import Counting

LOG = logging.getLogger(__name__)

LOG_FILE = "lantai.log"


class SystemClock:
    """The machine's clock, in UTC, whole seconds."""

    def now(self) -> datetime:
        """The time now."""
        return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive home, opened: its stores, its register, and the log of this run, where there is one."""

    home: Home
    stores: tuple[Store, ...]
    register: SqliteRegister
    log: Path | None = None

    def store(self, name: str) -> Store:
        """The store of that name; UsageError naming those there are."""
        for store in self.stores:
            if store.name == name:
                return store
        raise UsageError(message("no_such_store", store=name, known=", ".join(s.name for s in self.stores)))


@contextmanager
def open_archive(chosen: Path | None, *, run: str = "", arguments: Sequence[str] = ()) -> Iterator[Archive]:
    """The home asked for (see `settings.home_folder`), opened. With `run`, the name of the command, there is a log of
    this run; `arguments` are what it was called with."""
    home = load_home(chosen)
    log_into(home.root / LOG_FILE)
    with run_log(home.root, run, arguments) if run else nullcontext() as log, _opened(home, log) as archive:
        yield archive


@contextmanager
def _opened(home: Home, log: Path | None) -> Iterator[Archive]:
    stores = tuple(Counting(open_store(store)) for store in home.settings.stores)
    with contextlib.closing(open_register(home.register)) as register:
        try:
            yield Archive(home=home, stores=stores, register=register, log=log)
        finally:
            for store in stores:
                LOG.info("store %s was asked: %s", store.name, store.counts)


def log_into(path: Path) -> None:
    """Warnings and errors of the pipeline go to the home's log, at most 5 files of 5 MB."""
    log = logging.getLogger("pipeline")
    for old in log.handlers:
        old.close()
    handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=4, encoding="utf-8", delay=True)
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    log.handlers = [handler]
