"""Validation of a bag from declaration to digests, in the order of RFC 8493, 3."""

import os
from collections.abc import Callable
from pathlib import Path

from pipeline.checks.bag._inventory import Inventory, odd_names, open_regular, take_inventory
from pipeline.checks.bag._listings import (
    Listing,
    entries_of,
    fetch_faults,
    manifest_of,
    matched,
    tag_listing_faults,
    unlisted,
)
from pipeline.checks.bag._report import BagFile, BagReport, report
from pipeline.checks.bag.hashing import KNOWN, hash_files, hex_length, normal_name
from pipeline.codecs.bag_info import (
    BAG_INFO,
    OLD_BAG_INFO,
    SINGLE_TAGS,
    Declaration,
    decode_bag_info,
    decode_bagit_txt,
    parse_oxum,
    values,
)
from pipeline.codecs.bag_manifest import FetchLine, ManifestLine, decode_fetch, decode_manifest
from pipeline.codecs.bag_text import breach, decode_text, shown
from pipeline.codecs.bagit_profile import BagContents
from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.findings import Finding, finding
from pipeline.domain.messages import told_by_system

_MOST_TAG_BYTES = 1 << 30
_OURS = frozenset(Algorithm)


def validate_bag(folder: Path, *, payload: bool = True, advance: Callable[[int], None] = lambda _: None) -> BagReport:
    """Reads the whole bag and says whether it is complete and valid; nothing is fetched, changed or followed.

    Without `payload` no payload file is opened: its digests are for whoever receives the files to compare.
    `advance` is told bytes as they are hashed, from two threads. Raises UsageError where there is no folder.
    """
    inventory = take_inventory(folder)
    bag = _Bag(folder, inventory)
    declaration = bag.declaration()
    if declaration is None:
        return report(bag.findings, version="", contents=BagContents(version=""))
    if "data" not in inventory.folders:
        bag.note(finding("bag_no_payload_folder", "data"))
    info = bag.info(declaration)
    fetch = bag.read_listings(declaration)
    digests = bag.hash(advance, payload=payload)
    return report(
        bag.findings,
        version=declaration.version,
        payload=_payload_files(inventory, digests),
        contents=bag.contents(declaration, info, fetch),
    )


class _Bag:
    """One validation: the findings grow while the bag is read."""

    def __init__(self, folder: Path, inventory: Inventory) -> None:
        self.folder, self.inventory = folder, inventory
        self.findings: list[Finding] = list(inventory.findings)
        self.listings: list[Listing] = []
        self.payload = {path for path in inventory.files if path.startswith("data/")}

    def note(self, *found: Finding) -> None:
        """Adds findings."""
        self.findings += found

    def read(self, path: str) -> bytes | None:
        """A tag file's bytes, None where it cannot be had; the reason is noted."""
        if self.inventory.files[path] > _MOST_TAG_BYTES:
            self.note(finding("bag_tag_file_too_large", shown(path), bytes=self.inventory.files[path]))
            return None
        try:
            with os.fdopen(open_regular(self.folder, path), "rb") as file:
                return file.read(_MOST_TAG_BYTES)
        except OSError as error:
            self.note(finding("bag_folder_unreadable", shown(path), reason=told_by_system(error)))
            return None

    def declaration(self) -> Declaration | None:
        """What bagit.txt says, where it says it well and we know version and encoding."""
        if "bagit.txt" not in self.inventory.files:
            if not self.inventory.hidden("bagit.txt"):
                self.note(finding("bag_no_declaration", "bagit.txt"))
            return None
        data = self.read("bagit.txt")
        if data is None:
            return None
        declaration, found = decode_bagit_txt(data)
        self.note(*found)
        if declaration is not None:
            _, unknown = decode_text(b"", name="bagit.txt", encoding=declaration.encoding)
            self.note(*unknown)
            declaration = None if unknown else declaration
        return declaration

    def info(self, declaration: Declaration) -> tuple[tuple[str, str], ...]:
        """The tags of bag-info.txt; repeated ones and a wrong Payload-Oxum are noted."""
        names = [BAG_INFO] if declaration.strict else [BAG_INFO, OLD_BAG_INFO]
        name = next((n for n in names if n in self.inventory.files), None)
        data = self.read(name) if name else None
        if name is None or data is None:
            return ()
        tags, found = decode_bag_info(data, name=name, strict=declaration.strict, encoding=declaration.encoding)
        self.note(*found)
        for label in sorted(SINGLE_TAGS):
            if len(values(tags, label)) > 1:
                self.note(finding("bag_info_repeated", name, label=label))
        self._oxum(values(tags, "Payload-Oxum"), name, declaration)
        return tags

    def _oxum(self, oxums: tuple[str, ...], name: str, declaration: Declaration) -> None:
        if len(oxums) > 1:
            self.note(breach("bag_oxum_repeated", name, strict=declaration.strict))
        found = (sum(self.inventory.files[path] for path in self.payload), len(self.payload))
        for value in oxums:
            said = parse_oxum(value)
            if said is None:
                self.note(finding("bag_oxum_malformed", name, value=shown(value[:100])))
            elif said != found and not self.inventory.hidden("data"):
                self.note(finding("bag_oxum_differs", name, expected=value, found=f"{found[0]}.{found[1]}"))

    def read_listings(self, declaration: Declaration) -> bool:
        """Reads manifests and fetch.txt and compares them with the files; whether there is a fetch.txt."""
        strict = declaration.strict
        fetch_lines: tuple[FetchLine, ...] = ()
        has_fetch = "fetch.txt" in self.inventory.files
        if has_fetch and (data := self.read("fetch.txt")) is not None:
            fetch_lines, found = decode_fetch(data, strict=strict, encoding=declaration.encoding)
            self.note(*found)
        fetched = {line.path for line in fetch_lines}
        manifests = [path for path in sorted(self.inventory.files) if manifest_of(path)]
        read = [pair for pair in (self._listing(path, declaration, fetched) for path in manifests) if pair]
        self.listings = [listing for listing, _ in read]
        payload_paths = [{line.path for line in lines} for listing, lines in read if not listing.tag]
        if not any(tag is False for tag, _ in filter(None, map(manifest_of, manifests))):
            self.note(finding("bag_no_manifest", "manifest-*.txt"))
        elif payload_paths:
            payload_listings = [listing for listing in self.listings if not listing.tag]
            self.note(*unlisted(payload_listings, self.payload, strict=strict))
        self.note(*tag_listing_faults(self.listings, self.inventory, strict=strict))
        self.note(*fetch_faults(fetch_lines, payload_paths, declaration))
        self.note(*odd_names([*self.inventory.files, *(line.path for _, lines in read for line in lines)]))
        return has_fetch

    def _listing(
        self, name: str, declaration: Declaration, fetch: set[str]
    ) -> tuple[Listing, list[ManifestLine]] | None:
        tag, suffix = manifest_of(name) or (False, "")
        algorithm, strict = normal_name(suffix), declaration.strict
        data = self.read(name)
        if data is None:
            return None
        lines, found = decode_manifest(
            data, name=name, strict=strict, encoding=declaration.encoding, hex_length=hex_length(algorithm)
        )
        self.note(*found)
        if algorithm not in KNOWN:
            self.note(finding("bag_algorithm_unknown", name, algorithm=shown(suffix)))
        kept = entries_of(lines, name=name, strict=strict, tag=tag, findings=self.findings)
        digests = matched(kept, name=name, strict=strict, inventory=self.inventory, fetch=fetch, findings=self.findings)
        return Listing(name, algorithm, tag, digests), kept

    def hash(self, advance: Callable[[int], None], *, payload: bool) -> dict[str, dict[str, str]]:
        """Digests of all listed files, or of the tag files only, each read once; those that differ are noted."""
        wanted: dict[str, list[str]] = {}
        for listing in self.listings:
            for path in listing.digests if payload or listing.tag else ():
                if listing.algorithm in KNOWN and listing.algorithm not in wanted.setdefault(path, []):
                    wanted[path].append(listing.algorithm)
        digests, found = hash_files(self.folder, dict(sorted(wanted.items())), advance)
        self.note(*found)
        for listing in self.listings:
            for path, expected in listing.digests.items():
                computed = digests.get(path, {}).get(listing.algorithm, expected)
                if computed != expected:
                    self.note(
                        finding(
                            "bag_digest_differs", shown(path), manifest=listing.name, expected=expected, found=computed
                        )
                    )
        return digests

    def contents(self, declaration: Declaration, info: tuple[tuple[str, str], ...], fetch: bool) -> BagContents:
        """What a BagIt profile asks about."""
        return BagContents(
            version=declaration.version,
            info=info,
            manifests=tuple(each.algorithm for each in self.listings if not each.tag),
            tag_manifests=tuple(each.algorithm for each in self.listings if each.tag),
            tag_files=tuple(sorted(self.inventory.files.keys() - self.payload)),
            payload=tuple((path, self.inventory.files[path]) for path in sorted(self.payload)),
            fetch=fetch,
        )


def _payload_files(inventory: Inventory, digests: dict[str, dict[str, str]]) -> tuple[BagFile, ...]:
    return tuple(
        BagFile(
            path=path,
            size=inventory.files[path],
            digests=tuple(
                Digest(algorithm=Algorithm(name), value=value)
                for name, value in sorted(digests.get(path, {}).items())
                if name in _OURS
            ),
        )
        for path in sorted(inventory.files)
        if path.startswith("data/")
    )
