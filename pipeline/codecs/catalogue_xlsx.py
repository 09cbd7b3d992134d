"""Catalogues as Excel workbooks (.xlsx, .xlsm, strict or not), read as a stream and taken for hostile.

Source: ECMA-376-1, 18 (SpreadsheetML); 22.9.2.19 (ST_Xstring) for `_x000D_`.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from pipeline.codecs._sheet import LAST_COLUMN, LAST_ROW, Merges, Unseen, column_letters, left_out, place, without_value
from pipeline.codecs._table import Row, Table, TableRefused
from pipeline.codecs._zipped import Zipped
from pipeline.codecs.number_formats import BUILT_IN, GENERAL, general, shown, shown_text
from pipeline.domain.findings import finding
from pipeline.domain.messages import Invalid, Message, message, told_by_program
from pipeline.errors import SourceError
from pipeline.tools.xml_parts import Element, attribute, elements, local

_BROKEN = (EOFError, LookupError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)
"""What zipfile raises on broken archives, and what a workbook that contradicts itself leads to."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}:\d{2}))?(?:\.\d+)?Z?")
_WORKBOOK = re.compile(r"spreadsheetml\.(?:sheet|template)\.main|ms-excel\.(?:sheet|template)\.macroEnabled\.main")
_HIDDEN = {"1", "true"}


class _Sheet(NamedTuple):
    """A sheet as the workbook lists it: its name, whether its reader sees it, its part."""

    name: str
    visible: bool
    part: str


class _Styles(NamedTuple):
    """What the cells refer to: formats by style, texts by number, whether days count from 1904."""

    formats: list[str]
    texts: list[str]
    since_1904: bool


def xlsx_tables(data: bytes, *, name: str, max_bytes: int) -> Iterator[Table]:
    """The visible sheets, in order. `max_bytes` bounds what the file may unpack to, four times over.

    Cells are what the typist saw, see `number_formats`; vertically merged cells repeat their value in each row. A
    formula that was saved without its value, and a cell that holds an error, make a finding `cell_without_value` and an
    empty cell. Hidden rows and columns are read and told, hidden sheets and comments passed over and told.
    Raises TableRefused with `catalogue_unreadable`.
    """
    try:
        with Zipped(data, name) as book:
            book.refuse_hostile(4 * max_bytes, streamed=_is_streamed)
            yield from _tables(book, name)
    except (*_BROKEN, SourceError) as error:
        raise TableRefused(finding("catalogue_unreadable", name, reason=_reason(error))) from error


def _is_streamed(part: str) -> bool:
    return "/worksheets/" in part or "sharedstrings" in part.lower() or "/comments" in part


def _tables(book: Zipped, name: str) -> Iterator[Table]:
    workbook = _workbook_part(book)
    related = _related(book, workbook)
    sheets, since_1904 = _sheets(book, workbook, related)
    parts = dict(related.values())
    texts = list(_texts(book, parts["sharedStrings"])) if parts.get("sharedStrings", "") in book else []
    formats = _formats(book, parts["styles"]) if parts.get("styles", "") in book else []
    styles = _Styles(formats, texts, since_1904)
    hidden = [sheet.name for sheet in sheets if not sheet.visible and sheet.part in book and _has_cells(book, sheet)]
    if hidden:
        yield Table(name="", rows=iter(()), findings=[left_out(name, hidden)])
    for sheet in sheets:
        if sheet.visible and sheet.part in book:
            table = Table(name=sheet.name, rows=iter(()))
            table.rows = _Rows(partial(_read, book, sheet, styles, table, name), name)
            yield table


class _Rows(Iterator[Row]):
    """The rows of one sheet; nothing is read before the first is asked for."""

    def __init__(self, read: Callable[[], Iterator[Row]], name: str) -> None:
        self._read, self._name = read, name
        self._rows: Iterator[Row] | None = None

    def __next__(self) -> Row:
        if self._rows is None:
            self._rows = self._read()
        try:
            return next(self._rows)
        except (*_BROKEN, SourceError) as error:
            raise TableRefused(finding("catalogue_unreadable", self._name, reason=_reason(error))) from error


def _workbook_part(book: Zipped) -> str:
    """The part that lists the sheets. Invalid where the zip is another document, or a binary workbook."""
    kinds = {}
    with book.open("[Content_Types].xml") as part:
        for _, each in elements(part, "[Content_Types].xml", ends=("Override",)):
            kinds[attribute(each, "PartName").lstrip("/")] = attribute(each, "ContentType")
    if any("sheet.binary" in kind for kind in kinds.values()):
        raise Invalid(message("binary_workbook"))
    found = next((name for name, kind in kinds.items() if _WORKBOOK.search(kind)), "")
    if found not in book:
        raise Invalid(message("no_xlsx_workbook"))
    return found


def _related(book: Zipped, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: identifier → kind (`worksheet`, `styles`, `comments`) and part."""
    folder, _, last = part.rpartition("/")
    listing = f"{folder}/_rels/{last}.rels".lstrip("/")
    out: dict[str, tuple[str, str]] = {}
    if listing in book:
        with book.open(listing) as source:
            for _, each in elements(source, listing, ends=("Relationship",)):
                target = attribute(each, "Target").replace("\\", "/")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                out[attribute(each, "Id")] = attribute(each, "Type").rpartition("/")[2], whole
    return out


def _sheets(book: Zipped, workbook: str, related: dict[str, tuple[str, str]]) -> tuple[list[_Sheet], bool]:
    sheets, since_1904 = [], False
    with book.open(workbook) as part:
        for _, each in elements(part, workbook, ends=("sheet", "workbookPr")):
            if local(each) == "workbookPr":
                since_1904 = attribute(each, "date1904") in _HIDDEN
                continue
            identifier = next((str(v) for key, v in each.attrib.items() if str(key).endswith("}id")), "")
            kind, target = related.get(identifier, ("", ""))
            if kind == "worksheet":
                visible = attribute(each, "state", "visible") == "visible"
                sheets.append(_Sheet(attribute(each, "name"), visible, target))
    return sheets, since_1904


def _formats(book: Zipped, styles: str) -> list[str]:
    """The number format of each cell style."""
    named: dict[int, str] = {}
    numbers: list[int] = []
    with book.open(styles) as part:
        for _, each in elements(part, styles, ends=("numFmt", "xf")):
            parent = each.getparent()
            if local(each) == "numFmt":
                named.setdefault(int(attribute(each, "numFmtId")), attribute(each, "formatCode"))
            elif parent is not None and local(parent) == "cellXfs":
                numbers.append(int(attribute(each, "numFmtId", "0")))
    return [named.get(number) or BUILT_IN.get(number, GENERAL) for number in numbers]


def _texts(book: Zipped, shared: str) -> Iterator[str]:
    with book.open(shared) as part:
        for _, each in elements(part, shared, ends=("si",)):
            yield _rich(each)


def _rich(element: Element) -> str:
    """The text of a string, its runs put together; readings of characters (rPh) are no part of it."""
    out: list[str] = []
    for child in element:
        kind = local(child)
        if kind == "t":
            out.append(child.text or "")
        elif kind == "r":
            out += [run.text or "" for run in child if local(run) == "t"]
    return _unescaped("".join(out))


def _unescaped(text: str) -> str:
    """`_x000D_` is a carriage return, `_x005F_` the underscore that keeps another from being one."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    joined = plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if plain != text else plain
    return joined.replace("\r\n", "\n").replace("\r", "\n")


def _has_cells(book: Zipped, sheet: _Sheet) -> bool:
    with book.open(sheet.part) as part:
        return any(len(each) > 0 for _, each in elements(part, sheet.part, ends=("row",)))


def _read(book: Zipped, sheet: _Sheet, styles: _Styles, table: Table, name: str) -> Iterator[Row]:
    merges, unseen, last = Merges(), Unseen(), 0
    _look_ahead(book, sheet, merges, unseen)
    with book.open(sheet.part) as part:
        for _, row in elements(part, sheet.part, ends=("row",)):
            last = number = int(row.get("r") or last + 1)
            if not 1 <= number <= LAST_ROW:
                raise Invalid(message("row_beyond_sheet", number=number))
            if not len(row) and not merges.running:
                continue  # blank rows come by the hundred thousand, and say nothing
            texts = _cells(row, number, styles, table, name)
            if row.get("hidden") in _HIDDEN and any(texts):
                unseen.rows.append(number)
            merges.fill(number, texts)
            yield number, tuple(texts)
    table.findings += unseen.told(name, sheet.name)


def _look_ahead(book: Zipped, sheet: _Sheet, merges: Merges, unseen: Unseen) -> None:
    """Merged ranges stand behind the rows that they fill; hidden columns and comments are found on the way."""
    with book.open(sheet.part) as part:
        for _, each in elements(part, sheet.part, ends=("row", "mergeCell", "col")):
            kind = local(each)
            if kind == "mergeCell":
                merges.add_reference(attribute(each, "ref"))
            elif kind == "col" and each.get("hidden") in _HIDDEN:
                first, last = int(attribute(each, "min")), min(int(attribute(each, "max")), LAST_COLUMN)
                if last < LAST_COLUMN:  # what is hidden to the edge holds nothing
                    unseen.columns += [column_letters(number) for number in range(first, last + 1)]
    for kind, target in _related(book, sheet.part).values():
        if kind == "comments" and target in book:
            with book.open(target) as part:
                unseen.comments += sum(1 for _ in elements(part, target, ends=("comment",)))


def _cells(row: Element, number: int, styles: _Styles, table: Table, name: str) -> list[str]:
    texts: list[str] = []
    column = 0
    for cell in row:
        if local(cell) != "c":
            continue
        reference = cell.get("r")
        column = place(reference)[0] if reference else column + 1
        if column > LAST_COLUMN:
            raise Invalid(message("row_beyond_sheet", number=number))
        text, lost = _cell(cell, styles)
        if lost:
            table.findings.append(without_value(name, number, column, lost))
        if column > len(texts):
            texts.extend([""] * (column - len(texts)))
        texts[column - 1] = text.strip()
    return texts


def _cell(cell: Element, styles: _Styles) -> tuple[str, str]:
    """The text of a cell, and what stands there instead of a value: a formula or an error."""
    value, formula, inline = None, None, ""
    for child in cell:
        match local(child):
            case "v":
                value = child.text
            case "f":
                formula = child.text or ""
            case "is":
                inline = _rich(child)
    kind, style = cell.get("t", "n"), int(cell.get("s") or 0)
    code = styles.formats[style] if style < len(styles.formats) else GENERAL
    if kind == "inlineStr":
        return shown_text(inline, code), ""
    if value is None:
        return "", f"={formula}" if formula is not None and kind != "str" else ""
    match kind:
        case "s":
            return shown_text(styles.texts[int(value)], code), ""
        case "str":
            return shown_text(_unescaped(value), code), ""
        case "e":
            return "", value
        case "b":
            return ("TRUE" if value.strip() == "1" else "FALSE"), ""
        case "d":
            return _from_iso(value), ""
        case _:
            return _number(value, code, styles.since_1904), ""


def _number(value: str, code: str, since_1904: bool) -> str:
    number = float(value)
    if code == GENERAL:
        return general(number)
    return shown(number, code, since_1904=since_1904)


def _from_iso(value: str) -> str:
    match = _ISO.fullmatch(value.strip())
    if match is None:
        return value
    return "".join(match.group(1, 2, 3)) + (f" {match[4]}" if match[4] and match[4] != "00:00:00" else "")


def _reason(error: BaseException) -> Message:
    if isinstance(error, zipfile.BadZipFile):
        return message("no_xlsx_workbook")
    if isinstance(error, Invalid | SourceError):
        return error.message
    return told_by_program(f"{type(error).__name__}: {error}"[:200])
