"""Receive (接收) a record: its files copied into the workspace while they are hashed, byte for byte.

The delivery is only read. What the bytes are is for `identify` to say.
"""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import __version__
from pipeline.checks.record import received_as_given
from pipeline.delivery.copying import Changed, Copier, SourceTree, Unreadable, full, status_of
from pipeline.delivery.listing import display
from pipeline.domain import layout
from pipeline.domain.digests import Algorithm, Digest, Hasher
from pipeline.domain.events import Agent, Event, EventKind, Outcome
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identity import content
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.names import safe_paths
from pipeline.domain.records import PlannedRecord, Received, ReceivedFile, SourceFile, Step
from pipeline.ports import Clock

_AGENT = Agent(name="lantai", version=__version__)


def receive(
    planned: PlannedRecord,
    *,
    delivery: Path,
    batch: str,
    folder: Path,
    digests: tuple[Algorithm, ...],
    clock: Clock,
    advance: Callable[[int], None],
) -> Step[Received]:
    """Copies the record's files from `delivery` into `folder` as `0001.tif`, `0002.tif` … in page order.

    `advance` is told of bytes. Findings: `checksum_differs` (the file stays among the received),
    `unreadable_file`, `source_changed`, `symbolic_link` (the file is left out). Raises StorageFull where the
    workspace has no room, SourceError where the delivery is gone.
    """
    _refuse_full_disk(planned, folder)
    taken: list[ReceivedFile] = []
    findings: list[Finding] = []
    paths = safe_paths(file.original for file in planned.files)
    wanted = frozenset(digests) | {Algorithm.SHA256}
    with SourceTree(delivery) as tree, Copier(advance) as copier:
        for number, source in enumerate(planned.files, 1):
            extension = source.original.extension
            target = folder / (f"{number:04d}.{extension}" if extension else f"{number:04d}")
            hasher = Hasher(wanted | {d.algorithm for d in source.expected})
            fault = _copied(source, tree, copier, target, hasher)
            if fault is not None:
                findings.append(_of_record(fault, planned))
                continue
            findings += [_of_record(f, planned) for f in received_as_given.faults(source, hasher)]
            taken.append(_received(source, target.name, paths[source.original], hasher, wanted))
    received = Received(files=tuple(taken), content=content(taken))
    return Step(value=received, events=_events(received, planned, batch, findings, clock), findings=tuple(findings))


def _refuse_full_disk(planned: PlannedRecord, folder: Path) -> None:
    needed = sum(file.size for file in planned.files)
    room = os.statvfs(folder)
    if needed > room.f_bavail * room.f_frsize:
        raise full(folder, needed=needed)


def _copied(source: SourceFile, tree: SourceTree, copier: Copier, target: Path, hasher: Hasher) -> Finding | None:
    """None when the file was copied whole; else why not."""
    path = bytes.fromhex(source.where)
    try:
        descriptor = tree.open(path)
    except OSError as error:
        return _unopened(path, error)
    try:
        before = status_of(descriptor)
        if (before.st_size, before.st_mtime_ns) != (source.size, source.mtime_ns):
            raise Changed(message("not_as_surveyed"))
        copier.copy(descriptor, target, size=source.size, hasher=hasher)
        if _seen(status_of(descriptor)) != _seen(before):
            raise Changed(message("changed_while_read"))
    except Unreadable as error:
        return finding("unreadable_file", display(path), reason=error.message)
    except Changed as error:
        target.unlink(missing_ok=True)
        return finding("source_changed", display(path), reason=error.message)
    finally:
        os.close(descriptor)
    return None


def _unopened(path: bytes, error: OSError) -> Finding:
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:  # a component has become a link, or no folder any more
        return finding("symbolic_link", display(path))
    if error.errno == errno.ENOENT:
        return finding("source_changed", display(path), reason=message("file_is_gone"))
    return finding("unreadable_file", display(path), reason=told_by_system(error))


def _seen(status: os.stat_result) -> tuple[int, ...]:
    """What tells this machine that an open file is still as it was. Another machine, which may have surveyed, sees the
    same size and time of change of the same file, but not the rest."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _received(
    source: SourceFile, work_name: str, path: str, hasher: Hasher, wanted: frozenset[Algorithm]
) -> ReceivedFile:
    return ReceivedFile(
        work_name=work_name,
        path=layout.original_path(path),
        original=source.original,
        size=hasher.size,
        digests=_only(hasher.digests(), wanted),
        modified_ns=source.mtime_ns,
    )


def _only(digests: Sequence[Digest], wanted: frozenset[Algorithm]) -> tuple[Digest, ...]:
    """Those of the profile; the depositor's MD5 was compared and has served."""
    return tuple(digest for digest in digests if digest.algorithm in wanted)


def _of_record(fault: Finding, planned: PlannedRecord) -> Finding:
    return replace(fault, record=planned.description.package_id, row=planned.description.row)


def _events(
    received: Received, planned: PlannedRecord, batch: str, findings: Sequence[Finding], clock: Clock
) -> tuple[Event, ...]:
    paths = tuple(file.path for file in received.files)
    if not paths:
        return ()
    compared = sum(bool(file.expected) for file in planned.files)
    algorithms = ", ".join(d.algorithm.premis_name for d in received.files[0].digests)
    differing = any(f.code == "checksum_differs" for f in findings)
    events = [
        (
            EventKind.CAPTURE,
            f"batch {batch}; {len(paths)} files, {_bytes(received)} bytes",
            paths,
            bool(findings),
        ),
        (
            EventKind.MESSAGE_DIGEST_CALCULATION,
            f"{algorithms}; {compared} compared with the depositor's",
            paths,
            differing,
        ),
    ]
    renamed = tuple(f.path for f in received.files if f.path.encode() != layout.ORIGINALS.encode() + f.original.raw)
    if renamed:
        events.append((EventKind.FILENAME_CHANGE, "safe form; the original name is recorded with each", renamed, False))
    now = clock.now()
    return tuple(
        Event(
            kind=kind,
            at=now,
            agent=_AGENT,
            outcome=Outcome.FAILURE if failed else Outcome.SUCCESS,
            objects=objects,
            detail=detail,
        )
        for kind, detail, objects, failed in events
    )


def _bytes(received: Received) -> int:
    return sum(file.size for file in received.files)
