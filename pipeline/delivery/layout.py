"""What kind of delivery a folder is, and where it begins: plain, or a BagIt bag whose payload it is (RFC 8493)."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.codecs.bag_info import Declaration, decode_bagit_txt
from pipeline.codecs.bag_text import shown
from pipeline.codecs.checksum_list import is_checksum_list
from pipeline.delivery.expected import ExpectedDigests, decoded
from pipeline.delivery.listing import Contents, Entry, Lister, display
from pipeline.domain.digests import Algorithm
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import told_by_system
from pipeline.profiles import DeliveryRules

_PAYLOAD, _DECLARATION = b"data", b"bagit.txt"
_DEEPEST = 4
"""Folders in a folder in which the delivery's beginning is looked for."""
_MOST_BESIDE = 200
"""Folders side by side that are looked into for it."""
_BAG_MANIFEST = re.compile(r"manifest-([^/]+)\.txt", re.IGNORECASE)
_DECLARATION_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things lie. `root` is the folder that is the delivery (empty where it is what was handed in, else a folder
    in it), `base` where its catalogue is looked for (`root`, or `data` in a bag), `files_at` the files' folder.

    `levels` are the folders that have been listed: those in which the delivery's own files lie without the lists of
    checksums, which have been read, and without their faults, which are among `findings`. `several` are folders
    which could each be the delivery: then none is.
    """

    root: bytes
    base: bytes
    files_at: bytes
    levels: Mapping[bytes, Contents]
    is_bag: bool
    several: tuple[bytes, ...]
    findings: tuple[Finding, ...]

    @property
    def top(self) -> Contents:
        """What lies where the catalogue is looked for."""
        return self.levels[self.base]

    @property
    def roots(self) -> tuple[bytes, ...]:
        """The folders in which the delivery's own files lie, the innermost first."""
        return tuple(dict.fromkeys((self.files_at, self.base, self.root, b"")))


def lay_out(
    delivery: Path,
    *,
    lister: Lister,
    expected: ExpectedDigests,
    bag_faults: Callable[[Path], Iterable[Finding]],
    rules: DeliveryRules,
) -> Layout:
    """Lists the top of the delivery, and what must be looked at to know where it begins, and reads the depositor's
    digests into `expected`. `bag_faults` says what is wrong with a bag as such."""
    levels = {b"": lister.top(b"")}
    root, several = _root(levels, lister, rules)
    findings: list[Finding] = []
    is_bag = joined(root, _DECLARATION) in (entry.path for entry in levels[root].files)
    base = joined(root, _PAYLOAD) if is_bag else root
    if is_bag:
        findings += _open_bag(delivery, root, levels[root], lister, expected)
        findings += bag_faults(delivery / os.fsdecode(root))
        there = base in levels[root].folders
        levels[base] = lister.top(base) if there else Contents([], [], [])
        levels[root] = Contents([], [base] if there else [], levels[root].faults)
    files_at = _files_at(base, levels[base], rules.files_folder)
    if files_at in levels[base].folders and files_at not in levels:
        levels[files_at] = lister.level(files_at)
    own = sorted({b"", root, base, files_at} & levels.keys())
    faults_of_levels = [fault for folder in own for fault in levels[folder].faults]
    for folder in own:
        levels[folder], faults = _without_lists(delivery, folder, levels[folder], lister, expected)
        findings += faults
    for level in levels.values():
        for path in (*(entry.path for entry in level.files), *level.folders):
            expected.see(path)  # they were listed before the lists were read
    return Layout(
        root=root,
        base=base,
        files_at=files_at,
        levels=levels,
        is_bag=is_bag,
        several=several,
        findings=(*faults_of_levels, *findings, *expected.findings),
    )


def loose_name(name: str) -> str:
    """A name as systems compare it that do not tell case and composition apart."""
    return unicodedata.normalize("NFC", name).casefold()


def joined(folder: bytes, name: bytes) -> bytes:
    """A path below a folder; the empty folder is the delivery itself."""
    return folder + b"/" + name if folder else name


def _root(levels: dict[bytes, Contents], lister: Lister, rules: DeliveryRules) -> tuple[bytes, tuple[bytes, ...]]:
    """The folder where a delivery begins: the top, or the one below it, through folders that hold nothing but another;
    and where several begin side by side, those."""
    wanted = {loose_name(name) for name in rules.catalogues}
    at = b""
    for _ in range(_DEEPEST):
        here = levels[at]
        if _begins(here, wanted):
            return at, ()
        if len(here.folders) > _MOST_BESIDE:
            break
        for folder in here.folders:
            levels[folder] = lister.level(folder)
        found = [folder for folder in here.folders if _begins(levels[folder], wanted)]
        if found:
            return (found[0], ()) if len(found) == 1 else (b"", tuple(found))
        if len(here.folders) != 1:
            break
        at = here.folders[0]
    return b"", ()


def _begins(contents: Contents, wanted: set[str]) -> bool:
    names = {entry.name for entry in contents.files}
    return _DECLARATION in names or any(loose_name(decoded(name)) in wanted for name in names)


def _files_at(base: bytes, top: Contents, files_folder: str) -> bytes:
    """Path of the files' folder, its name compared as Windows would."""
    for folder in top.folders:
        if loose_name(decoded(folder.rpartition(b"/")[2])) == loose_name(files_folder):
            return folder
    return joined(base, files_folder.encode())


def _without_lists(
    delivery: Path, folder: bytes, contents: Contents, lister: Lister, expected: ExpectedDigests
) -> tuple[Contents, list[Finding]]:
    """The folder without its lists of checksums, which are read here."""
    findings: list[Finding] = []
    lists = [entry for entry in contents.files if is_checksum_list(decoded(entry.name))]
    for entry in lists:
        findings += _read_list(delivery, entry, expected, prefix=joined(folder, b"") if folder else b"")
        lister.ignored.append(display(entry.path))
    read = {entry.path for entry in lists}
    files = [entry for entry in contents.files if entry.path not in read]
    return contents._replace(files=files, faults=[]), findings


def _open_bag(delivery: Path, root: bytes, top: Contents, lister: Lister, expected: ExpectedDigests) -> list[Finding]:
    """The bag as such; the digests of its payload are compared when the files are received."""
    declaration, findings = _declaration(delivery / os.fsdecode(joined(root, _DECLARATION)))
    payload = joined(root, _PAYLOAD)
    if payload not in top.folders:
        findings.append(finding("bag_no_payload_folder", "data"))
    manifests = [(entry, match[1]) for entry in top.files if (match := _BAG_MANIFEST.fullmatch(decoded(entry.name)))]
    if not manifests:
        findings.append(finding("bag_no_manifest", "manifest-*.txt"))
    if any(entry.name == b"fetch.txt" and entry.size for entry in top.files):
        findings.append(finding("bag_to_be_fetched", "fetch.txt", manifest="fetch.txt"))
    strict = declaration is None or declaration.strict
    prefix = joined(root, b"") if root else b""
    for entry, algorithm in manifests:
        if re.sub("[^a-z0-9]", "", algorithm.lower()) in set(Algorithm):
            findings += _read_list(delivery, entry, expected, prefix=prefix, percent_encoded=strict)
        else:
            findings.append(finding("bag_algorithm_unknown", display(entry.path), algorithm=shown(algorithm)))
    for entry in top.files:
        expected.see(entry.path)  # they were listed before the lists were read
    lister.ignored += [display(entry.path) for entry in top.files]
    lister.ignored += [display(folder) + "/" for folder in top.folders if folder != payload]
    return findings


def _declaration(file: Path) -> tuple[Declaration | None, list[Finding]]:
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as stream:
            declaration, found = decode_bagit_txt(stream.read(_DECLARATION_BYTES))
    except OSError as error:
        return None, [finding("unreadable_file", file.name, reason=told_by_system(error))]
    return declaration, list(found)


def _read_list(
    delivery: Path,
    entry: Entry,
    expected: ExpectedDigests,
    *,
    prefix: bytes = b"",
    percent_encoded: bool = False,
) -> list[Finding]:
    try:
        expected.read(delivery / os.fsdecode(entry.path), prefix=prefix, percent_encoded=percent_encoded)
    except OSError as error:
        return [finding("unreadable_file", display(entry.path), reason=told_by_system(error))]
    return []
