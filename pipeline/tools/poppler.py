"""Poppler: a second reader of PDF: its text, as one would copy it out of it, and its pages, as they are seen."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.tools.run import run

_SECONDS = 120.0
_PGM_HEAD = 16
"""Bytes that hold the header of such a picture: `P5`, width, height, greys."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What Poppler shows: a digest of each page, in order; whether all of them are of one colour; whether it
    complained of anything."""

    pages: tuple[str, ...]
    blank: bool
    complained: bool


def pages_seen(path: Path, folder: Path, *, subject: str, seconds: float, scratch: Path) -> Seen:
    """Every page as it is seen, small and grey; the pictures lie in `folder`, which is empty. Raises ToolFailed,
    ToolCrashed, ToolTimedOut."""
    arguments = ["pdftoppm", "-gray", "-scale-to", str(_SMALL), str(path), str(folder / "page")]
    ran = run(arguments, subject=subject, seconds=seconds, scratch=scratch)
    pictures = [picture.read_bytes() for picture in sorted(folder.iterdir())]
    return Seen(
        pages=tuple(hashlib.sha256(picture).hexdigest() for picture in pictures),
        blank=all(len(set(picture[_PGM_HEAD:])) <= 1 for picture in pictures),
        complained=bool(ran.stderr.strip()),
    )


def small_pages(path: Path, folder: Path, *, first: int, last: int, side: int, subject: str) -> tuple[Path, ...]:
    """The pages from `first` to `last`, from 1, as pictures (PPM) in the folder, `side` pixels long. Raises ToolFailed,
    ToolCrashed, ToolTimedOut."""
    arguments = ["pdftoppm", "-q", "-scale-to", str(side), "-f", str(first), "-l", str(last)]
    seconds = _SECONDS * (last - first + 1)
    run([*arguments, str(path), str(folder / "page")], subject=subject, seconds=seconds, scratch=folder)
    return tuple(sorted(folder.glob("page-*.ppm")))
