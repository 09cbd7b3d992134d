"""What a bag's manifests list, held against what lies there."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.checks.bag._inventory import Inventory
from pipeline.codecs.bag_info import Declaration
from pipeline.codecs.bag_manifest import FetchLine, ManifestLine, decode_path, unsafe_reason
from pipeline.codecs.bag_text import breach, shown
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import word

_MANIFEST = re.compile(r"(tag)?manifest-([^/]+)\.txt", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """One manifest as read, and the file on disk that each entry means."""

    name: str
    algorithm: str
    tag: bool
    digests: dict[str, str]


def manifest_of(path: str) -> tuple[bool, str] | None:
    """Whether it is a tag manifest, and its algorithm as written; None where the path is no manifest's."""
    match = _MANIFEST.fullmatch(path)
    return (match[1] is not None, match[2]) if match else None


def entries_of(
    lines: Iterable[ManifestLine], *, name: str, strict: bool, tag: bool, findings: list[Finding]
) -> list[ManifestLine]:
    """The entries that may be looked at, each path once; what is unsafe, misplaced or doubled is noted."""
    kept: dict[str, ManifestLine] = {}
    for line in lines:
        if reason := unsafe_reason(line.path):
            findings.append(
                finding("bag_unsafe_path", shown(line.path), manifest=name, reason=word("unsafe_path", reason))
            )
        elif tag and (line.path.startswith("data/") or (manifest_of(line.path) or (False,))[0]):
            findings.append(breach("bag_tagmanifest_entry", shown(line.path), strict=strict, manifest=name))
        elif not tag and not line.path.startswith("data/"):
            findings.append(finding("bag_not_payload", shown(line.path), manifest=name))
        elif line.path in kept:
            grave = strict or kept[line.path].digest != line.digest
            findings.append(breach("bag_duplicate_entry", shown(line.path), strict=grave, manifest=name))
        else:
            kept[line.path] = line
    return list(kept.values())


def matched(
    lines: list[ManifestLine],
    *,
    name: str,
    strict: bool,
    inventory: Inventory,
    fetch: set[str],
    findings: list[Finding],
) -> dict[str, str]:
    """Digest by path on disk. What is not there is noted, with its reason."""
    digests = {line.path: line.digest for line in lines if line.path in inventory.files}
    for line in lines:
        if line.path in inventory.files:
            continue
        other = next((p for p in _other_readings(line, strict, inventory) if p not in digests), None)
        if other is not None:
            digests[other] = line.digest
            findings.append(finding("bag_name_other_form", shown(other), listed=shown(line.written), manifest=name))
        elif line.path in inventory.folders:
            findings.append(finding("bag_directory_listed", shown(line.path), manifest=name))
        elif line.path in fetch:
            findings.append(finding("bag_to_be_fetched", shown(line.path), manifest=name))
        elif not inventory.hidden(line.path):
            findings.append(finding("bag_missing_file", shown(line.path), manifest=name))
    return digests


def _other_readings(line: ManifestLine, strict: bool, inventory: Inventory) -> Iterator[str]:
    """Files that the entry may mean: before 1.0 nobody agreed on `%`; on some systems names change their form."""
    if not strict:
        yield from (p for p in (line.written, decode_path(line.written)) if p in inventory.files)
    yield from inventory.same_form(unicodedata.normalize("NFC", line.path))


def unlisted(listings: list[Listing], payload: set[str], *, strict: bool) -> Iterator[Finding]:
    """Payload files that no manifest lists; in 1.0, that any manifest does not list."""
    if strict:
        for listing in listings:
            for path in sorted(payload - listing.digests.keys()):
                yield finding("bag_unlisted_file", shown(path), manifest=listing.name)
        return
    listed = {path for listing in listings for path in listing.digests}
    for path in sorted(payload - listed):
        yield finding("bag_unlisted_file", shown(path), manifest="manifest-*.txt")


def tag_listing_faults(listings: list[Listing], inventory: Inventory, *, strict: bool) -> Iterator[Finding]:
    """Payload manifests that a tag manifest forgets, and tag files that none lists."""
    manifests = {listing.name for listing in listings if not listing.tag}
    tag_manifests = [listing for listing in listings if listing.tag]
    for listing in tag_manifests:
        for name in sorted(manifests - listing.digests.keys()):
            yield breach("bag_tagmanifest_incomplete", name, strict=strict, manifest=listing.name)
    own = {listing.name for listing in tag_manifests}
    listed = {path for listing in tag_manifests for path in listing.digests}
    for path in sorted(inventory.files.keys() - own - listed) if tag_manifests else ():
        if not path.startswith("data/"):
            yield finding("bag_unlisted_tag_file", shown(path))


def fetch_faults(lines: Iterable[FetchLine], listed: list[set[str]], declaration: Declaration) -> Iterator[Finding]:
    """Entries of fetch.txt that lead out of the payload or that the manifests do not list."""
    for line in lines:
        if reason := unsafe_reason(line.path):
            yield finding("bag_unsafe_path", shown(line.path), manifest="fetch.txt", reason=word("unsafe_path", reason))
        elif not line.path.startswith("data/"):
            yield finding("bag_not_payload", shown(line.path), manifest="fetch.txt")
        elif not (all if declaration.strict else any)(line.path in paths for paths in listed):
            yield finding("bag_fetch_unlisted", shown(line.path))
