"""Rows and what lies in the delivery, each with the other; and what is said of that which stays alone."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from pipeline.checks.delivery import archives_unpacked, files_matched
from pipeline.delivery.drafts import Draft
from pipeline.delivery.expected import decoded
from pipeline.delivery.layout import Layout
from pipeline.delivery.listing import Entry, Lister, display
from pipeline.delivery.matching import Matcher
from pipeline.delivery.near import NearRows
from pipeline.delivery.page_names import PageNames
from pipeline.delivery.page_order import Page, in_page_order
from pipeline.delivery.shelf import Shelf, Sorter, Stray, any_of
from pipeline.domain.findings import Finding, finding
from pipeline.profiles import DeliveryRules


class Pairing:
    """One delivery's rows with their files. What belongs to no record is in `findings`, the delivery's own tables in
    `tables`; `of_row` holds what was found beside a row's own files, by its row."""

    def __init__(
        self, delivery: Path, drafts: Sequence[Draft], catalogue: Entry, layout: Layout, lister: Lister,
        rules: DeliveryRules, names: PageNames,
    ) -> None:  # fmt: skip
        self._drafts, self._lister, self._rules, self._names = drafts, lister, rules, names
        self._codes = [draft.description.archival_code for draft in drafts]
        self.findings: list[Finding] = []
        self.of_row: dict[int, list[Finding]] = {}
        self._shelf = self._sorted(catalogue, layout)
        self.findings += self._shelf.faults
        lister.ignored += [display(folder) + "/" for folder in self._shelf.empty]
        self.tables = tuple(entry.path for entry in self._shelf.tables)
        self.findings += [finding("further_table", display(path)) for path in self.tables]
        self._matcher = Matcher(delivery, layout.roots, lister, self._shelf)
        self._claim()
        self._near_codes = frozenset(self._codes[s.near] for s in self._matcher.strays() if s.near is not None)
        self._found: dict[str, tuple[list[Page], list[Finding]]] = {}

    @cached_property
    def _near_rows(self) -> NearRows:
        """Made only where something lies there that no row's code names."""
        return NearRows(self._codes)

    def _sorted(self, catalogue: Entry, layout: Layout) -> Shelf:
        at = catalogue.path.rpartition(b"/")[0]
        level = layout.levels[at]
        beside = level._replace(files=[entry for entry in level.files if entry != catalogue])
        sorter = Sorter(
            self._lister,
            self._rules,
            frozenset(self._codes),
            near=lambda name: self._near_rows.near(name),
            roots=frozenset(layout.roots),
            listed={**layout.levels, at: beside},
        )
        return sorter.sort()

    def _claim(self) -> None:
        """What the rows name, for all rows first; then folders whose path spells out the code of a row that has
        nothing."""
        for draft in self._drafts:
            draft.listed, draft.faults = self._matcher.claim_listed(draft.description, draft.row.value("files"))
        if not any(stray.near is None for stray in self._shelf.strays):
            return
        wanting = frozenset(
            code
            for draft, code in zip(self._drafts, self._codes, strict=True)
            if not (draft.listed or draft.faults or code in self._shelf.folders or code in self._shelf.flat)
        )
        taken = self._matcher.by_path(self._near_rows, self._codes, wanting) if wanting else {}
        for draft in self._drafts if taken else ():
            code = draft.description.archival_code
            if code in taken:
                draft.findings.append(files_matched.by_path(draft.description, taken[code]))

    def files_of(self, draft: Draft) -> tuple[list[Page], list[Finding]]:
        """The row's files in page order, and what is wrong with finding them; rows of one code share the files."""
        code = draft.description.archival_code
        if code in self._found:
            return self._found[code]
        pages, faults = self._matcher.files_of(draft.description, draft.listed)
        faults += files_matched.folders_of_one(self._shelf.folders.get(code, ()), pages, code)
        answer = in_page_order(pages, self._names, code), faults
        if draft.doubled:
            self._found[code] = answer
        return answer

    def is_told(self, draft: Draft) -> bool:
        """Whether it is told elsewhere why the row has no files: they lie there under almost its name."""
        return draft.description.archival_code in self._near_codes

    def alone(self, have_files: Iterable[bool]) -> None:
        """What no row has claimed. `have_files` says of each row whether it has files: what lies there under almost its
        name is told of the row where it has none."""
        has = list(have_files)
        is_archive = any_of(self._rules.archives)
        for stray in self._matcher.strays():
            packed = [entry for entry in stray.entries if is_archive(decoded(entry.name))]
            near = None if stray.near is None else self._drafts[stray.near].description
            if near is not None and stray.near is not None and not has[stray.near]:
                self.of_row.setdefault(near.row, []).append(files_matched.near_name(stray, near))
                continue
            self.findings += archives_unpacked.without_row(packed)
            rest = len(stray.entries) - len(packed)
            if rest:
                self.findings.append(files_matched.without_row(_shown(stray, packed), rest, near))


def _shown(stray: Stray, packed: Sequence[Entry]) -> str:
    """The folder, or the first file that is told there."""
    if stray.is_folder or not packed:
        return display(stray.subject)
    return display(next(_others(stray, packed)).path)


def _others(stray: Stray, packed: Sequence[Entry]) -> Iterator[Entry]:
    told = set(packed)
    return (entry for entry in stray.entries if entry not in told)
