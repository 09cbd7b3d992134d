"""PRONOM identifiers through pygfried (Siegfried inside Python). The owner of `pygfried`.

One call per file: a damaged container raises, and in a call over a folder it takes the others with it.
The signatures come with the library; nothing is fetched.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.domain.formats import FormatClaim
from pipeline.tools import ole, zips
from pipeline.tools.later import later

pygfried: Any = later("pygfried")

_LARGE, _BEGINNING, _END = 2**26, 2**24, 2**20
"""Bytes from which a file is shown in part, and which part of it."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRONG = ("byte match", "container")
"""Words in a basis that mean the bytes were looked at, not the name."""
MISMATCH = "extension mismatch"
"""Word in a warning: the name's extension is not one PRONOM knows for the format."""


@cache
def version() -> str:
    """Version of Siegfried."""
    return str(pygfried.version())


def claims(path: Path, *, scratch: Path | None = None) -> tuple[FormatClaim, ...]:
    """What Siegfried says of a file, its own order; one claim without an identifier where it failed or found none.

    It keeps in memory what it reads, and of an unknown format it reads all: of a large file that is no container it is
    shown beginning and end, written below `scratch`.
    """
    try:
        with _shown(path, scratch) as seen:
            answer = pygfried.identify(str(seen), detailed=True)
    except (pygfried.GoError, pygfried.EmptySourceError, ValueError) as error:
        return (_nothing(str(error), path),)
    signatures = "; ".join(str(each["details"]) for each in answer["identifiers"])
    by = f"siegfried {version()} ({signatures})"
    file = answer["files"][0]
    found = tuple(
        FormatClaim(
            by=by,
            registry="pronom",
            identifier=str(match["id"]),
            media_type=str(match["mime"]).split(",")[0].strip(),
            name=str(match["format"]),
            version=str(match["version"]),
            basis=str(match["basis"]),
            warning=str(match["warning"]),
        )
        for match in file["matches"]
        if match["id"] != "UNKNOWN"
    )
    warnings = [str(match["warning"]) for match in file["matches"]] + [str(file["errors"])]
    return found or (_nothing("; ".join(w for w in warnings if w), path),)


@contextmanager
def _shown(path: Path, scratch: Path | None) -> Iterator[Path]:
    """The file itself, or, of a large one, an excerpt under a name with the same extension."""
    size = path.stat().st_size if path.exists() else 0
    if size <= _LARGE:
        yield path
        return
    if _is_container(path):
        yield path
        return
    with path.open("rb") as file, ExitStack() as stack:
        excerpt = Path(stack.enter_context(TemporaryDirectory(dir=scratch, prefix="excerpt-"))) / path.name
        with excerpt.open("wb") as written:
            for start, end in ((0, _BEGINNING), (size - _END, size)):
                file.seek(start)
                for _ in range(start, end, _END):
                    written.write(file.read(_END))
        yield excerpt


def _is_container(path: Path) -> bool:
    """Whether Siegfried finds what lies inside without reading all: ZIP and OLE2, where they are whole."""
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if head.startswith(_ZIP):
        return zips.has_directory(path)
    return head == _OLE and ole.shorter_than_declared(path) is None


def _nothing(warning: str, path: Path) -> FormatClaim:
    plain = warning.replace(str(path), path.name)
    return FormatClaim(by=f"siegfried {version()}", registry="pronom", identifier="", warning=plain)


def is_strong(claim: FormatClaim) -> bool:
    """Whether the claim rests on the file's bytes."""
    return any(word in claim.basis for word in STRONG)
