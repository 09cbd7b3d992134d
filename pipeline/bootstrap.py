"""Wiring: from an archive home's settings to the values the routes need. Used by `cli` and `flows`."""

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from pipeline import __version__
from pipeline.domain.personal import mask
from pipeline.errors import UsageError
from pipeline.formats._policy import FormatPolicy, load_policy
from pipeline.ports import Store, Watch
from pipeline.profiles import Profile, load_profile
from pipeline.register.sqlite import SqliteRegister, open_register
from pipeline.routes._record import Plant
from pipeline.settings import Home, load_home
from pipeline.stores import open_store
from pipeline.tools._lane import Lanes
from pipeline.tools.bench import Bench, BenchLimits, open_bench
from pipeline.workspace import Workspace

LOG_FILE = "lantai.log"


class SystemClock:
    """The machine's clock, in UTC, whole seconds."""

    def now(self) -> datetime:
        """The time now."""
        return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive home, opened: its stores and its register."""

    home: Home
    stores: tuple[Store, ...]
    register: SqliteRegister

    def store(self, name: str) -> Store:
        """The store of that name; UsageError naming those there are."""
        for store in self.stores:
            if store.name == name:
                return store
        raise UsageError(f"there is no store {name!r}; there are: {', '.join(s.name for s in self.stores)}")


@contextmanager
def open_archive(chosen: Path | None) -> Iterator[Archive]:
    """The home asked for (see `settings.home_folder`), opened."""
    home = load_home(chosen)
    log_into(home.root / LOG_FILE)
    stores = tuple(open_store(store) for store in home.settings.stores)
    with contextlib.closing(open_register(home.register)) as register:
        yield Archive(home=home, stores=stores, register=register)


class _Masked(logging.Formatter):
    """No personal number reaches the log."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def log_into(path: Path) -> None:
    """Warnings and errors of the pipeline go to the home's log, at most 5 files of 5 MB."""
    log = logging.getLogger("pipeline")
    for old in log.handlers:
        old.close()
    handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=4, encoding="utf-8", delay=True)
    handler.setFormatter(_Masked("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    log.handlers = [handler]


@contextmanager
def open_plant(archive: Archive, *, profile_name: str = "") -> Iterator[Plant]:
    """All that `routes.ingest` needs, lanes included; they are ended on leaving."""
    settings = archive.home.settings
    profile = load_profile(profile_name or settings.work.profile)
    policy = load_policy(profile.policy)
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="lantai-lanes-") as scratch:
        lanes = Lanes(archive.home.lanes, partial(_bench, _limits(profile), Path(scratch)))
        try:
            yield Plant(
                profile=profile,
                policy=policy,
                institution=settings.archive.name,
                fonds_name=settings.archive.fonds_name,
                workspace=Workspace(archive.home.work),
                lanes=lanes,
                stores=archive.stores,
                register=archive.register,
                clock=clock,
                rules=_rules(profile, policy),
            )
        finally:
            lanes.close()


def _bench(limits: BenchLimits, scratch: Path, watch: Watch) -> AbstractContextManager[Bench]:
    """What a lane's child opens when it starts."""
    return open_bench(limits, watch, SystemClock(), scratch)


def _limits(profile: Profile) -> BenchLimits:
    limits = profile.limits
    return BenchLimits(
        max_pixels=limits.max_pixels,
        max_frames=limits.max_frames,
        max_derived_bytes=limits.max_derived_bytes,
        seconds_per_file=limits.seconds_per_file,
        seconds_per_mib=limits.seconds_per_mib,
    )


def _rules(profile: Profile, policy: FormatPolicy) -> str:
    """One digest over what decides a record's way."""
    return hashlib.sha256(msgspec.json.encode((__version__, profile, policy), order="sorted")).hexdigest()
