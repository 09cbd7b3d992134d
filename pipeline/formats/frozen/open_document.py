"""OpenDocument (.odt, .ods, .odp): fields become their text, formulas their values.

Source: OpenDocument 1.3, part 3, 7 (text fields), 9.1.4 (cells), 10.9.3 (fields of presentations), 16 (styles).
"""

from pathlib import Path

from pipeline.formats.frozen.open_sheet import CELLS, Places
from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.sheet_xml import VOLATILE
from pipeline.tools import zips
from pipeline.tools.xml_edit import Cuts, Element, as_utf8, walked

_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_PLAIN = {
    "date", "time", "file-name", "template-name", "author-name", "author-initials", "sender-firstname",
    "sender-lastname", "sender-initials", "sender-title", "sender-position", "sender-email",
    "sender-phone-private", "sender-fax", "sender-company", "sender-phone-work", "sender-street", "sender-city",
    "sender-postal-code", "sender-country", "sender-state-or-province", "title", "subject", "keywords",
    "description", "user-defined", "initial-creator", "creator", "creation-date", "creation-time",
    "modification-date", "modification-time", "print-date", "print-time", "printed-by", "editing-cycles",
    "editing-duration", "page-count", "paragraph-count", "word-count", "character-count", "table-count",
    "image-count", "object-count", "variable-get", "variable-set", "variable-input", "user-field-get",
    "user-field-input", "sequence", "sequence-ref", "expression", "text-input", "conditional-text",
    "reference-ref", "bookmark-ref", "note-ref", "database-display", "database-name", "database-row-number",
    "dde-connection", "measure", "table-formula", "page-variable-get", "meta-field", "execute-macro",
}  # fmt: skip
"""Fields whose text is stored; where they stand in a sheet's header it is a placeholder."""
_BY_PAGE = {"page-number", "chapter", "page-continuation", "sheet-name"}
"""In headers and footers one stored text stands for all pages."""
_OF_THE_HOUR = {"date", "time", "file-name", "template-name", "title"}
_OUT = {
    "section-source", "dde-connection-decl", "dde-source", "script", "table-source", "cell-range-source", "dde-link",
    "data-pilot-tables", "scenario",
}  # fmt: skip
_HEADERS = {
    "header", "footer", "header-left", "footer-left", "header-first", "footer-first",
    "region-left", "region-center", "region-right",
}  # fmt: skip
_ASIDE = {"annotation", "tracked-changes", "notes", "placeholder"}
"""What a copy does not show: LibreOffice leaves requests to fill something in out of a PDF."""
_HIDDEN = {"collapse", "filter"}
_INSIDE = ("./", "Pictures/", "Object", "media/", "#")
_SHAPES = {"image", "plugin", "object", "object-ole", "floating-frame"}


class OpenDocumentJudge:
    """Judges content and styles, all parts of one document after another."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._spreadsheet = False
        self._styles_off: set[str] = set()
        self._style = ""
        self._aside = 0
        self._masters: set[str] = set()
        self._master = ""
        self._places = Places()
        self._off = 0
        self._said_outside = False
        self.in_styles = False

    def opens(self, element: Element) -> None:
        """Where we are: a style, a sheet, a slide, a row, a note."""
        name = element.local
        if name == "spreadsheet":
            self._spreadsheet = True
        elif name == "style":
            self._style = element.get("name")
        elif name == "master-page":
            self._master = element.get("name")
        elif name in {"table-properties", "drawing-page-properties"}:
            if element.get("display") == "false" or element.get("visibility") == "hidden":
                self._styles_off.add(self._style)
        elif name in _ASIDE:
            self._aside += 1
            self._seen.comments += name == "annotation"
        elif name == "changed-region":
            self._seen.changes += 1
        elif name in {"p", "h", "page"}:
            self._say("\n")
        if self._spreadsheet:
            self._places.opens(element)
        self._part(element)

    def _part(self, element: Element) -> None:
        name = element.local
        if name == "table" and self._spreadsheet:
            if element.get("style-name") in self._styles_off:
                self._off += 1
                self._seen.hidden_sheets.append(self._places.name)
        elif name == "page" and element.get("style-name") in self._styles_off:
            self._off += 1
            self._seen.hidden_slides.append(element.get("name"))
        elif name == "table-row" and element.get("visibility") in _HIDDEN:
            self._off += 1
            self._seen.hidden_rows += _repeated(element, "number-rows-repeated")
        elif name == "table-column" and element.get("visibility") in _HIDDEN:
            self._seen.hidden_columns += _repeated(element, "number-columns-repeated")
        elif name in _SHAPES:
            target = element.get("href")
            if target and not target.startswith(_INSIDE) and (":" in target or target.startswith(("/", "../"))):
                self._seen.linked[target] = None
            self._seen.media += name == "plugin"

    def _is_off(self, element: Element) -> bool:
        """Whether a sheet, slide or row that ends is one that is not shown."""
        if element.local == "table-row":
            return element.get("visibility") in _HIDDEN
        if element.local == "page" or (element.local == "table" and self._spreadsheet):
            return element.get("style-name") in self._styles_off
        return False

    def text(self, element: Element, text: str) -> None:
        """What is shown."""
        if not element.inside("meta", "font-face-decls") and element.local not in {"binary-data", "script"}:
            self._say(text)

    def _say(self, text: str) -> None:
        if self._places.outside and not self._off:
            self._said_outside = self._said_outside or not text.isspace()
        elif not self._aside and not self._off:
            (self._seen.margins if self.in_styles else self._seen.text).append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """Fields, formulas, links, conditions."""
        name = element.local
        if self._spreadsheet:
            self._seen.outside.update([self._places.name] if name in CELLS and self._said_outside else [])
            self._said_outside = self._said_outside and name not in CELLS
            self._places.closes(element)
        if name in _ASIDE:
            self._aside -= 1
        elif self._is_off(element):
            self._off -= 1
        elif name in _OUT:
            cuts.whole(element)
        elif element.namespace == _TEXT:
            self._field(element, cuts)
        elif name in CELLS and element.get("formula"):
            self._formula(element, cuts)
        elif name == "date-time-decl" and element.get("source") == "current-date":
            cuts.attribute(element, "source", "fixed")
            self._seen.unsaved["date-time"] += 1
        else:
            self._condition(element, cuts)

    def _field(self, element: Element, cuts: Cuts) -> None:
        name = element.local
        in_header = element.inside(*_HEADERS) or (self.in_styles and not element.inside("style"))
        if name in _BY_PAGE:
            if not in_header and not self._spreadsheet and not element.inside("page", "master-page"):
                cuts.tags(element)
        elif name in _PLAIN:
            self._plain(element, cuts, in_header)
        elif name in {"hidden-paragraph", "hidden-text"}:
            hidden = element.get("is-hidden") == "true"
            self._seen.hidden_text += hidden
            cuts.attribute(element, "condition", "ooow:TRUE" if hidden else "ooow:FALSE")
        elif name == "section" and element.get("display") == "condition":
            hidden = element.get("is-hidden") == "true"
            self._seen.hidden_text += hidden
            cuts.attribute(element, "display", "none" if hidden else "true")
            cuts.attribute(element, "condition", None)

    def _plain(self, element: Element, cuts: Cuts, in_header: bool) -> None:
        name = element.local
        if element.get("display") == "none":
            cuts.whole(element)
        elif in_header and self._spreadsheet:
            cuts.whole(element)
            if self._master in self._masters and name in _OF_THE_HOUR:
                self._seen.unsaved[name] += 1
        elif element.content == element.end:
            cuts.whole(element)
            self._seen.unsaved.update([name] if name in _OF_THE_HOUR - {"title"} else [])
        else:
            cuts.tags(element)

    def _formula(self, element: Element, cuts: Cuts) -> None:
        cuts.attribute(element, "formula", None)
        if not element.get("value-type") and self._spreadsheet:
            self._seen.unsaved[self._places.name] += 1

    def _condition(self, element: Element, cuts: Cuts) -> None:
        """Colours that depend on the day they are looked at."""
        said = element.get("condition") or element.get("value")
        if (element.local in {"map", "condition"} and VOLATILE.search(said or "")) or element.local == "date-is":
            cuts.whole(element)
            self._seen.unsaved[self._places.name or element.local] += 1


def _repeated(element: Element, attribute: str) -> int:
    """How many rows or columns an element stands for; a whole rest of a sheet counts as one."""
    number = element.get(attribute, "1")
    return int(number) if number.isdigit() and int(number) < 10_000 else 1


def freeze(source: Path, target: Path) -> tuple[bool, Seen]:
    """As `package_xml.freeze`. Raises ZipUnreadable and XmlGarbled."""
    seen = Seen()
    judge = OpenDocumentJudge(seen)

    def edit(name: str, data: bytes) -> bytes:
        last = name.rpartition("/")[2]
        if last not in {"content.xml", "styles.xml"} or (b":" not in data):
            return data
        if last != name:
            return _embedded(data)
        judge.in_styles = name == "styles.xml"
        plain = as_utf8(data)
        cuts = walked(plain, judge)
        return cuts.applied() if cuts.pieces else data

    changed = zips.rewrite(source, target, edit, endings=(".xml",))
    if not changed:
        target.unlink()
    return changed, seen


def _embedded(data: bytes) -> bytes:
    """An object inside: what it says is not the document's own text."""
    plain = as_utf8(data)
    cuts = walked(plain, OpenDocumentJudge(Seen()))
    return cuts.applied() if cuts.pieces else data
