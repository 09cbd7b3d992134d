"""Is this whole and unchanged, and are its documents in order? A bag in a folder, a tar among these files, or a copy in
a store: the plan of package checks, row by row."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.package_views import view_of_folder
from pipeline.checks.plan import Plan, load_plan
from pipeline.checks.run import RowResult, run
from pipeline.codecs.index import MAX_INDEX_BYTES, decode_index
from pipeline.codecs.tar_unpacking import TarNotWhole, unpack
from pipeline.domain import layout
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.domain.verdicts import evidence_of
from pipeline.errors import StorageFull, UsageError
from pipeline.ports import Clock, Store
from pipeline.routes.examine import examine
from pipeline.stores.loose_files import LooseFilesStore

PLAN = "package"
"""The plan of `lantai verify`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`whole` is what the bytes say: True whole and unchanged, False not, None could not tell. `rows` are the results
    of the plan, `findings` all that they brought; `fixity` where the bytes were compared with an index."""

    subject: str
    whole: bool | None
    findings: tuple[Finding, ...] = ()
    fixity: FixityReport | None = None
    rows: tuple[RowResult, ...] = ()

    @property
    def sound(self) -> bool:
        """Whole, and no row of the plan holds it back."""
        return self.whole is True and not any(row.holds_back for row in self.rows)


def verify_path(path: Path, *, clock: Clock, advance: Callable[[int], None]) -> Verification:
    """A bag's folder by its manifests, a package's tar by the index beside it, or by its manifests where there is no
    index. Raises StorageFull where there is no room to unpack such a tar, UsageError where the index cannot be read."""
    plan = load_plan(PLAN)
    if path.is_dir():
        view = view_of_folder(path, advance=advance)
        report = view.bag
        return _verified(path.name, report.valid if report else None, run(plan, view))
    index_path = path.with_name(layout.index_name(layout.stem(path.name)))
    if not os.path.isfile(index_path):  # noqa: PTH113 - Path.is_file raises where the folder may not be entered
        if not layout.is_tar(path.name):
            raise UsageError(message("neither_bag_nor_tar", path=path.name))
        return _alone(path, plan, advance)
    index = decode_index(_content(index_path), key=index_path.name)
    store = LooseFilesStore({index.tar_key: path, index.index_key: index_path})
    return verify_copy(path.name, index, plan=plan, store=store, clock=clock, advance=advance)


def _alone(tar: Path, plan: Plan, advance: Callable[[int], None]) -> Verification:
    """A tar without index: unpacked where temporary files lie, and judged by what it carries itself."""
    with tempfile.TemporaryDirectory(prefix="lantai-") as scratch:
        try:
            needed, free = tar.stat().st_size, shutil.disk_usage(scratch).free
            if needed > free:
                raise StorageFull(message("no_room_to_unpack", path=tar.name, folder=scratch, size=needed, free=free))
            view = view_of_folder(unpack(tar, Path(scratch), advance=_unwatched), advance=advance)
        except TarNotWhole as error:
            told = finding("tar_not_whole", tar.name, reason=error.message)
            return Verification(subject=tar.name, whole=False, findings=(told,))
        except OSError as error:
            raise UsageError(message("file_unreadable", path=tar.name, reason=told_by_system(error))) from error
        report = view.bag
        return _verified(tar.name, report.valid if report else None, run(plan, view))


def _unwatched(_: int) -> None:
    """Bytes are counted where they are compared."""


def _content(index: Path) -> bytes:
    try:
        with index.open("rb") as file:
            return file.read(MAX_INDEX_BYTES + 1)
    except OSError as error:
        raise UsageError(message("file_unreadable", path=index.name, reason=told_by_system(error))) from error


def verify_copy(
    subject: str, index: PackageIndex, *, plan: Plan, store: Store, clock: Clock, advance: Callable[[int], None]
) -> Verification:
    """One copy: every byte compared with the index, and the documents that lie in it checked."""
    examined = examine(index, store=store, plan=plan, clock=clock, advance=advance)
    result = examined.report.result
    whole = {FixityResult.OK: True, FixityResult.COULD_NOT_TELL: None}.get(result, False)
    return _verified(subject, whole, examined.rows, examined.report)


def _verified(
    subject: str, whole: bool | None, rows: tuple[RowResult, ...], fixity: FixityReport | None = None
) -> Verification:
    return Verification(subject=subject, whole=whole, findings=_all(rows), fixity=fixity, rows=rows)


def _all(rows: Iterable[RowResult]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(found for row in rows for found in evidence_of(row.result)))
