"""Slides in PowerPoint's XML (.pptx): a field becomes the text that it showed when saved.

Source: ECMA-376-1, 21.1.2.2.4 (fields; `datetime1` to `datetime13`, `slidenum`), 19.3.1 (slides).
"""

from pipeline.formats.frozen.seen import Seen
from pipeline.tools.xml_edit import Cuts, Element

_OFF = {"0", "false"}
_FIELD = "fld"


class SlideJudge:
    """Judges one slide, or a layout, a master or notes, which are `behind` a slide: there one stored number stands for
    all slides."""

    def __init__(self, seen: Seen, name: str, *, behind: bool) -> None:
        self._seen, self._name, self._behind = seen, name, behind
        self._hidden = False
        self._told: list[str] = []

    def opens(self, element: Element) -> None:
        """Slides that are not shown; paragraphs."""
        if element.local == "sld" and element.get("show") in _OFF:
            self._hidden = True
            self._seen.hidden_slides.append(self._name)
        elif element.local == _FIELD:
            self._told = []
        elif element.local == "p":
            self._say("\n")

    def text(self, element: Element, text: str) -> None:
        """What runs and fields say."""
        if element.local != "t":
            return
        self._told.append(text)
        self._say(text)

    def _say(self, text: str) -> None:
        if not self._hidden:
            (self._seen.margins if self._behind else self._seen.text).append(text)

    def closes(self, element: Element, cuts: Cuts) -> None:
        """A field becomes a run."""
        if element.local == "pPr" and element.parent is not None and element.parent.local == _FIELD:
            cuts.whole(element)
        if element.local != _FIELD:
            return
        shown, kind = "".join(self._told).strip(), element.get("type")
        if kind == "slidenum" and (self._behind or not shown.isdigit()):
            return
        cuts.rename(element, "r")
        if not shown:
            cuts.whole(element)
            if not self._behind and not self._hidden:
                self._seen.unsaved[kind or _FIELD] += 1
