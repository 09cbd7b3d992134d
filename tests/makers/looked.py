"""A record as the checks of records are shown it: two scans that are in order, and what is changed."""

import hashlib
from dataclasses import replace
from typing import Any

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.views import RecordView
from pipeline.domain.digests import Algorithm, Digest
from pipeline.domain.findings import finding
from pipeline.domain.formats import Soundness, Verdict
from pipeline.domain.names import OriginalName
from pipeline.domain.records import IdentifiedFile, Received, ReceivedFile
from pipeline.domain.verdicts import CheckResult
from tests.makers.values import TIFF, description

SOUND = IdentifiedFile(
    path="data/original/001.tif", format=TIFF, soundness=Soundness(verdict=Verdict.SOUND, by="libvips 8.14"), pages=1
)
FILES = (SOUND, replace(SOUND, path="data/original/002.tif"))


def received(*bytes_of: bytes) -> Received:
    """The files in the workspace, with these bytes; each with its own where none are given."""
    held = bytes_of or (b"1", b"2")
    files = tuple(
        ReceivedFile(
            work_name=f"{n:04d}.tif",
            path=f"data/original/{n:03d}.tif",
            original=OriginalName.of(f"{n:03d}.tif".encode()),
            size=len(each),
            digests=(Digest(algorithm=Algorithm.SHA256, value=hashlib.sha256(each).hexdigest()),),
            modified_ns=0,
        )
        for n, each in enumerate(held, 1)
    )
    return Received(files=files, content="c" * 64)


def view(*codes: str, files: tuple[IdentifiedFile, ...] = FILES, pages: int | None = 2) -> RecordView:
    """A record of which findings of these codes were made."""
    found = tuple(finding(code, "001.tif") for code in codes)
    return RecordView(description=description(page_count=pages), files=files, found=found)


def judged(check: Check[Any, NoParameters], record: RecordView) -> CheckResult:
    """The check's result."""
    return check.judge(record, NoParameters())
