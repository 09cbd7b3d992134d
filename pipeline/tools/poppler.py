"""Poppler: the text of a PDF, as a reader would copy it out of it."""

from functools import cache
from pathlib import Path

from pipeline.tools.run import run

_SECONDS = 120.0


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
