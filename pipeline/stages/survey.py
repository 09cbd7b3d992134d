"""Survey (清点) of a delivery before any work: catalogue against names and sizes, all that is wrong told at once.

No file is opened here but the catalogue, the lists of checksums and the tag files of a bag; no link is followed.
What is read and matched is judged by `checks.delivery`; what files contain, when they are received and identified.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.checks.delivery import (
    archives_unpacked,
    bag_sound,
    code_agrees,
    codes_sound,
    date_fits_code,
    digests_given,
    files_matched,
    fonds_fits,
    names_kept,
    no_personal_numbers,
    not_classified,
    page_numbers,
    pages_given,
    records_distinct,
    required_values,
    values_sound,
)
from pipeline.checks.delivery_rows import Row
from pipeline.delivery.drafts import Draft, draft_records
from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.delivery.layout import lay_out
from pipeline.delivery.listing import Entry, Lister, display
from pipeline.delivery.page_names import PageNames
from pipeline.delivery.page_order import Page
from pipeline.delivery.shelf import any_of
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import normalise_code
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName, safe_component
from pipeline.domain.records import DeliveryPlan, Description, PlannedRecord, SourceFile
from pipeline.errors import SourceError, UsageError
from pipeline.profiles import Profile
from pipeline.stages._pairing import Pairing

_OF_A_ROW: tuple[Callable[[Row], Iterator[Finding]], ...] = (
    codes_sound.faults,
    required_values.faults,
    codes_sound.fonds_fault,
    values_sound.folder_faults,
    code_agrees.faults,
    values_sound.faults,
    no_personal_numbers.faults,
    not_classified.faults,
    date_fits_code.faults,
)
"""What checks say of a row by itself, in the order in which it is told."""
_NAMES_REMEMBERED = 100_000


def survey(delivery: Path, *, profile: Profile) -> DeliveryPlan:
    """Everything that can be told about the delivery without reading its files.

    A BagIt bag is a delivery inside its `data/`, its payload manifests are the depositor's digests. Records
    come in the catalogue's order, one for each row that has a code; a doubled code's rows all have its files.
    There are no records where the catalogue cannot be relied on. Findings carry display paths, masked.
    Raises UsageError where there is no such folder, SourceError where it cannot be listed.
    """
    if not delivery.is_dir():
        raise UsageError(message("no_such_folder", folder=delivery))
    if not os.access(delivery, os.R_OK | os.X_OK, effective_ids=True):
        raise SourceError(message("delivery_not_listed", folder=delivery))
    return _Survey(delivery, profile).plan()


class _Survey:
    """One survey; what its steps share."""

    def __init__(self, delivery: Path, profile: Profile) -> None:
        self._delivery, self._profile = delivery, profile
        self._expected = ExpectedDigests(profile.limits.max_list_bytes)
        rules = profile.delivery
        self._lister = Lister(
            delivery, profile.limits, rules.ignored_names, self._expected.see, system_names=rules.system_names
        )
        self._layout = lay_out(
            delivery, lister=self._lister, expected=self._expected, bag_faults=bag_sound.faults, rules=rules
        )
        self._findings = list(self._layout.findings)
        self._tables: tuple[str, ...] = ()
        self._names: dict[bytes, OriginalName] = {}
        self._page_names = PageNames(profile.delivery)

    def plan(self) -> DeliveryPlan:
        """All steps in order."""
        drafted = draft_records(self._delivery, layout=self._layout, expected=self._expected, profile=self._profile)
        self._findings += drafted.findings
        records: list[PlannedRecord] = []
        if drafted.drafts and drafted.entry is not None:
            self._judge_rows(drafted.drafts, drafted.missing)
            records = self._matched(drafted.drafts, drafted.entry)
            if drafted.missing:  # told once; what else is wrong with the rows is told all the same
                self._findings += [each for record in records for each in record.findings]
                records = []
        else:  # no row to match, but what is wrong with the files is told at once all the same
            self._findings += self._beside_no_catalogue()
        if self._lister.overflowed:
            limit = self._profile.limits.max_files
            self._findings.append(finding("too_many_files", display(self._layout.base), limit=limit))
            records = []
        for place, alike in records_distinct.faults(records):
            records[place] = replace(records[place], findings=(*records[place].findings, alike))
        catalogue = display(drafted.entry.path) if drafted.entry else ""
        self._findings += fonds_fits.faults(records, fonds=self._profile.delivery.default_fonds)
        self._findings += pages_given.faults(records, self._profile, catalogue)
        return DeliveryPlan(
            batch=safe_component(os.fsencode(self._delivery.resolve().name) or b"delivery"),
            catalogue=catalogue,
            records=tuple(records),
            findings=tuple(self._findings),
            ignored=tuple(dict.fromkeys((*((catalogue,) if catalogue else ()), *self._lister.ignored))),
            digests_given=bool(self._expected),
            is_bag=self._layout.is_bag,
            tables=self._tables,
        )

    def _beside_no_catalogue(self) -> Iterator[Finding]:
        """What is wrong with the files of a delivery without rows; archives may hold its catalogue, too."""
        is_archive = any_of(self._profile.delivery.archives)
        yield from archives_unpacked.without_row(e for e in self._layout.top.files if is_archive(decoded(e.name)))
        told = set(self._layout.findings)
        for folder in self._layout.top.folders:
            yield from (fault for fault in self._lister.tree(folder).faults if fault not in told)

    def _judge_rows(self, drafts: Sequence[Draft], missing: Sequence[str]) -> None:
        """What is wrong with each row by itself, before what reading it has found; then rows that share a code."""
        rules = self._profile.delivery
        rules = replace(rules, required=tuple(name for name in rules.required if name not in missing))
        for draft in drafts:
            row = Row(draft.row, draft.description, rules)
            draft.findings[:0] = [found for judge in _OF_A_ROW for found in judge(row)]
        for draft, found in codes_sound.doubled(drafts):
            draft.doubled = True
            draft.findings.append(found)

    def _matched(self, drafts: Sequence[Draft], catalogue: Entry) -> list[PlannedRecord]:
        layout, rules = self._layout, self._profile.delivery
        self._expected.also_from(layout.files_at, layout.base)
        pairing = Pairing(self._delivery, drafts, catalogue, layout, self._lister, rules, self._page_names)
        records = [self._record(draft, pairing) for draft in drafts]
        pairing.alone(bool(record.files) for record in records)
        self._tables = tuple(path.hex() for path in pairing.tables)
        self._findings += pairing.findings
        return self._with_more(records, pairing.of_row)

    def _record(self, draft: Draft, pairing: Pairing) -> PlannedRecord:
        description, rules = draft.description, self._profile.delivery
        pages, faults = pairing.files_of(draft)
        code = description.archival_code
        findings = [*draft.findings, *draft.faults, *faults, *names_kept.faults(pages, code)]
        findings += no_personal_numbers.path_faults(pages, code)
        findings += not_classified.path_faults(pages, description, rules)
        told = bool(faults or draft.faults or pairing.is_told(draft))
        findings += files_matched.faults(pages, code, told=told)
        findings += archives_unpacked.faults(pages, description, rules)
        if not draft.doubled:
            images = self._profile.images_of(description.category)
            findings += page_numbers.faults(pages, description, images=images, body=self._page_names.body)
        files = tuple(self._source(page) for page in pages)
        if self._expected:
            findings += digests_given.faults(files, code, is_bag=self._layout.is_bag)
        marked = tuple(_of_record(f, description) for f in dict.fromkeys(findings))
        return PlannedRecord(description=description, files=files, findings=marked)

    def _source(self, page: Page) -> SourceFile:
        entry = page.entry
        original = self._names.get(page.name)
        if original is None:
            if len(self._names) >= _NAMES_REMEMBERED:
                self._names.clear()
            original = self._names[page.name] = OriginalName.of(page.name)
        return SourceFile(
            where=entry.path.hex(),
            original=original,
            size=entry.size,
            mtime_ns=entry.mtime_ns,
            ctime_ns=entry.ctime_ns,
            inode=entry.inode,
            expected=self._expected.of(entry.path),
        )

    def _with_more(self, records: list[PlannedRecord], of_row: dict[int, list[Finding]]) -> list[PlannedRecord]:
        """What was found beside the records, with those that it is about: files that a list of checksums names and the
        delivery lacks hold the record they would belong to."""
        known = {record.description.archival_code for record in records}
        by_code: dict[str, list[Finding]] = {}
        pattern = re.compile(self._profile.delivery.flat_pattern)
        for path in self._expected.unmet(passed_over=self._lister.ignored_folders):
            code = _code_of(path, known, pattern)
            if code:
                by_code.setdefault(code, []).append(digests_given.unmet(path))
            else:
                self._findings.append(digests_given.unmet(path))
        if not (by_code or of_row):
            return records
        out: list[PlannedRecord] = []
        for record in records:
            about = record.description
            more = [*of_row.get(about.row, ()), *by_code.get(about.archival_code, ())]
            marked = tuple(_of_record(each, about) for each in more)
            out.append(replace(record, findings=record.findings + marked) if marked else record)
        return out


def _of_record(found: Finding, about: Description) -> Finding:
    return replace(found, record=about.package_id, row=about.row)


def _code_of(path: bytes, known: set[str], pattern: re.Pattern[str]) -> str:
    """The code that a path speaks of by a folder or by its name, as a row's files would lie; empty where by none."""
    *folders, name = decoded(path).split("/")
    for folder in folders:
        if (code := normalise_code(folder)) in known:
            return code
    match = pattern.fullmatch(name)
    named = (normalise_code(match["code"]) if match else "", normalise_code(name.rpartition(".")[0] or name))
    return next((code for code in named if code in known), "")
