"""Retrieve (调阅): files and whole packages out of a store, verified while they are written.

Nothing half-written or wrong is left behind, nothing existing is overwritten, and nothing is written outside the
folder that was named: paths come from the index and are checked, never from the tar.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.codecs.index import problem_of
from pipeline.codecs.tar_stream import Part, PartCheck, cut, stretches
from pipeline.domain import layout
from pipeline.domain.digests import Hasher
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import Message, message, told_by_system
from pipeline.domain.names import OriginalName
from pipeline.domain.packages import Member, PackageIndex
from pipeline.errors import CopyMismatch, StorageError, UsageError
from pipeline.ports import Store

LOG = logging.getLogger(__name__)
Opener = Callable[[Member], BinaryIO | None]


def retrieve_file(index: PackageIndex, path: str, *, store: Store, target: Path) -> None:
    """One member by range read, to `target`, which must not exist.

    Raises UsageError where the package has no such file or the target cannot be written, CopyMismatch where the
    store gives other bytes, and whatever StorageError the store raises; then there is no target.
    """
    _refuse_unsound(index, store)
    member = index.member(path)
    if member is None:
        raise UsageError(message("package_without_file", bag=index.bag_name, path=path, package=index.package_id))
    _refuse_taken(target)
    with _writing(target.parent):
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".lantai-")
    try:
        with _writing(target.parent), os.fdopen(handle, "wb") as out:
            _copy(index, member, store, out)
        with _writing(target.parent):
            Path(name).chmod(0o644)
            _publish(Path(name), target)
    finally:
        Path(name).unlink(missing_ok=True)


def retrieve_from_any(index: PackageIndex, path: str, *, stores: Iterable[Store], target: Path) -> str:
    """`retrieve_file` from the first store that gives the file whole; the name of that store.

    Raises the last store's StorageError where none does, UsageError where there is none.
    """
    last: StorageError | None = None
    for store in stores:
        try:
            retrieve_file(index, path, store=store, target=target)
        except StorageError as error:
            LOG.warning("%s of %s is not to be had from store %s: %s", path, index.bag_name, store.name, error)
            last = error
        else:
            return store.name
    raise last or UsageError(message("no_store_holds", package=index.package_id))


def retrieve_package(
    index: PackageIndex, *, store: Store, folder: Path, advance: Callable[[int], None] = lambda _: None
) -> Path:
    """The whole bag, unpacked and verified member by member, as `folder/<bag name>`, which must not exist.

    Every byte of the tar is compared; members that earlier versions hold are taken out of their tars in the same store.
    Errors as for `retrieve_file`; then nothing is left behind.
    """
    _refuse_unsound(index, store)
    final = folder / index.bag_name
    with _new_folder(final) as working:

        def opener(member: Member) -> BinaryIO:
            path = working / member.path
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("xb")

        _unpack(index, index.own_members, opener, store=store, advance=advance, tar_size=index.tar_size)
        _take_from_earlier(index, opener, store)
    return final


def _refuse_to_rename(refused: Finding) -> None:
    raise UsageError(message("original_name_refused", name=refused.subject, reason=refused.fact("reason")))


def retrieve_originals(
    index: PackageIndex,
    *,
    store: Store,
    folder: Path,
    refused: Callable[[Finding], None] = _refuse_to_rename,
) -> Path:
    """The originals under the names they came with, byte for byte, in `folder/<package identifier>`.

    `refused` is told of each name that the file system does not take (finding `name_refused`: the name for display,
    with `path` in the package and `reason`) and, where it does not raise, the file is written under its safe name.
    By default it raises UsageError and nothing is left behind. Other errors as for `retrieve_file`.
    """
    _refuse_unsound(index, store)
    if not any(member.original_name_hex for member in index.members):
        raise UsageError(message("package_without_originals", bag=index.bag_name))
    own = index.own_members
    positions = [n for n, member in enumerate(own) if member.original_name_hex]
    final = folder / index.package_id
    with _new_folder(final) as working:
        namer = _Namer(working, refused)
        if positions:
            between = own[positions[0] : positions[-1] + 1]
            _unpack(index, between, namer.open, store=store, advance=lambda _: None, tar_size=None)
        _take_from_earlier(index, namer.open, store)
        namer.refuse_changed_names()
    return final


class _Namer:
    """Opens each original under its own name, or under its safe one where the file system refuses."""

    def __init__(self, root: Path, refused: Callable[[Finding], None]) -> None:
        self._root, self._refused = root, refused
        self._written: dict[Path, Member] = {}

    def open(self, member: Member) -> BinaryIO | None:
        """A new file; None for a member that is no original."""
        if not member.original_name_hex:
            return None
        raw = OriginalName(raw_hex=member.original_name_hex).raw
        try:
            return self._create(os.fsdecode(raw), member)
        except OSError as error:
            self._tell(member, told_by_system(error))
        return self._create(layout.original_name(member.path), member)

    def _create(self, name: str, member: Member) -> BinaryIO:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")
        self._written[path] = member
        return file

    def refuse_changed_names(self) -> None:
        """Some systems take a name and list another (without a final dot, in another Unicode form)."""
        listed = {Path(at) / name for at, _, names in os.walk(self._root) for name in names}
        for path, member in self._written.items():
            if path not in listed:
                self._tell(member, message("name_listed_otherwise"))

    def _tell(self, member: Member, reason: Message) -> None:
        name = OriginalName(raw_hex=member.original_name_hex).display
        self._refused(finding("name_refused", name, path=member.path, reason=reason))


def _refuse_unsound(index: PackageIndex, store: Store) -> None:
    if (problem := problem_of(index)) is not None:
        raise StorageError(message("index_unusable", key=index.index_key, reason=problem), store=store.name)


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise UsageError(message("target_taken", target=target))


@contextmanager
def _writing(where: Path) -> Iterator[None]:
    """Errors of the target's file system, told as such."""
    try:
        yield
    except OSError as error:
        raise UsageError(message("target_unwritable", folder=where, reason=told_by_system(error))) from error


@contextmanager
def _new_folder(final: Path) -> Iterator[Path]:
    """A folder beside `final` that becomes it at the end, or goes away with all that is in it."""
    _refuse_taken(final)
    with _writing(final.parent):
        final.parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(dir=final.parent, prefix=".lantai-"))
    try:
        with _writing(final.parent):
            yield working
            working.chmod(0o755)
            _refuse_taken(final)
            working.rename(final)
    finally:
        if working.exists():
            shutil.rmtree(working)


def _publish(working: Path, target: Path) -> None:
    """Gives the finished file its name and never takes that of another."""
    try:
        os.link(working, target)
    except FileExistsError:
        _refuse_taken(target)
    except OSError:  # a file system without hard links, such as exFAT
        _refuse_taken(target)
        working.rename(target)


def _take_from_earlier(index: PackageIndex, opener: Opener, store: Store) -> None:
    """The members that lie in the tars of earlier versions, each by range read."""
    for member in index.members:
        if member.version != index.version and (out := opener(member)) is not None:
            with out:
                _copy(index, member, store, out)


def _copy(index: PackageIndex, member: Member, store: Store, out: BinaryIO) -> None:
    hasher = Hasher()
    if member.size:
        for chunk in store.read(index.tar_key_of(member), start=member.data_offset, length=member.size):
            hasher.update(chunk)
            out.write(chunk)
    if hasher.value() != member.sha256:
        raise _mismatch(index, store, member.path, member.sha256, hasher.value(), key=index.tar_key_of(member))


def _unpack(
    index: PackageIndex,
    members: Sequence[Member],
    opener: Opener,
    *,
    store: Store,
    advance: Callable[[int], None],
    tar_size: int | None,
) -> None:
    """Streams neighbouring members, each compared and written where `opener` opens a file for it."""
    start = members[0].header_offset
    length = (tar_size or members[-1].end) - start
    parts = tuple(stretches(members, tar_size=tar_size))
    out: BinaryIO | None = None
    check: PartCheck | None = None
    done = 0
    with closing(chunk for chunk in store.read(index.tar_key, start=start, length=length)) as chunks:
        try:
            for part, piece, last in cut(chunks, parts):
                if check is None:
                    check = PartCheck(part)
                    out = opener(part.member) if part.part is Part.DATA and part.member else None
                check.update(piece)
                if out is not None:
                    out.write(piece)
                advance(len(piece))
                if not last:
                    continue
                if check.found != check.expected:
                    raise _mismatch(index, store, part.path, check.expected, check.found)
                if out is not None:
                    out.close()
                check, out, done = None, None, done + 1
        finally:
            if out is not None:
                out.close()
    if done < len(parts):
        raise CopyMismatch(
            message(
                "copy_given_short", store=store.name, package=index.package_id, path=parts[done].path or index.tar_name
            ),
            store=store.name,
            key=index.tar_key,
        )


def _mismatch(
    index: PackageIndex, store: Store, path: str, expected: str, found: str, *, key: str = ""
) -> CopyMismatch:
    return CopyMismatch(
        message(
            "copy_given_differs",
            store=store.name,
            package=index.package_id,
            path=path or index.tar_name,
            expected=expected,
            found=found,
        ),
        store=store.name,
        key=key or index.tar_key,
    )
