"""Poppler: a second reader of PDF: its text, as one would copy it out of it, and its pages, as they are seen."""

import hashlib
from functools import cache
from pathlib import Path

from pipeline.tools.run import run

_SECONDS = 120.0
_SMALL = 200
"""Pixels of a page's longer side."""


@cache
def version(scratch: Path) -> str:
    """Version of pdftotext."""
    words = (
        run(["pdftotext", "-v"], subject="-v", seconds=60, scratch=scratch).stderr.decode("utf-8", "replace").split()
    )
    return words[2] if len(words) > 2 else ""


def text_of(path: Path, *, subject: str, scratch: Path) -> str:
    """All text, page after page, with a form feed behind each. Raises ToolFailed, ToolCrashed, ToolTimedOut."""
    arguments = ["pdftotext", "-enc", "UTF-8", "-q", str(path), "-"]
    return run(arguments, subject=subject, seconds=_SECONDS, scratch=scratch).stdout.decode("utf-8", "replace")


def pages_seen(path: Path, folder: Path, *, subject: str, seconds: float, scratch: Path) -> tuple[str, ...]:
    """A digest of each page as it is seen, small and grey, in order; the pictures lie in `folder`, which is empty.
    Raises ToolFailed, ToolCrashed, ToolTimedOut."""
    arguments = ["pdftoppm", "-q", "-gray", "-scale-to", str(_SMALL), str(path), str(folder / "page")]
    run(arguments, subject=subject, seconds=seconds, scratch=scratch)
    return tuple(hashlib.sha256(picture.read_bytes()).hexdigest() for picture in sorted(folder.iterdir()))


def small_pages(path: Path, folder: Path, *, first: int, last: int, side: int, subject: str) -> tuple[Path, ...]:
    """The pages from `first` to `last`, from 1, as pictures (PPM) in the folder, `side` pixels long. Raises ToolFailed,
    ToolCrashed, ToolTimedOut."""
    arguments = ["pdftoppm", "-q", "-scale-to", str(side), "-f", str(first), "-l", str(last)]
    seconds = _SECONDS * (last - first + 1)
    run([*arguments, str(path), str(folder / "page")], subject=subject, seconds=seconds, scratch=folder)
    return tuple(sorted(folder.glob("page-*.ppm")))
