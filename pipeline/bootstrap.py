"""Wiring: from an archive home's settings to its stores and register. Used by `cli` and `flows`.

What ingest needs besides, tools and formats, is in `services`: commands that only read do without, and answer sooner.
"""

import contextlib
import grp
import logging
import os
import pwd
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.domain.messages import message
from pipeline.errors import ProfileError, UsageError
from pipeline.ports import Store
from pipeline.register.reading import open_for_reading
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.run_log import FOLDER as LOGS
from pipeline.run_log import MaskedFormatter, run_log
from pipeline.settings import SETTINGS_FILE, Home, load_home
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
def open_archive(
    chosen: Path | None, *, run: str = "", arguments: Sequence[str] = (), reading: bool = False
) -> Iterator[Archive]:
    """The home asked for (see `settings.home_folder`), opened. With `run`, the name of the command, there is a log of
    this run; `arguments` are what it was called with. For `reading`, no right to write is needed.

    What is made from now on is for this user alone, or for the group that the settings name.
    """
    home = load_home(chosen)
    os.umask(0o027 if home.settings.archive.group else 0o077)  # the log of a reading command is not for all either
    if not reading:
        keep_to_ourselves(home)
    log_into(home.root / LOG_FILE)
    log_of_run = run_log(home.root, run, arguments) if run else nullcontext()
    with log_of_run as log, _opened(home, log, reading) as archive:
        yield archive


def keep_to_ourselves(home: Home) -> None:
    """Files and folders that this process makes are for its user alone; where the settings name a group, for that to
    read: the folders that are ours are given to it, and what is made in them belongs to it. ProfileError where there
    is no such group."""
    name = home.settings.archive.group
    os.umask(0o027 if name else 0o077)
    if not name:
        return
    try:
        group = grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise ProfileError(message("no_such_group", group=name), file=str(home.root / SETTINGS_FILE)) from error
    stores = (Path(s.address.path) for s in home.settings.stores if s.address.scheme == "file")
    for folder in (home.root, home.work, home.scratch, home.root / LOGS, *stores):
        if folder.is_dir() and folder.stat().st_uid == os.geteuid() and folder.stat().st_gid != group:
            os.chown(folder, -1, group)
            folder.chmod(0o2750)


@contextmanager
def _opened(home: Home, log: Path | None, reading: bool) -> Iterator[Archive]:
    stores = tuple(Counting(open_store(store)) for store in home.settings.stores)
    with contextlib.closing((open_for_reading if reading else open_register)(home.register)) as register:
        try:
            yield Archive(home=home, stores=stores, register=register, log=log)
        finally:
            for store in stores:
                LOG.info("store %s was asked: %s", store.name, store.counts)


def operator() -> str:
    """By which name the system knows who runs this; empty where it knows none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""


def log_into(path: Path) -> None:
    """Warnings and errors of the pipeline go to the home's log, at most 5 files of 5 MB. Where it cannot be written
    the work goes on without, and without a word on the screen: whoever works there can do nothing about it."""
    logging.raiseExceptions = False
    log = logging.getLogger("pipeline")
    for old in log.handlers:
        old.close()
    handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=4, encoding="utf-8", delay=True)
    handler.setFormatter(MaskedFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    log.handlers = [handler]
