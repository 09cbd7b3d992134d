"""Which files belong to which row: by folder name, by flat name, or because the catalogue names them."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.delivery.expected import decoded
from pipeline.delivery.layout import joined
from pipeline.delivery.listing import Contents, Entry, Lister, display, entry_of, is_below
from pipeline.delivery.near import NearRows
from pipeline.delivery.page_order import Page
from pipeline.delivery.shelf import Shelf, Stray
from pipeline.domain.findings import Finding, finding
from pipeline.domain.personal import mask
from pipeline.domain.records import Description

_BETWEEN_NAMES = re.compile(r"[;；\r\n]+")
_DRIVE = re.compile(r"^[A-Za-z]:")


class Matcher:
    """Finds each row's files; afterwards, what no row has claimed. `roots` are the folders from which a row may name
    files, the nearest first."""

    def __init__(self, delivery: Path, roots: Sequence[bytes], lister: Lister, shelf: Shelf) -> None:
        self._root, self._roots = os.fsencode(delivery) + b"/", tuple(roots)
        self._lister, self._shelf = lister, shelf
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
        folders = [*self._shelf.folders.get(description.archival_code, ()), *self._roots]
        for spelling in spellings:
            for folder in dict.fromkeys(folders):
                for encoding in ("utf-8", "gb18030"):
                    yield joined(folder, spelling.encode(encoding, "surrogateescape").strip(b"/"))

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

    def by_path(self, near: NearRows, codes: Sequence[str], wanting: frozenset[str]) -> dict[str, bytes]:
        """Folders that spell a row's code out by their path (`2019/永久/0003`, `盒1/件3`), and are taken for its
        folder:
        only where one row alone can be meant, which has nothing else, and no other folder can be meant for it."""
        holders: dict[bytes, list[int]] = {}
        for entry in (entry for stray in self._shelf.strays if stray.near is None for entry in self._free(stray)):
            holder, rows = self._holder(entry.path.rpartition(b"/")[0], near)
            if rows:
                holders[holder] = rows
        meant: dict[int, list[bytes]] = {}
        for holder, rows in holders.items():
            for place in rows:
                meant.setdefault(place, []).append(holder)
        taken = {
            codes[place]: found[0]
            for place, found in meant.items()
            if len(found) == 1 == len(holders[found[0]]) and codes[place] in wanting
        }
        for code, holder in taken.items():
            self._shelf.folders.setdefault(code, []).append(holder)
        found = frozenset(taken.values())
        for stray in self._shelf.strays if found else ():
            stray.entries = [entry for entry in stray.entries if not is_below(entry.path, found)]
        return taken

    def _holder(self, folder: bytes, near: NearRows) -> tuple[bytes, list[int]]:
        """How far down the path a code is spelt out, and the rows it may be."""
        prefix = max((each for each in self._roots if not each or folder.startswith(each + b"/")), key=len, default=b"")
        parts = folder.removeprefix(prefix).strip(b"/").split(b"/") if folder != prefix else []
        depth, rows = near.by_path([decoded(part) for part in parts])
        return joined(prefix, b"/".join(parts[:depth])), rows

    def strays(self) -> Iterator[Stray]:
        """What no row has claimed: groups of files, each with at least one."""
        for stray in self._shelf.strays:
            if free := self._free(stray):
                alone = len(free) == 1 and stray.subject in self._claimed
                yield replace(stray, entries=free, subject=free[0].path if alone else stray.subject)

    def _free(self, stray: Stray) -> list[Entry]:
        return [entry for entry in stray.entries if entry.path not in self._claimed]

    def _relative(self, path: bytes, description: Description) -> bytes:
        for folder in (*self._shelf.folders.get(description.archival_code, ()), *self._roots):
            if folder and path.startswith(folder + b"/"):
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
