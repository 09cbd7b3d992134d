"""PRONOM identifiers through pygfried (Siegfried inside Python). The owner of `pygfried`.

One call per file: a damaged container raises, and in a call over a folder it takes the others with it.
The signatures come with the library; nothing is fetched.
"""

from functools import cache
from pathlib import Path
from typing import Any

from pipeline.domain.formats import FormatClaim
from pipeline.tools.later import later

pygfried: Any = later("pygfried")

STRONG = ("byte match", "container")
"""Words in a basis that mean the bytes were looked at, not the name."""
MISMATCH = "extension mismatch"
"""Word in a warning: the name's extension is not one PRONOM knows for the format."""


@cache
def version() -> str:
    """Version of Siegfried."""
    return str(pygfried.version())


def claims(path: Path) -> tuple[FormatClaim, ...]:
    """What Siegfried says of a file, its own order; one claim without an identifier where it failed or found none."""
    try:
        answer = pygfried.identify(str(path), detailed=True)
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


def _nothing(warning: str, path: Path) -> FormatClaim:
    plain = warning.replace(str(path), path.name)
    return FormatClaim(by=f"siegfried {version()}", registry="pronom", identifier="", warning=plain)


def is_strong(claim: FormatClaim) -> bool:
    """Whether the claim rests on the file's bytes."""
    return any(word in claim.basis for word in STRONG)
