"""Catalogues as CSV: which encoding, which separator, then rows of text."""

import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice

from pipeline.codecs._table import HEADER_WITHIN, Row, Table, TableRefused
from pipeline.domain.findings import finding
from pipeline.domain.messages import word

_SEPARATORS = (",", "\t", ";", "，")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARK = b"\xff\xfe\0\0"
_FIELD_LIMIT = 1 << 20


def csv_table(data: bytes, *, name: str, score: Callable[[tuple[str, ...]], int]) -> Table:
    """The table in `data`. `score` says how many cells of a row are headers we know; it settles the separator.

    UTF-8 with or without its mark, UTF-16 with its mark, else GB18030, each strictly. What fits none is
    refused with a finding `catalogue_encoding`; nothing is guessed. A quote that is not closed, or not
    doubled inside a quoted cell, ends the reading with `catalogue_unreadable` at its row.
    """
    text = _decoded(data, name)
    best = max(_SEPARATORS, key=lambda s: _score(text, s, score))
    table = Table(name=name, rows=iter(()))
    table.rows = _rows(text, best, table)
    return table


def _decoded(data: bytes, name: str) -> str:
    if data.startswith(_UTF16_MARKS) and not data.startswith(_UTF32_MARK):
        return _strictly(data, "utf-16", name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030", name)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise TableRefused(
            finding("catalogue_encoding", name, row=row, offset=error.start, guess=likely_encoding(data))
        ) from error
    return text


def likely_encoding(data: bytes) -> str:
    """What a detector takes the bytes for, as a hint to a person and never to decode by; or an empty string."""
    from charset_normalizer import from_bytes  # takes a quarter of a second to import, wanted only for this hint

    best = from_bytes(data[: 1 << 16]).best()
    return best.encoding if best else ""


def _score(text: str, separator: str, score: Callable[[tuple[str, ...]], int]) -> int:
    table = Table(name="", rows=iter(()))
    return max((score(cells) for _, cells in islice(_rows(text, separator, table), HEADER_WITHIN)), default=0)


def _rows(text: str, separator: str, table: Table) -> Iterator[Row]:
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, tuple(cell.strip() for cell in cells)
    except csv.Error as error:
        table.findings.append(
            finding(
                "catalogue_unreadable", table.name, row=number + 1, reason=word("csv", str(error), shown=str(error))
            )
        )
