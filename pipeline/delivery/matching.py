"""Which files belong to which row: by folder name, by flat name, or because the catalogue names them."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import Contents, Entry, Lister, display, entry_of
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding, finding
from pipeline.domain.identifiers import normalise_code
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.profiles import DeliveryRules

_BETWEEN_NAMES = re.compile(r"[;；\r\n]+")
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(slots=True)
class SortedFiles:
    """The files' folder, one level: record folders and flat files by normalised code, and what fits nothing."""

    folders: dict[str, list[bytes]] = field(default_factory=dict)
    flat: dict[str, list[Page]] = field(default_factory=dict)
    strays: list[Entry] = field(default_factory=list)


def sort_files(contents: Contents, rules: DeliveryRules, codes: frozenset[str]) -> SortedFiles:
    """Sorts what lies in the files' folder. A file named just as a code is that record's; else the profile's
    pattern says which code and page a flat name means."""
    sorted_files = SortedFiles()
    for folder in contents.folders:
        sorted_files.folders.setdefault(normalise_code(decoded(_name(folder))), []).append(folder)
    pattern = re.compile(rules.flat_pattern)
    normal: dict[str, str] = {}
    for entry in contents.files:
        code, page = _flat(decoded(entry.name), pattern, codes, normal)
        if code:
            sorted_files.flat.setdefault(code, []).append(Page(entry, entry.name, page))
        else:
            sorted_files.strays.append(entry)
    return sorted_files


def _flat(name: str, pattern: re.Pattern[str], codes: frozenset[str], normal: dict[str, str]) -> tuple[str, int | None]:
    """Code and page; `normal` remembers what codes have been made of, for a record's pages share theirs."""
    stem = name.rpartition(".")[0] or name
    if stem in codes:
        return stem, None
    match = pattern.fullmatch(name)
    if match:
        code = normal.get(match["code"]) or normal.setdefault(match["code"], normalise_code(match["code"]))
        if code in codes:
            return code, int(match["page"])
    whole = normalise_code(stem)
    if whole in codes:
        return whole, None
    return (normal[match["code"]], int(match["page"])) if match else ("", None)


class Matcher:
    """Finds each row's files; afterwards, what no row has claimed."""

    def __init__(
        self,
        delivery: Path,
        base: bytes,
        files_at: bytes,
        lister: Lister,
        sorted_files: SortedFiles,
    ) -> None:
        self._root, self._base, self._files_at = os.fsencode(delivery) + b"/", base, files_at
        self._lister, self._shelf = lister, sorted_files
        self._claimed: dict[bytes, int] = {}

    def claim_listed(self, description: Description, text: str) -> tuple[list[Page], list[Finding]]:
        """The files that the row's column 文件 names. Done for all rows first: what a row names is its own."""
        pages: dict[bytes, Page] = {}
        faults: list[Finding] = []
        for at, name in enumerate(part.strip() for part in _BETWEEN_NAMES.split(text)):
            if name:
                self._claim_one(name, at, description, pages, faults)
        return list(pages.values()), faults

    def _claim_one(
        self, name: str, at: int, description: Description, pages: dict[bytes, Page], faults: list[Finding]
    ) -> None:
        shown = mask(name)
        if not _is_safe(name):
            faults.append(finding("unsafe_path", mask(description.archival_code), path=shown))
            return
        for path in self._places(name, description):
            found = self._look(path)
            if isinstance(found, Finding):
                faults.append(found)
                return
            if found is not None:
                faults += found.faults
                for entry in found.files:
                    page = Page(entry, self._relative(entry.path, description), None, entry.path == path, at)
                    self._take(page, description, pages, faults)
                return
        faults.append(finding("named_file_missing", shown))

    def _take(self, page: Page, description: Description, pages: dict[bytes, Page], faults: list[Finding]) -> None:
        path = page.entry.path
        owner = self._claimed.setdefault(path, description.row)
        if owner != description.row:
            faults.append(finding("file_named_twice", display(path), other_row=owner))
        elif path not in pages:
            pages[path] = page

    def _places(self, name: str, description: Description) -> Iterator[bytes]:
        """Where a name may lie: in the record's folder, the files' folder, the delivery; typed either way."""
        spellings = [name] if "\\" not in name else [name, name.replace("\\", "/")]
        folders = [*self._shelf.folders.get(description.archival_code, ()), self._files_at, self._base]
        for spelling in spellings:
            for folder in dict.fromkeys(folders):
                for encoding in ("utf-8", "gb18030"):
                    yield _joined(folder, spelling.encode(encoding, "surrogateescape").strip(b"/"))

    def _look(self, path: bytes) -> Contents | Finding | None:
        """The file, or the files of the folder, at a path; None where there is nothing."""
        status: os.stat_result | None = None
        parts = path.split(b"/")
        for depth in range(1, len(parts) + 1):
            try:
                status = os.lstat(self._root + b"/".join(parts[:depth]))
            except OSError:
                return None
            if stat.S_ISLNK(status.st_mode):
                return finding("symbolic_link", display(b"/".join(parts[:depth])))
        if status is None:
            return None
        if stat.S_ISDIR(status.st_mode):
            return self._lister.tree(path)
        if not stat.S_ISREG(status.st_mode):
            return finding("not_a_regular_file", display(path))
        return Contents([entry_of(path, status)], [], [])

    def files_of(self, description: Description, listed: list[Page]) -> tuple[list[Page], list[Finding]]:
        """All files of a record: those listed, its folders', its flat ones."""
        code = description.archival_code
        pages, faults = list(listed), list[Finding]()
        own = {page.entry.path for page in listed}
        for folder in self._shelf.folders.get(code, ()):
            contents = self._lister.tree(folder)
            faults += contents.faults
            pages += [Page(e, e.path[len(folder) + 1 :], None) for e in contents.files if self._is_free(e, own)]
        pages += [page for page in self._shelf.flat.get(code, ()) if self._is_free(page.entry, own)]
        return _told_apart(pages), faults

    def _is_free(self, entry: Entry, own: set[bytes]) -> bool:
        return entry.path not in own and (not self._claimed or entry.path not in self._claimed)

    def unclaimed(self, codes: frozenset[str]) -> Iterator[Finding]:
        """One finding per record folder or flat group that no row asks for, and what is wrong inside."""
        folders = [f for code, found in self._shelf.folders.items() if code not in codes for f in found]
        yield from self.beside(folders, self._shelf.strays)
        for code, pages in self._shelf.flat.items():
            if code not in codes:
                yield from self._without_row(pages[0].entry.path, [page.entry for page in pages])

    def beside(self, folders: Iterable[bytes], files: Iterable[Entry]) -> Iterator[Finding]:
        """The same for folders and files that follow no pattern; such files are one group for each folder."""
        for folder in folders:
            contents = self._lister.tree(folder)
            yield from contents.faults
            yield from self._without_row(folder, contents.files)
            if not contents.files and not contents.faults:
                self._lister.ignored.append(display(folder) + "/")
        groups: dict[bytes, list[Entry]] = {}
        for entry in files:
            groups.setdefault(entry.path.rpartition(b"/")[0], []).append(entry)
        for group in groups.values():
            yield from self._without_row(group[0].path, group)

    def _without_row(self, subject: bytes, entries: Iterable[Entry]) -> Iterator[Finding]:
        free = [entry for entry in entries if entry.path not in self._claimed]
        if free:
            shown = subject if len(free) > 1 or subject not in self._claimed else free[0].path
            yield finding("files_without_row", display(shown), count=len(free))

    def _relative(self, path: bytes, description: Description) -> bytes:
        for folder in (*self._shelf.folders.get(description.archival_code, ()), self._files_at, self._base):
            if path.startswith(folder + b"/"):
                return path[len(folder) + 1 :]
        return path


def _told_apart(pages: list[Page]) -> list[Page]:
    """Names relative to the record's folder; below the delivery where two folders hold the same name."""
    if len({page.name for page in pages}) == len(pages):
        return pages
    return [page._replace(name=page.entry.path) for page in pages]


def _is_safe(name: str) -> bool:
    plain = name.replace("\\", "/")
    return not (
        "\0" in plain
        or plain.startswith("/")
        or _DRIVE.match(plain)
        or any(part in {".", ".."} for part in plain.split("/"))
        or "//" in plain
    )


def _joined(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name


def _name(path: bytes) -> bytes:
    return path.rsplit(b"/", 1)[-1]
