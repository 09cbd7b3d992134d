"""Identity as 0.1.0 knew it: its indexes hold one fingerprint of description and files together, its registers a state
of the source. Frozen: what it stored is to be known again when it is delivered again.

Both were over all fields that the description had then. So those fields are written out here; a column that
is mapped to a field of its own since then was among the columns not mapped.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.codecs.catalogue_headers import normalise_header
from pipeline.delivery.expected import decoded
from pipeline.domain.records import Description, PlannedRecord, ReceivedFile
from pipeline.profiles import DeliveryRules

_MAPPED = (
    "archival_code", "title", "creator", "date", "retention", "page_count", "security", "access", "category", "fonds",
    "files",
)  # fmt: skip
"""What a column could be mapped to."""
_NUMBERS = re.compile(rb"(\d+)")


def fingerprint(description: Description, files: Iterable[ReceivedFile], rules: DeliveryRules) -> str:
    """SHA-256 in hexadecimal over the description and each file's raw name, size and SHA-256, in page order."""
    return _digest(description, rules, ((f.original.raw_hex, f.size, f.sha256) for f in files))


def fingerprints(description: Description, files: Sequence[ReceivedFile], rules: DeliveryRules) -> frozenset[str]:
    """The fingerprint over the files in today's page order, in that of 0.1.0, and in that of their raw names, in which
    it took the files of a folder that the catalogue names."""
    pattern = re.compile(rules.page_pattern)
    orders = (
        files,
        sorted(files, key=lambda f: _order(bytes.fromhex(f.original.raw_hex), description.archival_code, pattern)),
        sorted(files, key=lambda f: f.original.raw_hex),
    )
    return frozenset(fingerprint(description, each, rules) for each in orders)


def _order(name: bytes, code: str, pattern: re.Pattern[str]) -> tuple[Any, ...]:
    """Folder by folder, numbered pages first, in the order of their numbers."""
    folder, _, last = name.rpartition(b"/")
    stem, dot, _ = last.rpartition(b".")
    text = decoded(stem if dot and stem else last)
    match = None if text == code else pattern.fullmatch(text)
    number = int(match["page"]) if match else None
    return (_natural(folder), number is None, number or 0, _natural(last), name)


def _natural(name: bytes) -> tuple[Any, ...]:
    return tuple(int(part) if i % 2 else part for i, part in enumerate(_NUMBERS.split(name)))


def source_state(planned: PlannedRecord, rules: DeliveryRules) -> str:
    """SHA-256 in hexadecimal over the description and each file's place, name, size, times, inode and expected
    digests."""
    files = (
        (f.where, f.original.raw_hex, f.size, f.mtime_ns, f.ctime_ns, f.inode, [d.value for d in f.expected])
        for f in planned.files
    )
    return _digest(planned.description, rules, files)


def _digest(description: Description, rules: DeliveryRules, rows: Iterable[tuple[object, ...]]) -> str:
    told = {
        "archival_code": description.archival_code,
        "package_id": description.package_id,
        "fonds": description.fonds,
        "category": description.category,
        "title": _typed(description, "title"),
        "creator": _typed(description, "creator"),
        "date": _typed(description, "date"),
        "retention": _typed(description, "retention"),
        "page_count": description.page_count if _typed(description, "page_count") else None,
        "security": _typed(description, "security"),
        "access": _typed(description, "access"),
        "extra": _not_mapped(description, rules),
    }
    over = hashlib.sha256()
    for line in (told, *rows):
        over.update(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        over.update(b"\n")
    return over.hexdigest()


def _typed(description: Description, element: str) -> str:
    """The cell of the column that 0.1.0 knew: what is read elsewhere now it did not see."""
    found = description.found(element)
    return "" if found is None or found.taken_from else found.typed or found.value


def _not_mapped(description: Description, rules: DeliveryRules) -> list[tuple[str, str]]:
    mapped = {normalise_header(header) for name in _MAPPED for header in rules.headers.get(name, ())}
    return [(header, cell) for header, cell in description.cells if normalise_header(header) not in mapped]
