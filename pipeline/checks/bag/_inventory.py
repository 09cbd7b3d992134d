"""What really lies in a bag's folder: regular files by path, everything else as a finding.

Symbolic links are never followed, and only files found here are ever opened, so no path in a manifest can lead
out of the bag.
"""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.codecs.bag_text import shown
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import message, told_by_system
from pipeline.errors import UsageError

_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_NOT_PORTABLE = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]\Z|^(CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])(\.|\Z)', re.IGNORECASE)
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(slots=True)
class Inventory:
    """Files with their sizes, folders, what is neither (`refused`), and folders that cannot be listed (`unseen`).

    All are paths relative to the bag with `/`.
    """

    files: dict[str, int] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    _forms: dict[str, list[str]] = field(default_factory=dict)

    def same_form(self, path: str) -> list[str]:
        """Files whose names are the same as `path` once both are in NFC; `path` is in NFC."""
        if not self._forms:
            for each in self.files:
                self._forms.setdefault(unicodedata.normalize("NFC", each), []).append(each)
        return self._forms.get(path, [])

    def hidden(self, path: str) -> bool:
        """Whether the path is, or lies below, something that was refused or could not be listed."""
        parts = path.split("/")
        above = {"/".join(parts[: n + 1]) for n in range(len(parts))}
        return bool(above & self.refused or above & self.unseen)


def take_inventory(folder: Path) -> Inventory:
    """Walks the folder. Raises UsageError where there is none."""
    if not folder.is_dir():
        name = shown(str(folder))
        raise UsageError(message("no_bag_folder", folder=name))
    found = Inventory()
    pending = [""]
    while pending:
        at = pending.pop()
        try:
            with os.scandir(f"{folder}/{at}") as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except OSError as error:
            found.unseen.add(at)
            found.findings.append(finding("bag_folder_unreadable", shown(at) or ".", reason=told_by_system(error)))
            continue
        if not listed:
            found.findings.append(finding("bag_empty_folder", shown(at) or "."))
        pending += [path for path in (_take(entry, at, found) for entry in reversed(listed)) if path]
    return found


def _take(entry: os.DirEntry[str], at: str, found: Inventory) -> str:
    """Notes one entry; its path where it is a folder to walk."""
    path = f"{at}/{entry.name}" if at else entry.name
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        found.unseen.add(path)
        found.findings.append(finding("bag_folder_unreadable", shown(path), reason=told_by_system(error)))
        return ""
    if stat.S_ISDIR(status.st_mode):
        found.folders.add(path)
        return path
    if stat.S_ISREG(status.st_mode):
        found.files[path] = status.st_size
        return ""
    found.refused.add(path)
    code = "bag_symlink" if stat.S_ISLNK(status.st_mode) else "bag_special_file"
    found.findings.append(finding(code, shown(path)))
    return ""


def open_regular(folder: Path, path: str) -> int:
    """A file descriptor of a file of the inventory; OSError where it is no regular file any more."""
    handle = os.open(f"{folder}/{path}", _OPEN)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file")
    return handle


def odd_names(paths: Iterable[str]) -> Iterator[Finding]:
    """Notes on names that some system confuses, refuses or makes by itself (RFC 8493, 5.2)."""
    alike: dict[str, list[str]] = {}
    for path in sorted(set(paths)):
        name = path.rsplit("/", 1)[-1]
        if name.casefold() in _SYSTEM_FILES:
            yield finding("bag_system_file", shown(path))
        if any(_NOT_PORTABLE.search(part) for part in path.split("/")):
            yield finding("bag_name_not_portable", shown(path))
        alike.setdefault(unicodedata.normalize("NFC", path).casefold(), []).append(path)
    for group in alike.values():
        for other in group[1:]:
            same_form = unicodedata.normalize("NFC", other) == unicodedata.normalize("NFC", group[0])
            differ = message("differ_in_form") if same_form else message("differ_in_case")
            yield finding("bag_names_alike", shown(other), other=shown(group[0]), differ_by=differ)
