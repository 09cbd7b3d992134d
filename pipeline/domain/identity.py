"""What tells one delivery of a record from another: a state without reading, two digests after reading.

Each digest is over what it names and nothing else. A field that the program learns to read, to keep or to derive
changes none of them: what was stored by an earlier program is known again by a later one.
"""

import hashlib
from collections.abc import Iterable

from pipeline.domain.records import Description, PlannedRecord, ReceivedFile


def source_state(planned: PlannedRecord) -> str:
    """SHA-256 in hexadecimal over the row as typed and each file's place, name, size, times, inode and expected
    digests: equal states mean that nothing was touched since."""
    over = hashlib.sha256(description_digest(planned.description).encode())
    for f in planned.files:
        for part in (f.where, f.original.raw_hex, f.size, f.mtime_ns, f.ctime_ns, f.inode):
            over.update(f"{part} ".encode())
        over.update(" ".join(digest.value for digest in f.expected).encode() + b"\n")
    return over.hexdigest()


def content(files: Iterable[ReceivedFile]) -> str:
    """The content digest of what was received, see `content_digest`."""
    return content_digest((f.original.raw_hex, f.size, f.sha256) for f in files)


def content_digest(originals: Iterable[tuple[str, int, str]]) -> str:
    """SHA-256 in hexadecimal over the originals, each its raw name in hexadecimal, size and SHA-256 on a line with
    blanks between, the lines in order of their bytes: equal digests mean the same files, wherever and whenever they
    were delivered, in whatever order, and whatever is said of them."""
    lines = sorted(f"{name} {size} {sha256}\n".encode() for name, size, sha256 in originals)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def description_digest(description: Description) -> str:
    """SHA-256 in hexadecimal over package identifier and the row as typed: equal digests mean that the depositor says
    the same of the record.

    Over netstrings (`5:题名,` with the number of bytes in UTF-8): the package identifier, then header and cell in turn,
    in order of their bytes, so that a column moved or a row put in above changes nothing.
    """
    cells = sorted((header.encode(), cell.encode()) for header, cell in description.cells)
    texts = [description.package_id.encode(), *(text for pair in cells for text in pair)]
    return hashlib.sha256(b"".join(b"%d:%s," % (len(text), text) for text in texts)).hexdigest()
