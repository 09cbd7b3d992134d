"""What kind of delivery a folder is: plain, or a BagIt bag whose payload is the delivery (RFC 8493)."""

import os
import re
from collections.abc import Callable, Iterable
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

_PAYLOAD = b"data"
_BAG_MANIFEST = re.compile(r"manifest-([^/]+)\.txt", re.IGNORECASE)
_DECLARATION_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`base` is where the delivery proper begins (`data` in a bag, else empty); `top` what lies there, without
    the lists of checksums, which have been read."""

    base: bytes
    top: Contents
    is_bag: bool
    findings: tuple[Finding, ...]


def lay_out(
    delivery: Path, *, lister: Lister, expected: ExpectedDigests, bag_faults: Callable[[Path], Iterable[Finding]]
) -> Layout:
    """Lists the top of the delivery and reads the depositor's digests into `expected`. `bag_faults` says what is wrong
    with a bag as such."""
    top = lister.top(b"")
    findings = list(top.faults)
    is_bag = any(entry.path == b"bagit.txt" for entry in top.files)
    base = _PAYLOAD if is_bag else b""
    if is_bag:
        findings += _open_bag(delivery, top, lister, expected)
        findings += bag_faults(delivery)
        top = lister.top(base) if base in top.folders else Contents([], [], [])
        findings += top.faults
    lists = [entry for entry in top.files if is_checksum_list(decoded(entry.name))]
    for entry in lists:
        findings += _read_list(delivery, entry, expected, prefix=base + b"/" if base else b"")
        lister.ignored.append(display(entry.path))
    for path in (*(entry.path for entry in top.files), *top.folders):
        expected.see(path)  # they were listed before the lists were read
    read = {entry.path for entry in lists}
    rest = [entry for entry in top.files if entry.path not in read]
    return Layout(base=base, top=top._replace(files=rest), is_bag=is_bag, findings=(*findings, *expected.findings))


def _open_bag(delivery: Path, top: Contents, lister: Lister, expected: ExpectedDigests) -> list[Finding]:
    """The bag as such; the digests of its payload are compared when the files are received."""
    declaration, findings = _declaration(delivery / "bagit.txt")
    if _PAYLOAD not in top.folders:
        findings.append(finding("bag_no_payload_folder", "data"))
    manifests = [(entry, match[1]) for entry in top.files if (match := _BAG_MANIFEST.fullmatch(decoded(entry.path)))]
    if not manifests:
        findings.append(finding("bag_no_manifest", "manifest-*.txt"))
    if any(entry.path == b"fetch.txt" and entry.size for entry in top.files):
        findings.append(finding("bag_to_be_fetched", "fetch.txt", manifest="fetch.txt"))
    strict = declaration is None or declaration.strict
    for entry, algorithm in manifests:
        if re.sub("[^a-z0-9]", "", algorithm.lower()) in set(Algorithm):
            findings += _read_list(delivery, entry, expected, percent_encoded=strict)
        else:
            findings.append(finding("bag_algorithm_unknown", display(entry.path), algorithm=shown(algorithm)))
    for entry in top.files:
        expected.see(entry.path)
    lister.ignored += [display(entry.path) for entry in top.files]
    lister.ignored += [display(folder) + "/" for folder in top.folders if folder != _PAYLOAD]
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
