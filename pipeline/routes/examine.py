"""One copy in one reading: its bytes compared with the index, and the documents that lie in it checked by a plan."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.checks.package_views import DOCUMENTS, MOST_KEPT, view_of_copy
from pipeline.checks.plan import Plan
from pipeline.checks.run import RowResult, run
from pipeline.domain import layout
from pipeline.domain.messages import Message, in_both, message
from pipeline.domain.packages import FixityReport, FixityResult, PackageIndex
from pipeline.domain.verdicts import CouldNotTell, Failed
from pipeline.ports import Clock, Store
from pipeline.stages.audit import audit
from pipeline.stores.keeping import KeepingStore, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedCopy:
    """What the bytes say, and the rows of the plan; none where the copy was not read."""

    report: FixityReport
    rows: tuple[RowResult, ...] = ()


def examine(
    index: PackageIndex,
    *,
    store: Store,
    plan: Plan | None,
    clock: Clock,
    advance: Callable[[int], None],
    most_kept: int = MOST_KEPT,
) -> ExaminedCopy:
    """The copy in `store`; without a plan, its bytes alone. Documents no longer than `most_kept` bytes are kept while
    the tar is read, so that nothing is read twice. `advance` is told bytes."""
    if plan is None:
        return ExaminedCopy(report=audit(index, store=store, clock=clock, advance=advance))
    with tempfile.TemporaryDirectory(prefix="lantai-") as scratch:
        folder = Path(scratch)
        pieces = _pieces(index, folder, most_kept)
        keeping = KeepingStore(store, index.tar_key, pieces.values())
        report = audit(index, store=keeping, clock=clock, advance=advance)
        kept = frozenset(path for path, piece in pieces.items() if keeping.kept(piece))
        rows = run(plan, view_of_copy(index, report, tag_folder=folder, kept=kept))
    return ExaminedCopy(report=report, rows=rows)


def _pieces(index: PackageIndex, folder: Path, most: int) -> dict[str, Piece]:
    """The documents by path; the file of an empty one, of which nothing is read, is made here."""
    (folder / layout.METADATA).mkdir()
    pieces = {}
    for member in index.own_members:
        if member.path in DOCUMENTS and member.size <= most:
            place = folder / member.path
            place.touch()
            end = member.data_offset + member.size
            pieces[member.path] = Piece(start=member.data_offset, end=end, sha256=member.sha256, place=place)
    return pieces


def documents_told(examined: ExaminedCopy) -> Message | None:
    """What is told of a copy whose bytes are sound and whose documents are not in order; None where there is nothing.

    It stands beside the fixity and never changes it: the bytes are those that were deposited.
    """
    report = examined.report
    wrong = [each for each in examined.rows if isinstance(each.result, Failed | CouldNotTell)]
    if report.result is not FixityResult.OK or not wrong:
        return None
    return message(
        "documents_of_copy",
        package=report.package_id,
        store=report.store,
        asked=tuple(in_both(zh=each.row.requirement_zh, en=each.row.requirement_en) for each in wrong),
    )
