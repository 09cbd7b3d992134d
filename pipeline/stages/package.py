"""Package (封装): a described record becomes one tar with a BagIt 1.0 bag in it, and the index of its members.

Tag files come first, then the payload, each in the order of its paths' code points. Every byte is read once, and
compared with the digest it had when it was received or made.
"""

import errno
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline import __version__
from pipeline.codecs.bag_info import BAG_INFO, encode_bag_info, encode_bagit_txt
from pipeline.codecs.bag_manifest import encode_manifest
from pipeline.codecs.bagit_profile import LANTAI_PROFILE
from pipeline.codecs.index import decode_index, encode_index
from pipeline.codecs.tar_package import TarWriter
from pipeline.domain import layout
from pipeline.domain.digests import Algorithm, Digest, Hasher
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.identity import description_digest
from pipeline.domain.packages import TAR, Member, Packaged, PackageIndex, StoredObject
from pipeline.domain.records import Derived, Described, Identified, Received, Record, Step
from pipeline.errors import HouseError, SourceChanged, StorageError, StorageFull
from pipeline.ports import Clock

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A file of the package with what the index keeps of it."""

    path: str
    source: Path
    size: int
    digests: dict[Algorithm, str]
    original_name_hex: str = ""
    media_type: str = ""
    puid: str = ""


def package(
    record: Record,
    received: Received,
    identified: Identified,
    derived: Derived,
    described: Described,
    *,
    originals: Path,
    copies: Path,
    tags: Path,
    folder: Path,
    institution: str,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    advance: Callable[[int], None],
    bag_profile: str = LANTAI_PROFILE,
    prefix: str = "",
) -> Step[Packaged]:
    """Writes the tar and its index into `folder`, which is empty.

    `digests` are the algorithms of the manifests; every file must bring all of them. `prefix` is the key prefix of the
    package's versions where there is one already, else it follows from the description. Raises SourceChanged where a
    file is not what it was, StorageFull where the disk has no room, StorageError where it fails, HouseError where
    two paths meet or a digest is lacking. The same input at the same time gives the same bytes.
    """
    at = clock.now()
    payload = [*_originals(received, identified, originals), *_copies(derived, copies)]
    payload.sort(key=lambda item: item.path)
    tag_items = _tag_items(described, tags)
    _refuse_meeting([*payload, *tag_items])
    algorithms = sorted(set(digests))
    about = record.description
    bag_name = layout.bag_name(about.package_id, record.version)
    prefix = prefix or layout.package_prefix(about.fonds, about.category, about.package_id)
    tag_bytes = _tag_bytes(payload, tag_items, algorithms, _bag_info(record, payload, institution, bag_profile, at))
    with _on_disk(folder):
        tar_path = folder / layout.tar_name(bag_name)
        with TarWriter(tar_path, folder=bag_name, version=record.version, mtime=at, advance=advance) as tar:
            members = [*_add_tags(tar, tag_bytes, tag_items), *(_add(tar, item) for item in payload)]
            tar_size = tar.finish()
        tar_object = StoredObject(role=TAR, key=tar_path.name, size=tar_size)
        index = _index(record, received, members, prefix, (tar_object,), at)
        (folder / index.index_name).write_bytes(index.written)
    return Step(value=Packaged(index=index), events=(_created(index, at),))


@contextmanager
def _on_disk(folder: Path) -> Iterator[None]:
    """Errors of the workspace's disk, told as such."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceChanged(
            f"工作区中的文件不见了：{error.filename}；请重新运行 · "
            f"{error.filename} is gone from the workspace: run this again"
        ) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(
                f"工作区磁盘空间不足（{error.strerror}）；请腾出空间后重新运行 · "
                f"no room for the package on the workspace's disk ({error.strerror}): free some, then run this again"
            ) from error
        raise StorageError(
            f"工作区磁盘出错：{folder}（{error.strerror}）；请检查磁盘 · "
            f"the workspace's disk fails at {folder}: {error.strerror}: have it examined"
        ) from error


def _originals(received: Received, identified: Identified, folder: Path) -> list[_Item]:
    formats = {file.path: file.format for file in identified.files}
    return [
        _Item(
            path=file.path,
            source=folder / file.work_name,
            size=file.size,
            digests=_by_name(file.digests),
            original_name_hex=file.original.raw_hex,
            media_type=formats[file.path].media_type,
            puid=formats[file.path].puid,
        )
        for file in received.files
    ]


def _copies(derived: Derived, folder: Path) -> list[_Item]:
    return [
        _Item(
            path=file.path,
            source=folder / file.work_name,
            size=file.size,
            digests=_by_name(file.digests),
            media_type=file.format.media_type,
            puid=file.format.puid,
        )
        for file in derived.files
    ]


def _tag_items(described: Described, tags: Path) -> list[_Item]:
    return [
        _Item(
            path=file.path,
            source=tags / file.work_name,
            size=file.size,
            digests=_by_name(file.digests),
            media_type=file.media_type,
        )
        for file in described.tag_files
    ]


def _by_name(digests: Iterable[Digest]) -> dict[Algorithm, str]:
    return {digest.algorithm: digest.value for digest in digests}


def _refuse_meeting(items: list[_Item]) -> None:
    """No two files may meet on a system that tells neither case nor Unicode forms apart."""
    seen: dict[str, str] = {}
    for item in items:
        key = unicodedata.normalize("NFC", item.path).casefold()
        if key in seen:
            raise HouseError(f"two files would have one place in the package: {seen[key]!r} and {item.path!r}")
        seen[key] = item.path


def _bag_info(record: Record, payload: list[_Item], institution: str, profile: str, at: datetime) -> bytes:
    about = record.description
    octets = sum(item.size for item in payload)
    tags = (
        ("Source-Organization", institution),
        ("External-Identifier", about.package_id),
        ("External-Description", about.title),
        ("Bagging-Date", f"{at:%Y-%m-%d}"),
        ("Bag-Group-Identifier", record.batch),
        ("Payload-Oxum", f"{octets}.{len(payload)}"),
        ("Bag-Size", _human(octets)),
        ("Bag-Software-Agent", f"lantai {__version__}"),
        ("BagIt-Profile-Identifier", profile),
        ("全宗号", about.fonds),
        ("档案门类代码", about.category),
        ("档号", about.archival_code),
        ("版本", layout.version_name(record.version)),
        ("日期", about.date),
        ("保管期限", about.retention),
        ("密级", about.value("security")),
        ("开放标识", about.value("access")),
    )
    plain = ((label, _CONTROL.sub(" ", value).strip()) for label, value in tags)
    return encode_bag_info((label, value) for label, value in plain if value)


def _human(octets: int) -> str:
    size, unit = float(octets), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{octets} bytes"


def _tag_bytes(
    payload: list[_Item], tag_items: list[_Item], algorithms: list[Algorithm], info: bytes
) -> dict[str, bytes]:
    """The tag files that are written here: declaration, bag-info, manifests, and the tag manifests over all."""
    made = {"bagit.txt": encode_bagit_txt(), BAG_INFO: info}
    made |= {f"manifest-{a}.txt": encode_manifest(_entries(payload, a)) for a in algorithms}
    hashed = {path: _digests(data, algorithms) for path, data in made.items()}
    for algorithm in algorithms:
        entries = [(path, values[algorithm]) for path, values in hashed.items()]
        made[f"tagmanifest-{algorithm}.txt"] = encode_manifest([*entries, *_entries(tag_items, algorithm)])
    return made


def _digests(data: bytes, algorithms: list[Algorithm]) -> dict[Algorithm, str]:
    hasher = Hasher(algorithms)
    hasher.update(data)
    return _by_name(hasher.digests())


def _entries(items: list[_Item], algorithm: Algorithm) -> list[tuple[str, str]]:
    lacking = [item.path for item in items if algorithm not in item.digests]
    if lacking:
        raise HouseError(f"{len(lacking)} files have no {algorithm} digest, the first is {lacking[0]}")
    return [(item.path, item.digests[algorithm]) for item in items]


def _add_tags(tar: TarWriter, made: dict[str, bytes], items: list[_Item]) -> list[Member]:
    by_path = {item.path: item for item in items}
    return [
        _add(tar, by_path[path])
        if path in by_path
        else replace(tar.add_bytes(path, made[path]), media_type="text/plain")
        for path in sorted([*made, *by_path])
    ]


def _add(tar: TarWriter, item: _Item) -> Member:
    expected = [Digest(algorithm=a, value=v) for a, v in item.digests.items()]
    return replace(
        tar.add_file(item.path, item.source, size=item.size, expected=expected),
        original_name_hex=item.original_name_hex,
        media_type=item.media_type,
        puid=item.puid,
    )


def _index(
    record: Record,
    received: Received,
    members: list[Member],
    prefix: str,
    objects: tuple[StoredObject, ...],
    at: datetime,
) -> PackageIndex:
    """As it is read from the very bytes that are written."""
    about = record.description
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
        packaged_at=at.isoformat(),
        content=received.content,
        description=description_digest(about),
        bag_name=layout.bag_name(about.package_id, record.version),
        prefix=prefix,
        objects=objects,
        payload_bytes=sum(payload),
        payload_files=len(payload),
        members=tuple(members),
    )
    try:
        return decode_index(encode_index(index), key=index.index_name)
    except StorageError as error:
        raise HouseError(error.message) from error


def _created(index: PackageIndex, at: datetime) -> Event:
    return Event(
        kind=EventKind.CREATION,
        at=at,
        agent=Agent(name="lantai", version=__version__),
        outcome=Outcome.SUCCESS,
        objects=(index.package_id,),
        detail=f"BagIt 1.0 in tar: {index.tar_name}, {index.tar_size} bytes, {len(index.members)} files",
    )
