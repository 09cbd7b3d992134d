"""Catalogues as CSV: which encoding, which separator, then rows of text."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from pipeline.codecs._table import HEADER_WITHIN, Row, Table, TableRefused
from pipeline.codecs.gb18030_2022 import decode_gb18030
from pipeline.domain.findings import finding
from pipeline.domain.messages import word

_SEPARATORS = (",", "\t", ";", "，")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARK = b"\xff\xfe\0\0"
_FIELD_LIMIT = 1 << 20
_AS_TEXT = re.compile(r'^="(?P<text>[^"]*)"$')
_BARE_QUOTE = re.compile(r"^'(?P<text>[^']+)$")
"""What exports write so that a spreadsheet does not make a number of a code; neither was typed by anybody."""


def csv_table(data: bytes, *, name: str, score: Callable[[tuple[str, ...]], int]) -> Table:
    """The table in `data`. `score` says how many cells of a row are headers we know; it settles the separator.

    UTF-8 with or without its mark, UTF-16 with its mark or told by its zeros, else GB 18030-2022, each strictly. What
    fits none is refused with a finding `catalogue_encoding`; nothing is guessed. A quote that is not closed, or not
    doubled inside a quoted cell, ends the reading with `catalogue_unreadable` at its row. `="001"` and `'001` are read
    as 001.
    """
    text = _decoded(data, name).removeprefix("\ufeff")  # the mark of GB 18030, 84 31 95 33
    best = max(_SEPARATORS, key=lambda s: _score(text, s, score))
    table = Table(name=name, rows=iter(()))
    table.rows = _rows(text, best, table)
    return table


def _decoded(data: bytes, name: str) -> str:
    if data.startswith(_UTF16_MARKS) and not data.startswith(_UTF32_MARK):
        return _strictly(data, lambda: data.decode("utf-16"), name)
    unmarked = _utf16_without_mark(data)
    if unmarked:
        return _strictly(data, lambda: data.decode(unmarked), name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _strictly(data, lambda: decode_gb18030(data), name)


def _utf16_without_mark(data: bytes) -> str:
    """Which UTF-16 it is, told by the zeros that its digits and separators have on one side; an empty string where it
    is none. Text in UTF-8 or GB 18030 holds no zeros."""
    head = data[: 1 << 12]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(data) % 2 or 10 * (even + odd) < len(head) or 4 * min(even, odd) > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _strictly(data: bytes, decode: Callable[[], str], name: str) -> str:
    try:
        return decode()
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise TableRefused(
            finding("catalogue_encoding", name, row=row, offset=error.start, guess=likely_encoding(data))
        ) from error


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
            yield number, tuple(map(_as_seen, cells))
    except csv.Error as error:
        table.findings.append(
            finding(
                "catalogue_unreadable", table.name, row=number + 1, reason=word("csv", str(error), shown=str(error))
            )
        )


def _as_seen(cell: str) -> str:
    plain = cell.strip()
    if not plain.startswith(("=", "'")):
        return plain
    match = _AS_TEXT.match(plain) or _BARE_QUOTE.match(plain)
    return match["text"].strip() if match else plain
