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
    bag_sound,
    code_agrees,
    codes_sound,
    digests_given,
    files_matched,
    names_kept,
    no_personal_numbers,
    not_classified,
    page_numbers,
    required_values,
    values_sound,
)
from pipeline.checks.delivery_rows import Row
from pipeline.delivery.drafts import Draft, draft_records, loose_name
from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.delivery.layout import Layout, lay_out
from pipeline.delivery.listing import Contents, Lister, display
from pipeline.delivery.matching import Matcher, sort_files
from pipeline.delivery.page_names import PageNames
from pipeline.delivery.page_order import Page, in_page_order
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import normalise_code
from pipeline.domain.messages import message
from pipeline.domain.names import OriginalName, safe_component
from pipeline.domain.records import DeliveryPlan, PlannedRecord, SourceFile
from pipeline.errors import SourceError, UsageError
from pipeline.profiles import Profile

_OF_A_ROW: tuple[Callable[[Row], Iterator[Finding]], ...] = (
    codes_sound.faults,
    required_values.faults,
    codes_sound.fonds_fault,
    values_sound.folder_faults,
    code_agrees.faults,
    values_sound.faults,
    no_personal_numbers.faults,
    not_classified.faults,
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
        self._layout = lay_out(delivery, lister=self._lister, expected=self._expected, bag_faults=bag_sound.faults)
        self._findings = list(self._layout.findings)
        self._names: dict[bytes, OriginalName] = {}
        self._page_names = PageNames(profile.delivery)

    def plan(self) -> DeliveryPlan:
        """All steps in order."""
        drafted = draft_records(self._delivery, layout=self._layout, expected=self._expected, profile=self._profile)
        self._findings += drafted.findings
        records: list[PlannedRecord] = []
        if drafted.drafts:
            self._judge_rows(drafted.drafts)
            records = self._matched(drafted.drafts, {drafted.entry})
        else:  # no row to match, but what is wrong with the files is told at once all the same
            for folder in self._layout.top.folders:
                self._findings += self._lister.tree(folder).faults
        if self._lister.overflowed:
            limit = self._profile.limits.max_files
            self._findings.append(finding("too_many_files", display(self._layout.base), limit=limit))
            records = []
        catalogue = display(drafted.entry.path) if drafted.entry else ""
        return DeliveryPlan(
            batch=safe_component(os.fsencode(self._delivery.resolve().name) or b"delivery"),
            catalogue=catalogue,
            records=tuple(records),
            findings=tuple(self._findings),
            ignored=tuple(dict.fromkeys((*((catalogue,) if catalogue else ()), *self._lister.ignored))),
            digests_given=bool(self._expected),
            is_bag=self._layout.is_bag,
        )

    def _judge_rows(self, drafts: Sequence[Draft]) -> None:
        """What is wrong with each row by itself, before what reading it has found; then rows that share a code."""
        for draft in drafts:
            row = Row(draft.row, draft.description, self._profile.delivery)
            draft.findings[:0] = [found for judge in _OF_A_ROW for found in judge(row)]
        for draft, found in codes_sound.doubled(drafts):
            draft.doubled = True
            draft.findings.append(found)

    def _matched(self, drafts: Sequence[Draft], catalogue: set[object]) -> list[PlannedRecord]:
        codes = frozenset(draft.description.archival_code for draft in drafts)
        files_at = _files_at(self._layout, self._profile.delivery.files_folder)
        self._expected.also_from(files_at, self._layout.base)
        contents = self._lister.top(files_at) if files_at in self._layout.top.folders else Contents([], [], [])
        self._findings += contents.faults
        rules = self._profile.delivery
        sorted_files = sort_files(contents, rules, codes)
        matcher = Matcher(self._delivery, self._layout.base, files_at, self._lister, sorted_files)
        for draft in drafts:
            draft.listed, draft.faults = matcher.claim_listed(draft.description, draft.row.value("files"))
        found: dict[str, tuple[list[Page], list[Finding]]] = {}
        records = [self._record(draft, matcher, found) for draft in drafts]
        self._findings += matcher.unclaimed(codes)
        beside = [folder for folder in self._layout.top.folders if folder != files_at]
        strays = [entry for entry in self._layout.top.files if entry not in catalogue]
        self._findings += matcher.beside(beside, strays)
        return self._with_unmet(records, files_at)

    def _record(
        self, draft: Draft, matcher: Matcher, found: dict[str, tuple[list[Page], list[Finding]]]
    ) -> PlannedRecord:
        description = draft.description
        if description.archival_code not in found:
            pages, faults = matcher.files_of(description, draft.listed)
            answer = in_page_order(pages, self._page_names, description.archival_code), faults
            if draft.doubled:
                found[description.archival_code] = answer
        else:
            answer = found[description.archival_code]
        pages, faults = answer
        code = description.archival_code
        findings = [*draft.findings, *draft.faults, *faults, *names_kept.faults(pages, code)]
        findings += no_personal_numbers.path_faults(pages, code)
        findings += not_classified.path_faults(pages, description, self._profile.delivery)
        findings += files_matched.faults(pages, code, told=bool(faults or draft.faults))
        if not draft.doubled:
            images = self._profile.images_of(description.category)
            findings += page_numbers.faults(pages, description, images=images, body=self._page_names.body)
        files = tuple(self._source(page) for page in pages)
        if self._expected:
            findings += digests_given.faults(files, code, is_bag=self._layout.is_bag)
        marked = tuple(replace(f, record=description.package_id, row=description.row) for f in dict.fromkeys(findings))
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

    def _with_unmet(self, records: list[PlannedRecord], files_at: bytes) -> list[PlannedRecord]:
        """Files that a list of checksums names and the delivery lacks hold the record they would belong to."""
        unmet = self._expected.unmet(passed_over=self._lister.ignored_folders)
        if not unmet:
            return records
        pattern = re.compile(self._profile.delivery.flat_pattern)
        base = (
            self._layout.base + b"/" if self._layout.base else b""
        )  # where the list was made inside the files' folder
        by_code: dict[str, list[Finding]] = {}
        for path in unmet:
            code = _code_of(path, files_at + b"/", pattern) or _code_of(path, base, pattern)
            by_code.setdefault(code, []).append(digests_given.unmet(path))
        out: list[PlannedRecord] = []
        for record in records:
            faults = by_code.get(record.description.archival_code, [])
            package_id, row = record.description.package_id, record.description.row
            marked = tuple(replace(f, record=package_id, row=row) for f in faults)
            out.append(replace(record, findings=record.findings + marked) if marked else record)
        known = {record.description.archival_code for record in records}
        self._findings += [f for code, faults in by_code.items() if code not in known for f in faults]
        return out


def _files_at(layout: Layout, files_folder: str) -> bytes:
    """Path of the files' folder below the delivery, its name compared as Windows would."""
    base = layout.base + b"/" if layout.base else b""
    for folder in layout.top.folders:
        if loose_name(decoded(folder.removeprefix(base))) == loose_name(files_folder):
            return folder
    return base + files_folder.encode()


def _code_of(path: bytes, prefix: bytes, pattern: re.Pattern[str]) -> str:
    """The code that a path behind the prefix speaks of, or an empty string."""
    if not path.startswith(prefix):
        return ""
    head, slash, _ = decoded(path[len(prefix) :]).partition("/")
    match = None if slash else pattern.fullmatch(head)
    return normalise_code(match["code"] if match else head)
