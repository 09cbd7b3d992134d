"""Text documents in Word's XML (.docx, WordprocessingML of 2003): fields become the text that they showed when saved.

Source: ECMA-376-1, 17.16 (fields), 17.5.2 (content controls), 17.13 (comments, tracked changes).
"""

from dataclasses import dataclass, field

from pipeline.formats.frozen.seen import Seen
from pipeline.formats.frozen.word_fields import Fate, fate_of, name_of
from pipeline.tools.xml_edit import Cuts, Element

_INSTRUCTIONS = {"instrText", "delInstrText"}
_MARK = "fldChar"
_NOT_SHOWN = {"rPr", "lastRenderedPageBreak", "bookmarkStart", "bookmarkEnd", "proofErr", *_INSTRUCTIONS}
_CHANGES = {"ins", "del", "moveFrom", "moveTo"}
_OFF = {"0", "false", "off"}
WORTH_READING = (b"fldChar", b"fldSimple", b"sdtPr")
"""Without one of these a part has nothing to freeze."""

Piece = tuple[int, int, bytes]


@dataclass(slots=True, eq=False)
class _Field:
    simple: Element | None = None
    shows: bool = False
    instruction: list[str] = field(default_factory=list)
    marks: list[Piece] = field(default_factory=list)
    result: list[Piece] = field(default_factory=list)
    stored: bool = False


class WordJudge:
    """Judges one part; `on_every_page` where it is a header or footer, `aside` where it is not part of the text
    that a copy shows (comments, glossary)."""

    def __init__(self, seen: Seen, *, on_every_page: bool = False, aside: bool = False) -> None:
        self._seen = seen
        self._every = on_every_page
        self._aside = aside
        self._fields: list[_Field] = []
        self._unshown = 0
        self._vanished = False

    def opens(self, element: Element) -> None:
        """Fields that are an element of their own begin."""
        if element.local == "fldSimple":
            self._fields.append(_Field(simple=element, shows=True, instruction=[element.get("instr")]))
        elif element.local in {"Fallback", "delText"}:
            self._unshown += 1
        elif element.local == "r":
            self._vanished = False
        elif element.local == "p" and not self._unshown:
            self._say("\n")

    def text(self, element: Element, text: str) -> None:
        """Instructions, and what is shown."""
        if element.local in _INSTRUCTIONS and self._fields:
            self._fields[-1].instruction.append(text)
        elif element.local == "t" and not self._unshown and all(each.shows for each in self._fields):
            self._say(text)

    def _say(self, text: str) -> None:
        if not self._aside and not self._vanished:
            (self._seen.margins if self._every else self._seen.text).append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """Marks of fields, their content, content controls."""
        name = element.local
        if name == "fldSimple":
            self._ended(self._fields.pop(), cuts, element)
        elif name == _MARK:
            self._mark(element, cuts)
        elif name in {"sdtPr", "fldData"}:
            cuts.whole(element)
        elif name in {"Fallback", "delText"}:
            self._unshown -= 1
        elif element.parent is not None and element.parent.local == "r" and name != "rPr":
            self._content(element)
        elif not self._aside:
            self._count(element)

    def _count(self, element: Element) -> None:
        if element.local == "vanish" and element.get("val", "1") not in _OFF:
            above = element.parent.parent if element.parent is not None else None
            self._vanished = above is not None and above.local == "r"
            self._seen.hidden_text += self._vanished
        elif element.local in _CHANGES and element.get("author", "\0") != "\0":
            self._seen.changes += 1

    def _content(self, element: Element) -> None:
        """A piece of a run: of the instruction of a field, or of what it shows."""
        piece = (element.start, element.after, b"")
        unshown = next((each for each in self._fields if not each.shows), None)
        if unshown is not None:
            unshown.marks.append(piece)
            return
        for each in self._fields:
            each.result.append(piece)
            each.stored = each.stored or element.local not in _NOT_SHOWN

    def _mark(self, element: Element, cuts: Cuts) -> None:
        kind = element.get("fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        if not self._fields or self._fields[-1].simple is not None:
            return
        top = self._fields[-1]
        top.marks.append((element.start, element.after, b""))
        if kind == "separate":
            top.shows = True
        elif kind == "end":
            self._ended(self._fields.pop(), cuts, None)

    def _ended(self, ended: _Field, cuts: Cuts, simple: Element | None) -> None:
        """Decides on a field; one that stands in the instruction of another goes with that."""
        if simple is not None:
            ended.marks += [(simple.start, simple.content, b""), (simple.end, simple.after, b"")]
        outer = next((each for each in self._fields if not each.shows), None)
        if outer is not None:
            outer.marks += ended.marks + ended.result
            return
        name = name_of("".join(ended.instruction))
        fate = fate_of(name, on_every_page=self._every, stored=ended.stored)
        for each in self._fields:
            each.stored = each.stored or ended.stored
        if fate is Fate.KEPT:
            for each in self._fields:
                each.result += ended.marks
            return
        cuts.pieces += ended.marks
        if fate is Fate.HIDDEN:
            cuts.pieces += ended.result
        elif not ended.stored and name and not self._aside:
            self._seen.unsaved[name] += 1

    def ends(self, cuts: Cuts) -> None:
        """The part is over: a field without end is frozen as far as it goes."""
        while self._fields:
            last = self._fields.pop()
            if last.simple is None:
                cuts.pieces += last.marks
