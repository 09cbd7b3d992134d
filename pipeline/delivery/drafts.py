"""The catalogue of a delivery found, checked against its own digest, read, and made into drafts of records."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.codecs.catalogue import Catalogue, CatalogueRow, missing_column, read_catalogue
from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.delivery.layout import Layout, loose_name
from pipeline.delivery.listing import Entry, display
from pipeline.delivery.page_order import Page
from pipeline.delivery.rows import read_row
from pipeline.domain.digests import CHUNK, Digest, Hasher
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import told_by_system
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.profiles import Profile

_TABLES = (".xlsx", ".xls", ".csv", ".tsv", ".et", ".ods")


@dataclass(slots=True)
class Draft:
    """A row with its description, while its files are looked for. `findings` are of the row itself, `listed` the files
    that it names, `faults` what is wrong with their names; `doubled` where another row has its code, too."""

    row: CatalogueRow
    description: Description
    findings: list[Finding]
    doubled: bool = False
    listed: list[Page] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What the catalogue yields; `entry` is None and `drafts` empty where there is no usable one. `missing` are
    required fields of which it says nothing at all: then no row can be taken in, and each is told once."""

    entry: Entry | None
    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()


def draft_records(delivery: Path, *, layout: Layout, expected: ExpectedDigests, profile: Profile) -> Drafts:
    """Finds the catalogue at the delivery's top and reads it."""
    if layout.several:
        names = "、".join(display(folder) for folder in layout.several)
        return Drafts(entry=None, drafts=(), findings=(finding("several_deliveries", display(b""), names=names),))
    wanted = {loose_name(name) for name in profile.delivery.catalogues}
    found = [entry for entry in layout.top.files if loose_name(decoded(entry.name)) in wanted]
    if len(found) != 1:
        return Drafts(entry=None, drafts=(), findings=(_no_single_catalogue(found, layout, profile),))
    path = delivery / os.fsdecode(found[0].path)
    name, limits = display(found[0].path), profile.limits
    try:
        findings = _digest_findings(path, name, expected.of(found[0].path))
        catalogue = read_catalogue(
            path, profile.delivery, max_rows=limits.max_rows, max_bytes=limits.max_catalogue_bytes
        )
    except OSError as error:
        reason = told_by_system(error)
        return Drafts(entry=found[0], drafts=(), findings=(finding("catalogue_unreadable", name, reason=reason),))
    drafts, more = _drafts(catalogue, profile, name)
    missing = tuple(n for n in catalogue.missing if drafts and not any(d.description.value(n) for d in drafts))
    findings += [missing_column(each, profile.delivery, name) for each in missing]
    return Drafts(
        entry=found[0], drafts=drafts, findings=(*findings, *more, *_dates_read(drafts, name)), missing=missing
    )


def _no_single_catalogue(found: Sequence[Entry], layout: Layout, profile: Profile) -> Finding:
    if found:
        names = "、".join(display(entry.name) for entry in found)
        return finding("two_catalogues", display(layout.base), names=names)
    tables = [n for e in layout.top.files if (n := display(e.name)).lower().endswith(_TABLES)]
    wanted = "、".join(profile.delivery.catalogues)
    return finding("no_catalogue", display(layout.base), wanted=wanted, found="、".join(tables))


def _digest_findings(path: Path, name: str, expected: Sequence[Digest]) -> list[Finding]:
    """The catalogue is no record's file, so nobody else would compare it with the depositor's list."""
    if not expected:
        return []
    hasher = Hasher(digest.algorithm for digest in expected)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            hasher.update(chunk)
    return [
        finding(
            "checksum_differs", name, algorithm=d.algorithm.value, expected=d.value, found=hasher.value(d.algorithm)
        )
        for d in hasher.contradicted(expected)
    ]


def _dates_read(drafts: Sequence[Draft], name: str) -> Iterator[Finding]:
    """One finding for all dates that were typed in another form than the standard's."""
    read = [found for draft in drafts if (found := draft.description.found("date")) and found.typed]
    if read:
        yield finding("dates_read", name, count=len(read), typed=mask(read[0].typed), value=read[0].value)


def _drafts(catalogue: Catalogue, profile: Profile, name: str) -> tuple[tuple[Draft, ...], list[Finding]]:
    """Drafts in the catalogue's order, and the findings that belong to no record."""
    rows = {row.row for row in catalogue.rows}
    general = [f for f in catalogue.findings if f.row not in rows]
    by_row: dict[int, list[Finding]] = {}
    for found in catalogue.findings:
        if found.row in rows and found.row is not None:
            by_row.setdefault(found.row, []).append(found)
    drafts: list[Draft] = []
    for row in catalogue.rows:
        description, findings = read_row(row, profile.delivery, name)
        findings += by_row.get(row.row, ())
        if description is None:
            general += findings
        else:
            drafts.append(Draft(row, description, findings))
    return tuple(drafts), general
