"""What lies in a delivery, sorted by names: the folders and flat files of records at any depth, and what fits nothing.

A folder or file that is called by a row's archival code is that record's, wherever it lies (年度/保管期限/档号). One
that is almost called so is named beside its likely row, never taken for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache

from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import Contents, Entry, Lister
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding
from pipeline.domain.identifiers import normalise_code
from pipeline.profiles import DeliveryRules


@dataclass(slots=True)
class Stray:
    """Files that no row's code names: those of a folder, of a code that no row has, or loose in a folder. `near` is the
    place of the row that the name is almost the code of."""

    subject: bytes
    entries: list[Entry]
    is_folder: bool
    near: int | None = None


@dataclass(slots=True)
class Shelf:
    """Record folders and flat files by normalised code, further tables, strays, and folders without a file."""

    folders: dict[str, list[bytes]] = field(default_factory=dict)
    flat: dict[str, list[Page]] = field(default_factory=dict)
    tables: list[Entry] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    empty: list[bytes] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)


@cache
def any_of(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a name fits one of the patterns; case does not count."""
    compiled = re.compile("|".join(translate(p) for p in patterns) or "(?!)", re.IGNORECASE)
    return lambda name: compiled.match(name) is not None


class Sorter:
    """Sorts one delivery. `near` gives the place of the row whose code a name almost is; `roots` are folders in which
    the delivery's own tables lie and names may be short; `listed` are folders that have been listed already, without
    what has been read."""

    def __init__(
        self,
        lister: Lister,
        rules: DeliveryRules,
        codes: frozenset[str],
        *,
        near: Callable[[str], int | None],
        roots: frozenset[bytes],
        listed: Mapping[bytes, Contents],
    ) -> None:
        self._lister, self._codes, self._near, self._roots = lister, codes, near, roots
        self._listed = listed
        self._is_table = any_of(rules.further_tables)
        self._pattern = re.compile(rules.flat_pattern)
        self._normal: dict[str, str] = {}
        self._shelf = Shelf()
        self._containers = set(roots)
        self._groups: dict[tuple[bytes, str], Stray] = {}
        self._unknown: list[tuple[bytes, list[Entry]]] = []
        self._bare: list[bytes] = []

    def sort(self) -> Shelf:
        """Everything, folder by folder."""
        waiting = [b""]
        while waiting and not self._lister.overflowed:
            folder = waiting.pop()
            contents = self._listed.get(folder)
            contents = self._lister.level(folder) if contents is None else contents
            self._shelf.faults += contents.faults
            waiting += reversed([sub for sub in contents.folders if not self._is_record(sub)])
            unknown = [entry for entry in contents.files if not self._is_flat(entry, folder)]
            if unknown:
                self._unknown.append((folder, unknown))
            elif not (contents.files or contents.folders or contents.faults or folder in self._roots):
                self._bare.append(folder)
        self._gather()
        return self._shelf

    def _is_record(self, folder: bytes) -> bool:
        """A record's folder is listed when its row asks for it; one that is almost called so, at once."""
        name = decoded(_name(folder))
        code = normalise_code(name)
        if code in self._codes:
            self._shelf.folders.setdefault(code, []).append(folder)
            self._contains(folder)
            return True
        near = None if folder in self._roots else self._near(name)
        if near is None:
            return False
        contents = self._lister.tree(folder)
        self._shelf.faults += contents.faults
        self._shelf.strays.append(Stray(folder, contents.files, is_folder=True, near=near))
        self._contains(folder)
        return True

    def _is_flat(self, entry: Entry, folder: bytes) -> bool:
        """Whether the file is a record's by its own name, or a table of the delivery; what is almost a record's is put
        with its like. Deep down a bare number is a page's, not a code."""
        name = decoded(entry.name)
        code, page = self._flat(name)
        if code in self._codes and (folder in self._roots or not code.isdecimal()):
            self._shelf.flat.setdefault(code, []).append(Page(entry, entry.name, page))
            self._contains(entry.path)
            return True
        if folder in self._roots and self._is_table(name):
            self._shelf.tables.append(entry)
            return True
        for meant in (code, _stem(name)):
            if meant and (near := self._near(meant)) is not None:
                self._grouped(folder, meant, entry).near = near
                self._contains(entry.path)
                return True
        return False

    def _flat(self, name: str) -> tuple[str, int | None]:
        """Code and page; `_normal` remembers what codes have been made of, for a record's pages share theirs."""
        stem = _stem(name)
        if stem in self._codes:
            return stem, None
        match, normal = self._pattern.fullmatch(name), self._normal
        if match:
            code = normal.get(match["code"]) or normal.setdefault(match["code"], normalise_code(match["code"]))
            if code in self._codes:
                return code, int(match["page"])
        whole = normalise_code(stem)
        if whole in self._codes:
            return whole, None
        return (normal[match["code"]], int(match["page"])) if match else ("", None)

    def _contains(self, path: bytes) -> None:
        """All folders above hold records: what fits nothing is told folder by folder in them."""
        while path and (path := path.rpartition(b"/")[0]) not in self._containers:
            self._containers.add(path)

    def _gather(self) -> None:
        """What fits nothing, by the topmost folder in which there is no record; loose files by code or by folder."""
        for folder, entries in self._unknown:
            top = self._topmost(folder)
            for entry in entries:
                if top is None:
                    self._grouped(folder, self._flat(decoded(entry.name))[0], entry)
                else:
                    self._grouped(top, "", entry, whole=top)
        self._shelf.strays += self._groups.values()
        self._shelf.strays.sort(key=lambda stray: stray.subject)
        told = {stray.subject for stray in self._shelf.strays}
        bare = dict.fromkeys(self._topmost(folder) or folder for folder in self._bare)
        self._shelf.empty = [folder for folder in bare if folder not in told]

    def _topmost(self, folder: bytes) -> bytes | None:
        """The topmost folder above that holds no record; None where the folder itself holds some."""
        top = None
        while folder not in self._containers:
            folder, top = folder.rpartition(b"/")[0], folder
        return top

    def _grouped(self, folder: bytes, code: str, entry: Entry, *, whole: bytes | None = None) -> Stray:
        subject = entry.path if whole is None else whole
        group = self._groups.setdefault((folder, code), Stray(subject, [], is_folder=whole is not None))
        group.entries.append(entry)
        return group


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _name(path: bytes) -> bytes:
    return path.rsplit(b"/", 1)[-1]
