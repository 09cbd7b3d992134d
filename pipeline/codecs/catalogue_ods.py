"""Catalogues as OpenDocument spreadsheets (.ods of LibreOffice and WPS), read as a stream and taken for hostile.

The text that a cell shows is saved beside its value, so a code drawn by a number format stands there as it was seen.
Source: OpenDocument 1.3, part 3, 9 (tables) and 19.385 (office:value-type).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator

from pipeline.codecs._sheet import LAST_COLUMN, LAST_ROW, Merge, Merges, Unseen, column_letters, left_out, without_value
from pipeline.codecs._table import Row, Table, TableRefused
from pipeline.codecs._zipped import Zipped
from pipeline.codecs.number_formats import general
from pipeline.domain.findings import finding
from pipeline.domain.messages import Invalid, Message, message, told_by_program
from pipeline.errors import SourceError
from pipeline.tools.xml_parts import Element, attribute, elements, local

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_CONTENT = "content.xml"
_BROKEN = (EOFError, LookupError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)
_DATE = re.compile(r"(-?\d{4,})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}:\d{2}))?(?:[.,]\d+)?")
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_NOT_SEEN = {"annotation", "annotation-end", "note", "tracked-changes"}
_ERROR = re.compile(r"#[A-Z/0!?]+[!?]?|Err:\d{3}|#NAME\?|#N/A")
_Events = Iterator[tuple[str, Element]]


def ods_tables(data: bytes, *, name: str, max_bytes: int) -> Iterator[Table]:
    """The visible sheets, in order, as `catalogue_xlsx.xlsx_tables` has them. Raises TableRefused."""
    try:
        with Zipped(data, name) as book:
            book.refuse_hostile(4 * max_bytes, streamed=lambda part: part == _CONTENT)
            if _is_locked(book):
                raise Invalid(message("has_password"))
            with book.open(_CONTENT) as part:
                wanted = ("table-row", "table-column", "style", "table")
                yield from _tables(elements(part, _CONTENT, ends=wanted, starts=("table",)), name)
    except (*_BROKEN, SourceError) as error:
        raise TableRefused(finding("catalogue_unreadable", name, reason=_reason(error))) from error


def _is_locked(book: Zipped) -> bool:
    if "META-INF/manifest.xml" not in book:
        return False
    with book.open("META-INF/manifest.xml") as part:
        return any(True for _ in elements(part, "manifest.xml", ends=("encryption-data",)))


def _tables(events: _Events, name: str) -> Iterator[Table]:
    hidden_styles: set[str] = set()
    left: list[str] = []
    for event, each in events:
        if local(each) == "style" and _is_hidden_style(each):
            hidden_styles.add(attribute(each, "name"))
        elif event == "start":
            title = attribute(each, "name")
            table = Table(name=title, rows=iter(()))
            table.rows = _guarded(_rows(events, table, name), name)
            if attribute(each, "style-name") in hidden_styles:
                left += [title] * any(any(cells) for _, cells in table.rows)
            else:
                yield table
            for _ in table.rows:  # whoever asked for the first rows only has left the others
                pass
    if left:
        yield Table(name="", rows=iter(()), findings=[left_out(name, left)])


def _is_hidden_style(style: Element) -> bool:
    return any(local(each) == "table-properties" and attribute(each, "display") == "false" for each in style)


def _guarded(rows: Iterator[Row], name: str) -> Iterator[Row]:
    try:
        yield from rows
    except (*_BROKEN, SourceError) as error:
        raise TableRefused(finding("catalogue_unreadable", name, reason=_reason(error))) from error


def _rows(events: _Events, table: Table, name: str) -> Iterator[Row]:
    """Rows until the table ends."""
    merges, unseen = Merges(), Unseen()
    number = column = 0
    for event, each in events:
        kind = local(each)
        if kind == "table" and event == "end":
            break
        if kind == "table-column":
            times = _times(each, "number-columns-repeated", LAST_COLUMN)
            if _is_hidden(each) and column + times < LAST_COLUMN // 2:
                unseen.columns += [column_letters(column + at + 1) for at in range(min(times, 100))]
            column += times
        elif kind == "table-row":
            times = _times(each, "number-rows-repeated", LAST_ROW)
            texts = _cells(each, number + 1, merges, unseen, table, name)
            for at in range(times if any(texts) or merges.running else 0):
                if number + at + 1 > LAST_ROW:
                    raise Invalid(message("row_beyond_sheet", number=number + at + 1))
                if _is_hidden(each) and any(texts):
                    unseen.rows.append(number + at + 1)
                filled = list(texts)
                merges.fill(number + at + 1, filled)
                if not any(filled):
                    break
                yield number + at + 1, tuple(filled)
            number += times
    table.findings += unseen.told(name, table.name)


def _is_hidden(element: Element) -> bool:
    return attribute(element, "visibility") in {"collapse", "filter"}


def _times(element: Element, name: str, most: int) -> int:
    return max(1, min(int(attribute(element, name, "1")), most))


def _cells(row: Element, number: int, merges: Merges, unseen: Unseen, table: Table, name: str) -> list[str]:
    texts: list[str] = []
    for cell in row:
        if local(cell) not in {"table-cell", "covered-table-cell"}:
            continue
        times = _times(cell, "number-columns-repeated", LAST_COLUMN)
        unseen.comments += sum(1 for each in cell if local(each) == "annotation")
        text, lost = _cell(cell)
        if lost:
            table.findings.append(without_value(name, number, len(texts) + 1, lost))
        below = _times(cell, "number-rows-spanned", LAST_ROW)
        if below > 1:
            beside = _times(cell, "number-columns-spanned", LAST_COLUMN)
            merges.add(Merge(len(texts) + 1, number, len(texts) + beside, min(number + below - 1, LAST_ROW)))
        if len(texts) + times > LAST_COLUMN and not text:
            break
        texts += [text] * min(times, LAST_COLUMN - len(texts))
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _cell(cell: Element) -> tuple[str, str]:
    """The text of a cell, and the error or formula that stands there instead of a value."""
    text = "\n".join(_text(each) for each in cell if local(each) == "p").strip()
    kind = attribute(cell, "value-type")
    if cell.get("{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type") == "error":
        return "", text or attribute(cell, "formula")
    match kind:
        case "float" | "currency" | "percentage":
            return _number(float(attribute(cell, "value")), text), ""
        case "date":
            return _date(attribute(cell, "date-value")) or text, ""
        case "time":
            return _time(attribute(cell, "time-value")) or text, ""
        case "boolean":
            return attribute(cell, "boolean-value").upper(), ""
        case "string" if _ERROR.fullmatch(text) and attribute(cell, "formula"):
            return "", text
    if not kind and not text and attribute(cell, "formula"):
        return "", attribute(cell, "formula")
    return text or attribute(cell, "string-value").strip(), ""


def _text(element: Element) -> str:
    """The text of a paragraph as it is seen; comments and notes stand beside it."""
    out = [element.text or ""]
    for child in element:
        match local(child):
            case "s":
                out.append(" " * _times(child, "c", 1000))
            case "tab":
                out.append("\t")
            case "line-break":
                out.append("\n")
            case "ruby":
                out += [_text(each) for each in child if local(each) == "ruby-base"]
            case kind if kind not in _NOT_SEEN:
                out.append(_text(child))
        out.append(child.tail or "")
    return "".join(out)


def _number(value: float, text: str) -> str:
    """What is shown, where that says more than the number: zeros before it, a text around it, a per cent sign."""
    if any(char.isalpha() or char == "%" for char in text) and "E+" not in text and "E-" not in text:
        return text
    return (
        text if re.fullmatch(r"0\d[\d-]*", text) or re.fullmatch(r"[\d-]*-[\d-]+", text.lstrip("-")) else general(value)
    )


def _date(value: str) -> str:
    match = _DATE.fullmatch(value)
    if match is None:
        return ""
    return f"{match[1]}{match[2]}{match[3]}" + (f" {match[4]}" if match[4] and match[4] != "00:00:00" else "")


def _time(value: str) -> str:
    match = _TIME.fullmatch(value)
    return f"{int(match[1]):02d}:{int(match[2]):02d}:{int(match[3]):02d}" if match else ""


def _reason(error: BaseException) -> Message:
    if isinstance(error, Invalid | SourceError):
        return error.message
    return told_by_program(f"{type(error).__name__}: {error}"[:200])
