"""Packages of Office Open XML (.docx, .xlsx, .pptx and their kin): each part is judged by what its root is.

Source: ECMA-376-2 (parts and relationships), ECMA-376-1, 11 to 13.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.sheet_xml import Sheet, SheetJudge, StringsJudge, WorkbookJudge
from pipeline.formats.frozen.slide_xml import SlideJudge
from pipeline.formats.frozen.word_xml import WORTH_READING, WordJudge
from pipeline.tools import zips
from pipeline.tools.xml_edit import Cuts, Element, Judge, as_utf8, walked

_ROOT = re.compile(rb"<(?!\?|!)(?:[\w.-]+:)?([\w.-]+)")
_HEAD = 8192
_FIELDS = re.compile(rb"<(?:\w+:)?fld\b.*?</(?:\w+:)?fld>", re.DOTALL)
_SAID = re.compile(rb"<(?:\w+:)?t>\s*[^<\s]")
_NOT_DRAWN = ("xl/diagrams/data", "xl/charts/chartEx", "xl/chartEx")
"""What LibreOffice 7.4 does not draw on a sheet: SmartArt, and the charts of Excel 2016."""
_PAGE_PARTS = {"hdr", "ftr"}
_BEHIND = {"sldLayout", "sldMaster", "notes", "notesMaster", "handoutMaster"}
_OUTSIDE = {"image", "video", "audio", "media", "oleObject", "subDocument", "frame", "aFChunk"}
"""Kinds of relationship whose target is shown; links to click on are not."""
_MEDIA = {"video", "audio", "media"}
_LIVE = {"pivotTable"}
"""A pivot table is worked out anew when it is loaded; its cells are stored."""
_WITH_TEXT = {"document", "footnotes", "endnotes", "hdr", "ftr"}


class _Relations:
    """Relationships of one part: targets, what lies outside the package, what is cut."""

    def __init__(self, part: str) -> None:
        self._folder = PurePosixPath(part).parent.parent
        self.targets: dict[str, str] = {}
        self.outside: dict[str, tuple[str, str]] = {}
        self.kinds: list[str] = []

    def opens(self, element: Element) -> None:
        if element.local != "Relationship":
            return
        kind, target = element.get("Type").rpartition("/")[2], element.get("Target")
        self.kinds.append(kind)
        if element.get("TargetMode") == "External":
            self.outside[element.get("Id")] = (kind, target)
        else:
            self.targets[element.get("Id")] = _joined(self._folder, target)

    def text(self, element: Element, text: str) -> None:
        return

    def closes(self, element: Element, cuts: Cuts) -> None:
        if element.local == "Relationship" and element.get("Type").rpartition("/")[2] in _LIVE:
            cuts.whole(element)


def _joined(folder: PurePosixPath, target: str) -> str:
    """The name of a part that another names: relative to its folder, or from the root."""
    parts: list[str] = [] if target.startswith("/") else list(folder.parts)
    for piece in target.split("/"):
        if piece == "..":
            parts = parts[:-1]
        elif piece not in {"", "."}:
            parts.append(piece)
    return "/".join(parts)


@dataclass(slots=True)
class _Workbook:
    sheets: dict[str, Sheet]
    strings: list[str]


def freeze(source: Path, target: Path, *, max_bytes: int) -> tuple[bool, Seen]:
    """Writes the frozen document where anything had to be changed; whether it did, and what was seen.

    Raises ZipUnreadable and XmlGarbled.
    """
    workbook, slides = _workbook(source, max_bytes), _slides(source, max_bytes)
    seen = Seen(hidden_sheets=[sheet.name for sheet in workbook.sheets.values() if sheet.hidden])

    def edit(name: str, data: bytes) -> bytes:
        if name.endswith(".rels"):
            return _relations(name, data, seen)
        found = _ROOT.search(data, 0, _HEAD)
        root = found.group(1).decode() if found else ""
        seen.notes += root == "notes" and bool(_SAID.search(_FIELDS.sub(b"", data)))
        seen.drawings += name.startswith(_NOT_DRAWN)
        judge = _judge(name, root, data, seen, workbook, slides)
        if judge is None:
            return data
        plain = as_utf8(data)
        cuts = walked(plain, judge)
        if isinstance(judge, WordJudge):
            judge.ends(cuts)
        return cuts.applied() if cuts.pieces else data

    changed = zips.rewrite(source, target, edit, endings=(".xml", ".rels"))
    if not changed:
        target.unlink()
    return changed, seen


def _judge(name: str, root: str, data: bytes, seen: Seen, workbook: _Workbook, slides: dict[str, str]) -> Judge | None:
    if root == "comments" or root in {"cmLst", "ThreadedComments"}:
        return _Counter(seen)
    if root in _WITH_TEXT or (root == "glossaryDocument" and any(word in data for word in WORTH_READING)):
        return WordJudge(seen, on_every_page=root in _PAGE_PARTS, aside=root == "glossaryDocument")
    if name in workbook.sheets:
        return SheetJudge(seen, workbook.sheets[name], workbook.strings)
    if root == "sld" or root in _BEHIND:
        return SlideJudge(seen, slides.get(name, PurePosixPath(name).stem), behind=root != "sld")
    return None


class _Counter:
    """Counts comments."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def opens(self, element: Element) -> None:
        self._seen.comments += element.local in {"comment", "cm", "threadedComment"}

    def text(self, element: Element, text: str) -> None:
        return

    def closes(self, element: Element, cuts: Cuts) -> None:
        return


def _relations(name: str, data: bytes, seen: Seen) -> bytes:
    judge = _Relations(name)
    cuts = walked(as_utf8(data), judge)
    for kind, target in judge.outside.values():
        if kind in _OUTSIDE:
            seen.linked[target] = None
    seen.media += sum(kind in {"video", "audio"} for kind in judge.kinds) - sum(
        kind in {"video", "audio"} for kind, _ in judge.outside.values()
    )
    return cuts.applied() if cuts.pieces else data


def _workbook(source: Path, max_bytes: int) -> _Workbook:
    """Which parts are sheets, and their shared texts; empty where it is no workbook."""
    part, relations = _main(source, max_bytes)
    raw = zips.read_member(source, part, max_bytes=max_bytes)
    if b"sheets" not in raw:
        return _Workbook({}, [])
    judge, strings = WorkbookJudge(), StringsJudge()
    walked(as_utf8(raw), judge)
    sheets = {
        relations.targets[relation]: Sheet(name=name, hidden=hidden, printed=judge.printed.get(number, ()))
        for number, (relation, name, hidden) in enumerate(judge.sheets)
        if relation in relations.targets
    }
    named = next((target for target in relations.targets.values() if target.lower().endswith("sharedstrings.xml")), "")
    shared = zips.read_member(source, named, max_bytes=max_bytes) if named else b""
    if shared:
        walked(as_utf8(shared), strings)
    return _Workbook(sheets, strings.strings)


class _Presentation:
    """Relationships of the slides, in their order."""

    def __init__(self) -> None:
        self.slides: list[str] = []

    def opens(self, element: Element) -> None:
        if element.local == "sldId":
            self.slides.append(element.get("id"))

    def text(self, element: Element, text: str) -> None:
        return

    def closes(self, element: Element, cuts: Cuts) -> None:
        return


def _slides(source: Path, max_bytes: int) -> dict[str, str]:
    """The number of each slide by its part; empty where it is no presentation."""
    part, relations = _main(source, max_bytes)
    raw = zips.read_member(source, part, max_bytes=max_bytes)
    if b"sldIdLst" not in raw:
        return {}
    judge = _Presentation()
    walked(as_utf8(raw), judge)
    return {relations.targets.get(slide, ""): str(number) for number, slide in enumerate(judge.slides, start=1)}


def _main(source: Path, max_bytes: int) -> tuple[str, _Relations]:
    """The main part of a package, and its relationships."""
    root = _Relations("_rels/.rels")
    walked(as_utf8(zips.read_member(source, "_rels/.rels", max_bytes=max_bytes)), root)
    part = next(iter(root.targets.values()), "")
    for relation, kind in zip(root.targets.values(), root.kinds, strict=False):
        if kind == "officeDocument":
            part = relation
    place = PurePosixPath(part)
    name = f"{place.parent}/_rels/{place.name}.rels".removeprefix("./")
    relations = _Relations(name)
    raw = zips.read_member(source, name, max_bytes=max_bytes)
    if raw:
        walked(as_utf8(raw), relations)
    return part, relations
