"""What is odd about the frame of a PDF, though viewers open it: before its header, behind its end, in its table.

Source: ISO 32000-1, 7.5 (header, cross-reference table, trailer) and annex H.3 (what viewers put up with). No library
tells of these: QPDF passes over them in silence.
"""

import os
import re
from pathlib import Path

from pipeline.domain.messages import Message, message

_HEADER = b"%PDF-"
HEADER_WITHIN = 1024
"""Bytes among which viewers look for the header."""
_END_WITHIN = 1024
_TAIL = 4096
_START = re.compile(rb"startxref\s+(\d{1,15})")
_SECTION = re.compile(rb"xref[ \t]*\r?\n?\r?(\d+)[ \t]+(\d+)[ \t]*(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"\d{10} \d{5} [nf](?: \r| \n|\r\n)")
_ENTRY_BYTES = 20
_LOOKED_AT = 2**16


def header_at(head: bytes) -> int:
    """At which byte the header begins, -1 where there is none among the first `HEADER_WITHIN`."""
    return head[:HEADER_WITHIN].find(_HEADER)


def is_late_pdf(path: Path) -> bool:
    """Whether it is a PDF that does not begin with its header: one begins a line near its start, and the end says where
    the table lies. Identifiers that look at the first bytes alone do not know it."""
    with path.open("rb") as file:
        head = file.read(HEADER_WITHIN)
        at = header_at(head)
        if at <= 0 or head[at - 1 : at] not in {b"\n", b"\r", b"\0", b"\xbf"}:
            return False
        file.seek(max(file.seek(0, os.SEEK_END) - _TAIL, 0))
        return _START.search(file.read()) is not None


def oddities(path: Path) -> tuple[Message, ...]:
    """What does not stand as it should; empty where all does."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(HEADER_WITHIN)
        file.seek(max(size - _TAIL, 0))
        tail = file.read()
        starts = _START.findall(tail)
        file.seek(int(starts[-1]) if starts else size)
        table = file.read(_LOOKED_AT)
    found: list[Message] = []
    if header_at(head) > 0:
        found.append(message("pdf_header_late", byte=header_at(head)))
    if b"%%EOF" not in tail[-_END_WITHIN:]:
        found.append(message("pdf_end_mark_missing"))
    if _entries_odd(table):
        found.append(message("pdf_table_odd"))
    return tuple(found)


def _entries_odd(table: bytes) -> bool:
    """Whether the first entries of a table are not of twenty bytes each."""
    section = _SECTION.match(table)
    if section is None:
        return False
    entries = table[section.end() :]
    many = min(int(section[2]), len(entries) // _ENTRY_BYTES)
    return any(not _ENTRY.match(entries, at * _ENTRY_BYTES) for at in range(many))
