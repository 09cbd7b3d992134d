"""Survey (清点) of a delivery before any work: catalogue against names and sizes, all that is wrong told at once.

No file is opened here but the catalogue, the lists of checksums and the tag files of a bag; no link is followed.
themselves say comes with `receive` and `identify`.
"""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.delivery.drafts import Draft, draft_records, loose_name
from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.delivery.layout import Layout, lay_out
from pipeline.delivery.listing import Contents, Lister, display
from pipeline.delivery.matching import Matcher, sort_files
from pipeline.delivery.page_order import Page, in_page_order, page_findings
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import normalise_code
from pipeline.domain.names import OriginalName, safe_component
from pipeline.domain.personal import citizen_numbers, mask
from pipeline.domain.records import DeliveryPlan, PlannedRecord, SourceFile
from pipeline.errors import SourceError, UsageError
from pipeline.profiles import Profile

_PLAIN_NAME = re.compile(rb"(?!(?i:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[A-Za-z0-9][A-Za-z0-9_()-]*(?:\.[A-Za-z0-9]+)?")
_MAYBE_PERSONAL = re.compile(rb"(?:(?:[0-9]|\xef\xbc[\x90-\x99])[ -]?){17}")
_NAMES_REMEMBERED = 100_000


def survey(delivery: Path, *, profile: Profile) -> DeliveryPlan:
    """Everything that can be told about the delivery without reading its files.

    A BagIt bag is a delivery inside its `data/`, its payload manifests are the depositor's digests. Records
    come in the catalogue's order, one for each row that has a code; a doubled code's rows all have its files.
    There are no records where the catalogue cannot be relied on. Findings carry display paths, masked.
    Raises UsageError where there is no such folder, SourceError where it cannot be listed.
    """
    if not delivery.is_dir():
        raise UsageError(
            f"没有这个文件夹：{delivery}；请写明目录所在的移交文件夹 · "
            f"there is no such folder: {delivery}; name the folder that holds the catalogue"
        )
    if not os.access(delivery, os.R_OK | os.X_OK, effective_ids=True):
        raise SourceError(
            f"移交文件夹无权读取：{delivery}；请先取得读取权限 · "
            f"the delivery cannot be listed: {delivery}; ask its owner for the right to read it"
        )
    return _Survey(delivery, profile).plan()


class _Survey:
    """One survey; what its steps share."""

    def __init__(self, delivery: Path, profile: Profile) -> None:
        self._delivery, self._profile = delivery, profile
        self._expected = ExpectedDigests(profile.limits.max_list_bytes)
        ignored = profile.delivery.ignored_names
        self._lister = Lister(delivery, profile.limits, ignored, self._expected.see)
        self._layout = lay_out(delivery, lister=self._lister, expected=self._expected)
        self._findings = list(self._layout.findings)
        self._names: dict[bytes, OriginalName] = {}

    def plan(self) -> DeliveryPlan:
        """All steps in order."""
        drafted = draft_records(self._delivery, layout=self._layout, expected=self._expected, profile=self._profile)
        self._findings += drafted.findings
        records: list[PlannedRecord] = []
        if drafted.drafts:
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
            ignored=(*((catalogue,) if catalogue else ()), *self._lister.ignored),
        )

    def _matched(self, drafts: Sequence[Draft], catalogue: set[object]) -> list[PlannedRecord]:
        codes = frozenset(draft.description.archival_code for draft in drafts)
        files_at = _files_at(self._layout, self._profile.delivery.files_folder)
        self._expected.also_from(files_at, self._layout.base)
        contents = self._lister.top(files_at) if files_at in self._layout.top.folders else Contents([], [], [])
        self._findings += contents.faults
        rules = self._profile.delivery
        sorted_files = sort_files(contents, rules, codes)
        matcher = Matcher(self._delivery, self._layout.base, files_at, self._lister, rules, sorted_files)
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
            answer = in_page_order(pages), faults
            if draft.doubled:
                found[description.archival_code] = answer
        else:
            answer = found[description.archival_code]
        pages, faults = answer
        findings = [*draft.findings, *draft.faults, *faults, *self._name_findings(pages, description.archival_code)]
        if not pages and not faults and not draft.faults:
            findings.append(finding("row_without_files", mask(description.archival_code)))
        if not draft.doubled:
            images = self._profile.images_of(description.category)
            findings += page_findings(pages, description, images=images)
        files = tuple(self._source(page) for page in pages)
        findings += self._unlisted(files, description.archival_code)
        marked = tuple(replace(f, record=description.package_id, row=description.row) for f in dict.fromkeys(findings))
        return PlannedRecord(description=description, files=files, findings=marked)

    def _unlisted(self, files: Sequence[SourceFile], code: str) -> Iterable[Finding]:
        """Where the depositor gave digests, a file without one cannot be compared. RFC 8493, 3: a bag lists all."""
        bare = [file for file in files if not file.expected] if self._expected else []
        if bare and self._layout.is_bag:
            first = display(bytes.fromhex(bare[0].where))
            yield finding("bag_unlisted_file", first, manifest="manifest-*.txt", count=len(bare))
        elif bare:
            yield finding("file_not_in_checksum_list", mask(code), count=len(bare))

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

    def _name_findings(self, pages: Sequence[Page], code: str) -> Iterable[Finding]:
        """One finding of each kind for a record, with its first example: a wrong setting spoils every name."""
        odd = [page.name for page in pages if not _PLAIN_NAME.fullmatch(page.name)]
        not_utf8 = [name for name in odd if not OriginalName.of(name).is_utf8]
        made_safe = [name for name in odd if any(_is_changed(part) for part in name.split(b"/"))]
        if not_utf8:
            yield finding("name_not_utf8", mask(code), count=len(not_utf8), example=display(not_utf8[0]))
        if made_safe:
            yield finding("name_made_safe", mask(code), count=len(made_safe), example=display(made_safe[0]))
        personal = [
            page.entry.path
            for page in pages
            if _MAYBE_PERSONAL.search(page.entry.path) and citizen_numbers(decoded(page.entry.path))
        ]
        if personal:
            shown = display(personal[0])
            yield finding("personal_number_in_text", mask(code), field="path", masked=shown)

    def _with_unmet(self, records: list[PlannedRecord], files_at: bytes) -> list[PlannedRecord]:
        """Files that a list of checksums names and the delivery lacks hold the record they would belong to."""
        unmet = self._expected.unmet()
        if not unmet:
            return records
        pattern = re.compile(self._profile.delivery.flat_pattern)
        base = (
            self._layout.base + b"/" if self._layout.base else b""
        )  # where the list was made inside the files' folder
        by_code: dict[str, list[Finding]] = {}
        for path in unmet:
            code = _code_of(path, files_at + b"/", pattern) or _code_of(path, base, pattern)
            by_code.setdefault(code, []).append(finding("checksum_names_missing_file", display(path)))
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


def _is_changed(component: bytes) -> bool:
    return safe_component(component).encode() != component


def _code_of(path: bytes, prefix: bytes, pattern: re.Pattern[str]) -> str:
    """The code that a path behind the prefix speaks of, or an empty string."""
    if not path.startswith(prefix):
        return ""
    head, slash, _ = decoded(path[len(prefix) :]).partition("/")
    match = None if slash else pattern.fullmatch(head)
    return normalise_code(match["code"] if match else head)
