"""A catalogue's cells before anybody has asked what they mean: rows of text, from whichever file format."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.domain.findings import Finding

HEADER_WITHIN = 10
"""Rows in which the header is looked for: titles above a table are common."""

Row = tuple[int, tuple[str, ...]]
"""Row number as its reader sees it (from 1), and the cells as text, blanks at the ends removed."""


class TableRefused(Exception):
    """The file is no table we can read; `finding` says why. Never leaves `codecs`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(slots=True)
class Table:
    """One table: its rows, read as they are asked for, and what was noticed while reading them."""

    name: str
    rows: Iterator[Row]
    findings: list[Finding] = field(default_factory=list)
