"""The reports of a run over a delivery: written where asked, or below the home; told with their names."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import __version__
from pipeline.cli.console import Console
from pipeline.cli.delivered import counted_ends, nothing_wrong
from pipeline.codecs.marked_catalogue import catalogue_sheet
from pipeline.delivery.copying import SourceTree
from pipeline.domain.findings import Severity
from pipeline.domain.ledger import Delivery, Surveyed
from pipeline.domain.messages import message, told_by_system
from pipeline.domain.names import safe_component
from pipeline.domain.outcomes import Outcome
from pipeline.line.services import IngestServices
from pipeline.reports.html import write_html
from pipeline.reports.marking import write_returned
from pipeline.reports.told import Told
from pipeline.routes.looked import looked_at

REPORT = "检查报告.html"
_RETURNED = "退回"
_TABLES = "附表"
_LARGEST_TABLE = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A run whose delivery was surveyed: what its reports are made of. `folder` is the delivery as this machine sees
    it."""

    run: int
    folder: Path
    delivery: Delivery
    surveyed: Surveyed
    services: IngestServices


def write_reports(console: Console, reported: Reported, target: Path) -> tuple[str, ...]:
    """Writes into the folder `target`, and says so: the report, the marked catalogue where a row has something to mend,
    and the delivery's further tables. Names of what was written; where it cannot be written, that is told, for the work
    itself was done."""
    try:
        names = tuple(_written(console, reported, target))
    except OSError as error:
        console.warn(message("reports_not_written", folder=target, reason=told_by_system(error)))
        return ()
    if names:
        console.tell(message("reports_written", folder=target, names=", ".join(names)))
    return names


def is_worth_it(reported: Reported) -> bool:
    """Whether there is anything to be told above a note, or a table to be kept."""
    severity = reported.services.profile.severity
    if reported.surveyed.tables or any(severity(f.code) is not Severity.INFO for f in reported.surveyed.findings):
        return True
    outcomes = reported.services.ledger.outcomes(reported.run)
    return any(severity(f.code) is not Severity.INFO for ended in outcomes for f in ended.outcome.findings)


def _written(console: Console, reported: Reported, target: Path) -> Iterator[str]:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = _told(console, reported)
    marked = _returned(reported, told, target)
    write_html(target / REPORT, told, marked=marked)
    yield REPORT
    if marked:
        yield marked
    yield from _kept_tables(reported, target / _TABLES)


def _told(console: Console, reported: Reported) -> Told:
    ledger, profile = reported.services.ledger, reported.services.profile
    surveyed, counts = reported.surveyed, reported.services.ledger.counts(reported.run)
    worth = is_worth_it(reported)
    ends = counted_ends(ledger, reported.run) or message("no_records")
    catalogue, records, files = surveyed.catalogue or "-", surveyed.records, surveyed.files

    def outcomes() -> Iterator[Outcome]:
        return (ended.outcome for ended in ledger.outcomes(reported.run))

    return Told(
        name=reported.delivery.name,
        summary=message("report_counts", catalogue=catalogue, records=records, files=files, ends=ends),
        made=message("report_made", at=_local_time(reported), program=__version__, profile=profile.name),
        checked=None if worth else nothing_wrong(looked_at(surveyed, counts), 0),
        general=surveyed.findings,
        ignored=tuple(name for name in surveyed.ignored if name != surveyed.catalogue),
        outcomes=outcomes,
        severity=profile.severity,
        lang=console.language,
    )


def _local_time(reported: Reported) -> str:
    return reported.services.clock.now().astimezone().strftime("%Y-%m-%d %H:%M")


def _returned(reported: Reported, told: Told, target: Path) -> str:
    """The marked copy's name; empty where no row has anything to mend, or the catalogue cannot be read."""
    limits, rules = reported.services.profile.limits, reported.services.profile.delivery
    if not any(f.row and told.severity(f.code) is not Severity.INFO for f, _ in told.findings()):
        return ""
    sheet = catalogue_sheet(
        reported.folder / reported.surveyed.catalogue,
        rules,
        max_bytes=limits.max_catalogue_bytes,
    )
    if sheet is None:
        return ""
    stem = reported.surveyed.catalogue.rpartition("/")[2].rpartition(".")[0]
    name = f"{safe_component(os.fsencode(stem))}-{_RETURNED}.xlsx"
    write_returned(target / name, sheet, told)
    return name


def _kept_tables(reported: Reported, target: Path) -> Iterator[str]:
    """Copies of the delivery's further tables, under their own names as far as a system takes them."""
    with SourceTree(reported.folder) as tree:
        for path in map(bytes.fromhex, reported.surveyed.tables):
            target.mkdir(exist_ok=True)
            name = safe_component(path.replace(b"/", b" "))
            with os.fdopen(tree.open(path), "rb") as source, (target / name).open("wb") as copy:
                if os.fstat(source.fileno()).st_size <= _LARGEST_TABLE:
                    shutil.copyfileobj(source, copy)
            yield f"{_TABLES}/{name}"
