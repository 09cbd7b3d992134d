"""Identity as 0.1.0 knew it: its indexes hold one fingerprint of description and files together, its registers a state
of the source. Frozen: what it stored is to be known again when it is delivered again.

Both were over all fields that the description had then. So those fields are written out here; a column that
is mapped to a field of its own since then was among the columns not mapped.
"""

import hashlib
import json
from collections.abc import Iterable

from pipeline.codecs.catalogue import normalise_header
from pipeline.domain.records import Description, PlannedRecord, ReceivedFile
from pipeline.profiles import DeliveryRules

_MAPPED = (
    "archival_code", "title", "creator", "date", "retention", "page_count", "security", "access", "category", "fonds",
    "files",
)  # fmt: skip
"""What a column could be mapped to."""


def fingerprint(description: Description, files: Iterable[ReceivedFile], rules: DeliveryRules) -> str:
    """SHA-256 in hexadecimal over the description and each file's raw name, size and SHA-256, in page order."""
    return _digest(description, rules, ((f.original.raw_hex, f.size, f.sha256) for f in files))


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
        "title": description.title,
        "creator": description.value("creator"),
        "date": description.date,
        "retention": description.retention,
        "page_count": description.page_count,
        "security": description.value("security"),
        "access": description.value("access"),
        "extra": _not_mapped(description, rules),
    }
    over = hashlib.sha256()
    for line in (told, *rows):
        over.update(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        over.update(b"\n")
    return over.hexdigest()


def _not_mapped(description: Description, rules: DeliveryRules) -> list[tuple[str, str]]:
    mapped = {normalise_header(header) for name in _MAPPED for header in rules.headers.get(name, ())}
    return [(header, cell) for header, cell in description.cells if normalise_header(header) not in mapped]
