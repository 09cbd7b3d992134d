"""Package (封装): an assembled bag becomes one tar, and the index of its members.

Tag files come first, then the payload, each in the order of its paths' code points. Every byte is read once, and
compared with the digest it had when it was received or made.
"""

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pipeline import __version__
from pipeline.codecs.index import decode_index, encode_index
from pipeline.codecs.tar_package import TarWriter
from pipeline.domain import layout
from pipeline.domain.bags import Assembled, BagFile, MadeFile, Work
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.identity import description_digest
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.packages import TAR, Member, Packaged, PackageIndex, StoredObject
from pipeline.domain.records import Received, Record, Step
from pipeline.errors import HouseError, SourceChanged, StorageError, StorageFull

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def package(
    record: Record,
    received: Received,
    assembled: Assembled,
    *,
    originals: Path,
    copies: Path,
    tags: Path,
    folder: Path,
    advance: Callable[[int], None],
    added: tuple[MadeFile, ...] = (),
    earlier: PackageIndex | None = None,
) -> Step[Packaged]:
    """Writes the tar and its index into `folder`, which is empty.

    `originals`, `copies` and `tags` are the folders of the stages that left the bag's files. `added` are tag files made
    since the bag was assembled, such as a seal: no manifest lists them. `earlier` is the version before, where there is
    one: the key prefix is that of it, and so are the digests of what the depositor said, for a package does not keep
    the catalogue's row. Raises SourceChanged where a file is not what it was, StorageFull where the disk has no room,
    StorageError where it fails. The same input gives the same bytes.
    """
    folders = {Work.RECEIVED: originals, Work.DERIVED: copies, Work.DESCRIBED: tags}
    bag_name = assembled.bag_name
    tar_path = folder / layout.tar_name(bag_name)
    with _on_disk(folder):
        with TarWriter(tar_path, folder=bag_name, version=record.version, mtime=assembled.at, advance=advance) as tar:
            members = tuple(_members(tar, assembled, added, folders))
            tar_object = StoredObject(role=TAR, key=tar_path.name, size=tar.finish())
        index = _index(record, received, assembled, members=members, objects=(tar_object,), earlier=earlier)
        (folder / index.index_name).write_bytes(index.written)
    return Step(value=Packaged(index=index), events=(_created(index, assembled),))


def take_back(packed: Step[Packaged], *, source: Path, folder: Path) -> Step[Packaged]:
    """What was packed before and set aside in `source`, as it was, into the empty `folder`. Raises as `package`."""
    index = packed.value.index
    with _on_disk(folder):
        for name in (*(each.key for each in index.objects), index.index_name):
            (source / name).rename(folder / name)
    return packed


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    """Errors of the workspace's disk, told as such."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceChanged(message("workspace_file_gone", file=error.filename)) from error
    except OSError as error:
        reason = told_by_system(error)
        if error.errno in _NO_ROOM:
            raise StorageFull(message("workspace_full_for_package", reason=reason)) from error
        raise StorageError(message("workspace_disk_fails", folder=folder, reason=reason)) from error


def _members(
    tar: TarWriter, assembled: Assembled, added: tuple[MadeFile, ...], folders: Mapping[Work, Path]
) -> Iterator[Member]:
    made = {each.path: each for each in (*assembled.made, *added)}
    tags = {file.path: file for file in assembled.files if not layout.is_payload(file.path)}
    for path in sorted([*made, *tags]):
        yield _add(tar, tags[path], folders) if path in tags else _add_made(tar, made[path])
    for file in assembled.files:
        if layout.is_payload(file.path):
            yield _add(tar, file, folders)


def _add_made(tar: TarWriter, file: MadeFile) -> Member:
    return replace(tar.add_bytes(file.path, file.data), media_type=file.media_type)


def _add(tar: TarWriter, file: BagFile, folders: Mapping[Work, Path]) -> Member:
    source = folders[file.work] / file.work_name
    return replace(
        tar.add_file(file.path, source, size=file.size, expected=file.digests, modified=file.modified),
        original_name_hex=file.original_name_hex,
        media_type=file.media_type,
        puid=file.puid,
    )


def _index(
    record: Record,
    received: Received,
    assembled: Assembled,
    *,
    members: tuple[Member, ...],
    objects: tuple[StoredObject, ...],
    earlier: PackageIndex | None,
) -> PackageIndex:
    """As it is read from the very bytes that are written."""
    about = record.description
    prefix = layout.package_prefix(about.fonds, about.category, about.package_id)
    payload = [member.size for member in members if layout.is_payload(member.path)]
    index = PackageIndex(
        package_id=about.package_id,
        version=record.version,
        fonds=about.fonds,
        category=about.category,
        archival_code=about.archival_code,
        title=about.title,
        retention=about.retention,
        date=about.date,
        batch=record.batch,
        packaged_at=assembled.at.isoformat(),
        content=received.content,
        description=description_digest(about) if earlier is None else earlier.description,
        fingerprint="" if earlier is None else earlier.fingerprint,
        bag_name=assembled.bag_name,
        prefix=prefix if earlier is None else earlier.prefix,
        objects=objects,
        payload_bytes=sum(payload),
        payload_files=len(payload),
        members=members,
    )
    try:
        return decode_index(encode_index(index), key=index.index_name)
    except StorageError as error:
        raise HouseError(error.message) from error


def _created(index: PackageIndex, assembled: Assembled) -> Event:
    return Event(
        kind=EventKind.CREATION,
        at=assembled.at,
        agent=Agent(name="lantai", version=__version__),
        outcome=Outcome.SUCCESS,
        objects=(index.package_id,),
        detail=f"BagIt 1.0 in tar: {index.tar_name}, {index.tar_size} bytes, {len(index.members)} files",
    )
