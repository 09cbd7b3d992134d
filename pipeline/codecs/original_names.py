"""`metadata/original-names.csv`: the depositor's file names, byte for byte, beside their package paths.

For a spreadsheet (UTF-8 with its mark, comma, CRLF: RFC 4180) and for a program: the second column is for reading,
the third alone counts. It holds the bytes as pairs of hexadecimal digits with blanks between them, for a spreadsheet
would make a number of `3030` and of `1E10`.
"""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.domain.messages import message, why
from pipeline.domain.names import OriginalName
from pipeline.errors import SourceError

HEADER = ("包内路径", "原文件名（显示）", "原文件名字节（十六进制）")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets; an apostrophe in front makes it text."""


def write_original_names(names: Iterable[tuple[str, OriginalName]], write: Callable[[bytes], object]) -> None:
    """Writes (package path, name) in the order given."""
    write(codecs.BOM_UTF8)
    rows = csv.writer(_Encoded(write), lineterminator="\r\n")
    rows.writerow(HEADER)
    rows.writerows((path, _cell(name.display), name.raw.hex(" ")) for path, name in names)


class _Encoded:
    """What `csv` writes to."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, text: str) -> None:
        self._write(text.encode("utf-8"))


def _cell(display: str) -> str:
    return f"'{display}" if display.startswith(_FORMULA_STARTS) else display


def read_original_names(path: Path) -> Iterator[tuple[str, OriginalName]]:
    """(package path, name) in order. Raises SourceError naming the row that is wrong."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, strict=True)
        try:
            if tuple(next(rows, ())) != HEADER:
                raise SourceError(
                    message("document_not_read", path=path.name, reason=message("first_row", columns="、".join(HEADER)))
                )
            for row in rows:
                place, _, written = row
                yield place, OriginalName.of(bytes.fromhex(written))
        except (ValueError, csv.Error) as error:
            raise SourceError(message("row_not_read", path=path.name, row=rows.line_num, reason=why(error))) from error
