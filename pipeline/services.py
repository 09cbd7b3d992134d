"""Wiring: everything `routes.ingest` needs is opened here: rules, stores, register, tool workers."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec
import psutil

from pipeline import __version__
from pipeline.bootstrap import Archive, SystemClock, operator
from pipeline.checks.plan import load_plan
from pipeline.domain.messages import message
from pipeline.errors import ProfileError
from pipeline.formats.derivations import needed_tools
from pipeline.formats.handler import DECODING, OFFICE, all_handlers
from pipeline.formats.policy import FormatPolicy, load_policy
from pipeline.line.services import IngestServices
from pipeline.ports import Watch
from pipeline.profiles import Profile, load_profile
from pipeline.register.sqlite import open_register
from pipeline.run_log import append_to
from pipeline.settings import ArchiveSettings, Home, Settings
from pipeline.stores.right_store import refuse_lost
from pipeline.stores.twins import refuse_twins
from pipeline.texts import Texts
from pipeline.tools.probe import require
from pipeline.tools.toolbox import Toolbox, ToolLimits, open_toolbox
from pipeline.tools.worker import WorkersByKind
from pipeline.workspace import Workspace, usable

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_IN_MEMORY, _ON_DISK = "/tmp", "/var/tmp"  # noqa: S108 - a folder of its own, made by tempfile, lies there
MOST_OFFICES = 2
"""LibreOffices at once: each takes half a gigabyte, and more do not make it faster."""


@contextmanager
def open_services(archive: Archive, *, profile_name: str = "") -> Iterator[IngestServices]:
    """All that `routes.ingest` needs, workers included; they are ended on leaving.

    Raises StorageError where two stores are one, ProfileError, and MissingTool where a program or library is not here
    that the rules cannot do without.
    """
    refuse_twins(archive.stores)
    refuse_lost(archive.register, archive.register, archive.stores)
    settings = archive.home.settings
    profile = _rules_of(archive.home, profile_name or settings.work.profile)
    policy = load_policy(profile.policy)
    if profile.positions_in_copies:
        policy = policy.with_parameters("image/photo", positions=True)
    delivery_plan, record_plan = load_plan("delivery"), load_plan("record")
    require(needed_tools(policy, all_handlers(), copies=profile.normalise))
    clock = SystemClock()
    with _scratch(archive.home.scratch) as scratch:
        counts = {DECODING: archive.home.workers, OFFICE: min(archive.home.workers, MOST_OFFICES)}
        workers = WorkersByKind(counts, partial(_toolbox, _limits(profile), scratch, archive.log))
        try:
            yield IngestServices(
                profile=profile,
                policy=policy,
                delivery_plan=delivery_plan,
                record_plan=record_plan,
                institution=settings.archive.name,
                fonds_name=settings.archive.fonds_name,
                workspace=Workspace(archive.home.work),
                workers=workers,
                stores=archive.stores,
                register=archive.register,
                ledger=archive.register,
                clock=clock,
                rules=_rules(profile, policy),
                boot=_BOOT.read_text().strip(),
                operator=operator(),
            )
        finally:
            workers.close()


@contextmanager
def open_checking(*, profile_name: str = "", fonds: str = "") -> Iterator[tuple[IngestServices, int]]:
    """The same for a check without taking in, and how many records are looked at at once: no stores, and a home that is
    gone when it is done. It lies where TMPDIR says, else on a disk: /tmp may be memory.

    Raises as `open_services` does.
    """
    usual = tempfile.gettempdir()
    root = _ON_DISK if usual == _IN_MEMORY and os.access(_ON_DISK, os.W_OK) else usual
    with tempfile.TemporaryDirectory(prefix="lantai-", dir=root, ignore_cleanup_errors=True) as folder:
        settings = Settings(archive=ArchiveSettings(name="", fonds=fonds), stores=())
        home = Home(root=Path(folder), settings=settings)
        home.work.mkdir()
        with closing(open_register(home.register)) as register:
            archive = Archive(home=home, stores=(), register=register)
            with open_services(archive, profile_name=profile_name) as services:
                yield services, home.workers


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder for the tools, in the home and not in a /tmp that may be memory. Killed runs' folders are removed, also
    where another run is doing so; whatever else lies there is left alone."""
    with usable(root):
        root.mkdir(exist_ok=True)
        there = list(root.iterdir())
    for old in there:
        process = old.name.partition("-")[0]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(old, ignore_errors=True)
    with usable(root):
        made = tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=root, ignore_cleanup_errors=True)
    with made as scratch:
        yield Path(scratch)


def _rules_of(home: Home, profile_name: str) -> Profile:
    """The profile for this home: a record whose code and row name no fonds belongs to the home's.

    ProfileError where it grades a finding that nothing ever finds: a typing error would let it pass as an error.
    """
    profile = load_profile(profile_name)
    unknown = sorted(set(profile.severities) - set(Texts.load().findings))
    if unknown:
        names = ", ".join(unknown)
        raise ProfileError(message("findings_unknown", names=names), file=profile_name, column="severities")
    fonds = profile.delivery.default_fonds or home.settings.archive.fonds
    return replace(profile, delivery=replace(profile.delivery, default_fonds=fonds))


def _toolbox(limits: ToolLimits, scratch: Path, log: Path | None, watch: Watch) -> AbstractContextManager[Toolbox]:
    """What a worker's child opens when it starts; it writes into the log of the run."""
    if log is not None:
        append_to(log)
    return open_toolbox(limits, watch, SystemClock(), scratch)


def _limits(profile: Profile) -> ToolLimits:
    limits = profile.limits
    return ToolLimits(
        max_pixels=limits.max_pixels,
        max_frames=limits.max_frames,
        max_derived_bytes=limits.max_derived_bytes,
        seconds_per_file=limits.seconds_per_file,
        seconds_per_mib=limits.seconds_per_mib,
    )


def _rules(profile: Profile, policy: FormatPolicy) -> str:
    """One digest over what decides a record's way."""
    return hashlib.sha256(msgspec.json.encode((__version__, profile, policy), order="sorted")).hexdigest()
