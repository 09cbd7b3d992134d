"""入库 of what an earlier run may have left in a store: adopted where it is the same, asked about where not.

An ingest that was cut off between two stores leaves a whole package in one of them that no register knows. When the
record is begun anew its package is packed anew, in other bytes. The same content under the same description needs no
second package: the one that lies there is read whole, copied on to the other stores and registered. Another one is
neither overwritten nor joined: a person is shown both.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index, is_as_written
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Message, message
from pipeline.domain.packages import Deposited, FixityResult, Packaged, PackageIndex
from pipeline.domain.records import Step
from pipeline.errors import CopyMismatch, ObjectDiffers
from pipeline.ports import Store
from pipeline.retry import retried
from pipeline.stages.deposit import Check, told
from pipeline.stores.loose_files import LooseFilesStore
from pipeline.stores.twins import shared_with

Put = Callable[[Packaged, Path], Step[Deposited]]
"""Deposits a package, whose objects and index lie in the folder, in every store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A package in a store, under the version that was to be deposited, in other bytes."""

    store: Store
    index: PackageIndex


def deposit_or_adopt(
    packaged: Packaged,
    *,
    folder: Path,
    fetched: Callable[[], Path],
    stores: tuple[Store, ...],
    put: Put,
    check: Check,
    differs: Callable[[PackageIndex], tuple[Message, ...]],
) -> Step[Deposited]:
    """The package in every store, or the one that an earlier run left in one of them.

    `put` deposits what lies in a folder. `differs` says what of the record another package says otherwise, nothing
    where it is of the same content and description. `fetched` makes the empty folder for what is brought here.
    Where another package lies there, nothing is written, and the finding tells of both. Raises what `put` raises,
    and CopyMismatch where what is the same is not whole or its copies are one file.
    """
    try:
        step = put(packaged, folder)
    except ObjectDiffers as error:
        if error.key != packaged.index.index_key:
            raise
        others = _found(packaged.index, stores)
        if not others:
            raise  # it cannot be read as an index
        if told_of := _question(packaged.index, others, differs):
            return Step(value=Deposited(index=packaged.index, copies=()), findings=(told_of,))
        target = fetched()
        bring(others[0].index, others[0].store, target, check=check)
        step = put(Packaged(index=others[0].index), target)
    refuse_shared(step.value.index, stores)
    return step


def _found(index: PackageIndex, stores: tuple[Store, ...]) -> list[Found]:
    """What lies in the stores under the index's key in other bytes, the first store's first."""
    found = []
    for store in stores:
        if retried(lambda store=store: store.size(index.index_key)) is None:  # type: ignore[misc]
            continue
        data = b"".join(store.read(index.index_key, length=MAX_INDEX_BYTES + 1))
        if data != index.written:
            other = decode_index(data, store=store.name, key=index.index_key)
            if other.index_key == index.index_key and is_as_written(other):
                found.append(Found(store=store, index=other))
    return found


def _question(
    index: PackageIndex, others: list[Found], differs: Callable[[PackageIndex], tuple[Message, ...]]
) -> Finding | None:
    """What a person is asked where the stores hold something else, or not all the same."""
    first = others[0]
    differences = differs(first.index)
    if not differences and all(other.index == first.index for other in others):
        return None
    return finding(
        "store_holds_other",
        index.archival_code,
        record=index.package_id,
        stores=", ".join(other.store.name for other in others),
        key=first.index.folder,
        stored=first.index.packaged_at,
        stored_title=first.index.title,
        stored_files=first.index.payload_files,
        now_title=index.title,
        now_files=index.payload_files,
        differences=differences,
    )


def bring(index: PackageIndex, store: Store, folder: Path, *, check: Check) -> None:
    """The version's objects and index out of a store into the empty folder, compared with the index, every byte.

    Raises CopyMismatch where they are not whole, and whatever the store raises.
    """
    for each in index.objects:
        with (folder / each.key).open("wb") as file:
            for chunk in store.read(f"{index.folder}{each.key}", length=each.size):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    (folder / index.index_name).write_bytes(index.written)
    report = check(index, LooseFilesStore({f"{index.folder}{each.key}": folder / each.key for each in index.objects}))
    if report.result is not FixityResult.OK:
        said = message("adopted_not_whole", package=index.package_id, store=store.name, faults=told(report))
        raise CopyMismatch(said, store=store.name, key=index.tar_key)


def refuse_shared(index: PackageIndex, stores: tuple[Store, ...]) -> None:
    """Raises CopyMismatch where the copies in two stores are one file."""
    for number, store in enumerate(stores):
        if (other := shared_with(index, store, stores[:number])) is not None:
            said = message("copy_is_one_file", store=store.name, other=other.name)
            raise CopyMismatch(said, store=store.name, key=index.tar_key)


def unlike(index: PackageIndex, other: PackageIndex) -> tuple[Message, ...]:
    """What two packages of one version say otherwise, by their digests; nothing where they are of the same content and
    description."""
    told_of = []
    if other.content != index.content:
        told_of.append(message("other_content"))
    if (other.description, other.fingerprint) != (index.description, index.fingerprint):
        told_of.append(message("other_description"))
    return tuple(told_of)
