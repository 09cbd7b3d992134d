"""Catalogues as people make them: CSV text in any encoding, Excel workbooks with any cell."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = ("档号", "题名", "责任者", "日期", "保管期限", "页数")
ROW = ("K021-WS·2020·Y-0001", "关于脱贫攻坚的通知", "某县扶贫开发办公室", "20200110", "永久", "2")


def csv_bytes(rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Plain rows, no quoting: cells must not hold the separator."""
    return "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)


def workbook(
    path: Path, rows: Iterable[Sequence[object]], *, change: Callable[[Workbook, Worksheet], None] | None = None
) -> Path:
    """A workbook of one sheet; `change` may do anything to it before it is saved."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(book, sheet)
    book.save(path)
    return path


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The same zip file with each part passed through `change(name, bytes)`."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return path
