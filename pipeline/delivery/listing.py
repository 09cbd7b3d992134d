"""Names and sizes of what lies in a delivery: one walk, no file opened, no link followed."""

import errno
import os
import re
import stat
from collections.abc import Callable
from fnmatch import fnmatchcase, translate
from pathlib import Path
from typing import NamedTuple

from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import told_by_system, word
from pipeline.domain.names import OriginalName
from pipeline.domain.personal import mask
from pipeline.profiles import Limits

_SYSTEM_MADE = ("*.db", "*.ini", ".*", "~$*", "@eaDir", "__MACOSX")
"""Of the names a profile ignores, those that are ignored inside a record's folder, too: nobody wrote them."""

_SLASH = ord("/")


class Entry(NamedTuple):
    """A regular file: its path below the delivery in raw bytes, and its stamp."""

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @property
    def name(self) -> bytes:
        """The last component."""
        return self.path.rsplit(b"/", 1)[-1]


class Contents(NamedTuple):
    """What a folder holds, in order of raw names: files, folders, and what is wrong with the rest."""

    files: list[Entry]
    folders: list[bytes]
    faults: list[Finding]


def display(path: bytes) -> str:
    """A path for people and findings: readable, and without citizens' numbers."""
    return mask(OriginalName.of(path).display) if path else "."


class Lister:
    """Lists folders of one delivery within the profile's limits; `seen` is told of every path met.

    What is passed over is listed in `ignored`, a folder as a whole (its raw path in `ignored_folders`). Names of
    `system_names` are passed over everywhere, those of `ignored_names` beside the records only; case does not count.
    """

    def __init__(
        self,
        delivery: Path,
        limits: Limits,
        ignored_names: tuple[str, ...],
        seen: Callable[[bytes], None],
        system_names: tuple[str, ...] = (),
    ) -> None:
        self.ignored: list[str] = []
        self.ignored_folders: list[bytes] = []
        self.count = 0
        self.overflowed = False
        self._root = os.fsencode(delivery) + b"/"
        self._limits = limits
        self._ignored_beside = _any_of((*ignored_names, *system_names))
        self._ignored_inside = _any_of((*(n for n in ignored_names if _is_system_made(n)), *system_names))
        self._seen = seen

    def top(self, folder: bytes) -> Contents:
        """One level of `folder` (relative to the delivery; empty for itself). All names the profile ignores are."""
        return self._list(folder, self._ignored_beside)

    def tree(self, folder: bytes) -> Contents:
        """All files below `folder`, folder by folder. Here only names that systems make by themselves are
        ignored: a 说明.txt inside a record's folder is the record's."""
        files: list[Entry] = []
        faults: list[Finding] = []
        waiting = [folder]
        while waiting and not self.overflowed:
            current = waiting.pop()
            if current.count(b"/") - folder.count(b"/") >= self._limits.max_depth:
                faults.append(finding("path_too_deep", display(current), limit=self._limits.max_depth))
                continue
            contents = self._list(current, self._ignored_inside)
            files += contents.files
            faults += contents.faults
            waiting += reversed(contents.folders)
        return Contents(files, [folder], faults)

    def level(self, folder: bytes) -> Contents:
        """One level of a folder in which records' folders are looked for; none below the profile's deepest."""
        if folder.count(b"/") >= self._limits.max_depth:
            return Contents([], [], [finding("path_too_deep", display(folder), limit=self._limits.max_depth)])
        return self._list(folder, self._ignored_beside)

    def _list(self, folder: bytes, ignored: re.Pattern[str]) -> Contents:
        contents = Contents([], [], [])
        try:
            with os.scandir(self._root + folder) as entries:
                for entry in sorted(entries, key=lambda e: e.name):
                    self._place(entry, folder, ignored, contents)
        except OSError as error:
            contents.faults.append(self._unlisted(folder, error))
        self.overflowed |= self.count > self._limits.max_files
        return contents

    def _unlisted(self, folder: bytes, error: OSError) -> Finding:
        if error.errno == errno.ENAMETOOLONG:
            return finding("path_too_long", display(folder[:200]), limit=self._limits.max_path_bytes)
        return finding("unreadable_file", display(folder), reason=told_by_system(error))

    def _place(self, entry: "os.DirEntry[bytes]", folder: bytes, ignored: re.Pattern[str], contents: Contents) -> None:
        path = folder + b"/" + entry.name if folder else entry.name
        self._seen(path)
        if ignored.match(os.fsdecode(entry.name)):
            self._pass_over(entry, path)
        elif len(path) > self._limits.max_path_bytes:
            contents.faults.append(finding("path_too_long", display(path[:200]), limit=self._limits.max_path_bytes))
        elif entry.is_symlink():
            contents.faults.append(finding("symbolic_link", display(path)))
        elif entry.is_dir(follow_symlinks=False):
            contents.folders.append(path)
        elif entry.is_file(follow_symlinks=False):
            self._place_file(entry, path, contents)
        else:
            contents.faults.append(finding("not_a_regular_file", display(path)))

    def _pass_over(self, entry: "os.DirEntry[bytes]", path: bytes) -> None:
        is_folder = entry.is_dir(follow_symlinks=False)
        self.ignored.append(display(path) + "/" * is_folder)
        if is_folder:
            self.ignored_folders.append(path)

    def _place_file(self, entry: "os.DirEntry[bytes]", path: bytes, contents: Contents) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            contents.faults.append(self._unlisted(path, error))
            return
        self.count += 1
        contents.files.append(entry_of(path, status))
        if status.st_size == 0:
            contents.faults.append(finding("empty_file", display(path)))
        elif status.st_size > self._limits.max_file_bytes:
            limit = self._limits.max_file_bytes
            contents.faults.append(finding("file_too_large", display(path), size=status.st_size, limit=limit))
        if not status.st_mode & stat.S_IROTH and not os.access(entry.path, os.R_OK, effective_ids=True):
            contents.faults.append(finding("unreadable_file", display(path), reason=word("errno", "EACCES")))


def is_below(path: bytes, folders: frozenset[bytes]) -> bool:
    """Whether the path lies in one of the folders, at any depth."""
    return any(path[:place] in folders for place, byte in enumerate(path) if byte == _SLASH)


def entry_of(path: bytes, status: os.stat_result) -> Entry:
    """The entry for a file's status."""
    return Entry(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(p) for p in patterns) or "(?!)", re.IGNORECASE)


def _is_system_made(pattern: str) -> bool:
    return any(fnmatchcase(pattern, made) for made in _SYSTEM_MADE)
