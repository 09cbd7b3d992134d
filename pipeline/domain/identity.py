"""What tells one delivery of a record from another: a stamp without reading, a fingerprint after reading."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict

from pipeline.domain.records import Description, PlannedRecord, ReceivedFile


def source_state(planned: PlannedRecord) -> str:
    """SHA-256 in hexadecimal over the description and each file's place, name, size, times, inode and expected
    digests: equal stamps mean that nothing was touched since."""
    files = (
        (f.where, f.original.raw_hex, f.size, f.mtime_ns, f.ctime_ns, f.inode, [d.value for d in f.expected])
        for f in planned.files
    )
    return _digest(planned.description, files)


def fingerprint(description: Description, files: Iterable[ReceivedFile]) -> str:
    """SHA-256 in hexadecimal over the description and each file's raw name, size and SHA-256: equal fingerprints
    mean the same record, wherever and whenever it was delivered."""
    return _digest(description, ((f.original.raw_hex, f.size, f.sha256) for f in files))


def content(files: Iterable[ReceivedFile]) -> str:
    """SHA-256 in hexadecimal over each file's raw name, size and SHA-256, in page order: equal digests mean the same
    files, whatever is said of them."""
    over = hashlib.sha256()
    for file in files:
        over.update(f"{file.original.raw_hex} {file.size} {file.sha256}\n".encode())
    return over.hexdigest()


def _digest(description: Description, rows: Iterable[tuple[object, ...]]) -> str:
    """Over JSON lines. The row's number and the code's spelling are left out: a row put in above changes neither
    the record nor what is said of it."""
    told = {k: v for k, v in asdict(description).items() if k not in {"row", "as_typed_code"}}
    over = hashlib.sha256()
    for line in (told, *rows):
        over.update(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
        over.update(b"\n")
    return over.hexdigest()
