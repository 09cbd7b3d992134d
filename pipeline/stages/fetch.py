"""Fetch (取回): the originals of a stored record into the workspace, verified, as `receive` would have left them.

What the bytes are was said when they were received; here each is compared with its digest in the index.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline import __version__
from pipeline.delivery.copying import full
from pipeline.domain import layout
from pipeline.domain.digests import CHUNK, Algorithm, Digest, Hasher
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.identity import content
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import Member, PackageIndex
from pipeline.domain.records import Recalled, Received, ReceivedFile, Step
from pipeline.errors import SourceChanged
from pipeline.ports import Clock


def fetch(
    recalled: Recalled,
    index: PackageIndex,
    *,
    take: Callable[[str, Path], str],
    folder: Path,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    advance: Callable[[int], None],
) -> Step[Received]:
    """Brings the originals into `folder` as `0001.tif`, `0002.tif` … in page order, and hashes what lies there then.

    `take` brings a file of the package to a place, verified, and returns the name of the store it came from; it raises
    StorageError. `advance` is told of bytes. Raises StorageFull where the workspace has no room, SourceChanged where
    what was written is not what the index says.
    """
    members = {member.path: member for member in index.members}
    _refuse_full_disk([members[path] for path in recalled.originals], folder)
    wanted = frozenset(digests) | {Algorithm.SHA256}
    files: list[ReceivedFile] = []
    stores: set[str] = set()
    for number, path in enumerate(recalled.originals, 1):
        member = members[path]
        name = OriginalName(raw_hex=member.original_name_hex)
        target = folder / (f"{number:04d}.{name.extension}" if name.extension else f"{number:04d}")
        stores.add(take(path, target))
        files.append(_received(member, name, target, wanted, index))
        advance(member.size)
    received = Received(files=tuple(files), content=content(files))
    return Step(value=received, events=(_event(index, received, stores, clock.now()),))


def _refuse_full_disk(members: list[Member], folder: Path) -> None:
    needed = sum(member.size for member in members)
    room = os.statvfs(folder)
    if needed > room.f_bavail * room.f_frsize:
        raise full(folder, needed=needed)


def _received(
    member: Member, name: OriginalName, target: Path, wanted: frozenset[Algorithm], index: PackageIndex
) -> ReceivedFile:
    hasher = Hasher(wanted)
    with target.open("rb") as file:
        for chunk in iter(partial(file.read, CHUNK), b""):
            hasher.update(chunk)
    expected = (Digest(algorithm=Algorithm.SHA256, value=member.sha256),)
    if hasher.contradicted(expected):
        raise SourceChanged(message("fetched_differs", path=member.path, bag=index.bag_name))
    return ReceivedFile(
        work_name=target.name,
        path=member.path,
        original=name,
        size=member.size,
        digests=hasher.digests(),
        modified_ns=0,  # the index does not keep it
    )


def _event(index: PackageIndex, received: Received, stores: set[str], now: datetime) -> Event:
    """The act that a new version begins with: what it was made of, and that this was whole."""
    size = sum(file.size for file in received.files)
    version, kept = layout.version_name(index.version), ", ".join(sorted(stores))
    return Event(
        kind=EventKind.FIXITY_CHECK,
        at=now,
        agent=Agent(name="lantai", version=__version__),
        outcome=Outcome.SUCCESS,
        objects=tuple(file.path for file in received.files),
        detail=f"originals of {version} taken out of store {kept} to make missing copies; "
        f"{len(received.files)} files, {size} bytes, compared with the index",
    )
