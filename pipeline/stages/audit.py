"""Audit (固化信息检查) of one copy: every byte of its objects read from the store and compared with the index.

The tar is streamed once; header, bytes and padding of each member and the trailer are checked, then the bag's own
manifests, then the other objects, then the index beside them. One bad read is no verdict:

- what differs is read a second time by a request of its own. Wrong again: MISMATCH. Right this time: COULD_NOT_TELL,
  because the copy may be whole and the medium or the line is not steady;
- where reading breaks off, that part is read again alone. Right this time: nothing is wrong, its bytes were seen.
  Broken again: UNREADABLE, and reading goes on behind it;
- a store that does not answer, or does not let us in, ends the audit with COULD_NOT_TELL.

Digests other than SHA-256 are not computed again: equal SHA-256 means equal bytes. Of their manifests the names
are compared. Members that an earlier version holds are that version's copy's: the report names the version.
"""

from collections.abc import Callable, Mapping

from pipeline.codecs.bag_manifest import decode_manifest
from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index, is_as_written
from pipeline.domain import layout
from pipeline.domain.digests import Hasher
from pipeline.domain.messages import Message, message, why
from pipeline.domain.packages import TAR, FixityReport, FixityResult, PackageIndex, StoredObject
from pipeline.errors import ObjectMissing, StorageError, StorageRefused, StorageUnavailable
from pipeline.ports import Clock, Store
from pipeline.stages._copy_reading import CopyReading
from pipeline.stages._tar_reading import TarReading

_GRAVEST_FIRST = (
    FixityResult.MISMATCH,
    FixityResult.MISSING,
    FixityResult.UNREADABLE,
    FixityResult.COULD_NOT_TELL,
)


def audit(
    index: PackageIndex,
    *,
    store: Store,
    clock: Clock,
    advance: Callable[[int], None],
    index_expected: bool = True,
) -> FixityReport:
    """Reads the whole copy in `store`. The result is the gravest of the faults, which name each member concerned.

    `advance` is told bytes as they are read. `index_expected` is false while a copy is
    being deposited and its index not yet written. Raises no StorageError: what the store does wrong is in the report.
    """
    started = clock.now().isoformat()
    copy = CopyReading(index, store, advance)
    tar = TarReading(copy)
    if tar.read():
        _compare_manifests(copy, tar.manifests)
        for each in index.objects:
            if each.role != TAR and not copy.silent:
                _compare_object(copy, each)
        if index_expected and not copy.silent:
            _compare_index(copy)
    found = {fault.result for fault in copy.faults}
    return FixityReport(
        package_id=index.package_id,
        version=index.version,
        store=store.name,
        result=next((result for result in _GRAVEST_FIRST if result in found), FixityResult.OK),
        bytes_read=copy.bytes_read,
        started_at=started,
        ended_at=clock.now().isoformat(),
        faults=tuple(copy.faults),
        earlier_versions=index.earlier_versions,
    )


def _compare_manifests(copy: CopyReading, manifests: Mapping[str, bytes]) -> None:
    """The bag's own manifests against what was read; those that are damaged are faults already."""
    members = {member.path: member.sha256 for member in copy.index.members}
    payload = {path: sha256 for path, sha256 in members.items() if layout.is_payload(path)}
    for name, data in sorted(manifests.items()):
        lines, findings = decode_manifest(data, name=name)
        listed = {line.path: line.digest for line in lines}
        held = {path: members[path] for path in listed if path in members} if name.startswith("tag") else payload
        if findings or len(listed) != len(lines) or listed.keys() != held.keys():
            copy.note(FixityResult.MISMATCH, name, message("copy_manifest_differs"))
        elif name.endswith("-sha256.txt"):
            for path in sorted(path for path, digest in listed.items() if digest != held[path]):
                said = message("copy_manifest_contradicts", manifest=name, listed=listed[path], held=held[path])
                copy.note(FixityResult.MISMATCH, path, said)


def _compare_object(copy: CopyReading, wanted: StoredObject) -> None:
    """An object that is no tar against its size and digest in the index."""
    key = f"{copy.index.folder}{wanted.key}"

    def fault() -> Message | None:
        hasher = Hasher()
        for chunk in copy.chunks(key, 0, wanted.size + 1):
            hasher.update(chunk)
        if (hasher.size, hasher.value()) == (wanted.size, wanted.sha256):
            return None
        return message("copy_object_differs", expected=wanted.sha256, found=hasher.value(), size=hasher.size)

    _judge_twice(copy, wanted.key, fault)


def _compare_index(copy: CopyReading) -> None:
    """The index object beside the tar against the index we hold; as bytes, because JSON means the same in many ways."""
    index = copy.index

    def fault() -> Message | None:
        data = b"".join(copy.chunks(index.index_key, 0, MAX_INDEX_BYTES + 1))
        if data == index.written:
            return None if is_as_written(index) else message("index_not_as_written")
        try:
            decode_index(data, store=copy.store.name, key=index.index_key)
        except StorageError as error:
            return why(error)
        return message("index_other_bytes")

    _judge_twice(copy, "", fault)


def _judge_twice(copy: CopyReading, path: str, fault: Callable[[], Message | None]) -> None:
    """Reads an object, and again where it is not right; its faults are noted under `path`, empty for the index."""
    name = path or copy.index.index_name
    try:
        first = fault()
        again = fault() if first is not None else None
    except ObjectMissing as error:
        copy.note(FixityResult.MISSING, path, message("copy_object_missing", name=name, reason=why(error)))
    except (StorageRefused, StorageUnavailable) as error:
        copy.fall_silent(error)
    except StorageError as error:
        copy.note(FixityResult.UNREADABLE, path, message("copy_object_unreadable", name=name, reason=why(error)))
    else:
        if again is not None:
            copy.note(FixityResult.MISMATCH, path, again)
        elif first is not None:
            copy.note(FixityResult.COULD_NOT_TELL, path, message("index_right_when_read_again", reason=first))
