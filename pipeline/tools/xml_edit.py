"""XML that is changed by cutting pieces out of its bytes: what is not cut stays, byte for byte.

A judge is shown each element as it opens and closes, and the text between; it names what to cut. Nothing is parsed
into a tree, so that a sheet of a hundred megabytes takes little more than its own room. No DTD is fetched, no entity
is taken.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat
from xml.sax.saxutils import escape

_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
_TAG = re.compile(rb"""<[^'">]*(?:(?:"[^"]*"|'[^']*')[^'">]*)*>""")
_PLAIN = {"utf-8", "utf8", "us-ascii", "ascii"}
MAX_DEPTH = 2000
"""Deepest nesting read: text boxes in tables in text boxes stay below it."""


class XmlGarbled(ValueError):
    """Not well-formed, with entities of its own, or nested too deep."""


@dataclass(slots=True, eq=False)
class Element:
    """An element while it is open. `start` and `content` are offsets of its start tag and of what follows that; `end`
    and `after` of its end tag and of what follows that, known when it closes."""

    namespace: str
    local: str
    prefix: str
    attributes: dict[str, str]
    start: int
    content: int
    parent: "Element | None"
    end: int = 0
    after: int = 0

    def get(self, local: str, default: str = "") -> str:
        """An attribute by its local name, whatever its namespace."""
        return self.attributes.get(local, default)

    def inside(self, *locals_: str) -> bool:
        """Whether one of the elements that it stands in has one of these names."""
        above = self.parent
        while above is not None:
            if above.local in locals_:
                return True
            above = above.parent
        return False


@dataclass(slots=True)
class Cuts:
    """Pieces of the document to be cut, or replaced by other bytes."""

    data: bytes
    pieces: list[tuple[int, int, bytes]] = field(default_factory=list)

    def whole(self, element: Element) -> None:
        """Cuts a closed element with all that is in it."""
        self.pieces.append((element.start, element.after, b""))

    def tags(self, element: Element) -> None:
        """Cuts the tags of a closed element and leaves what is in it."""
        self.pieces += [(element.start, element.content, b""), (element.end, element.after, b"")]

    def inner(self, element: Element, replacement: bytes) -> None:
        """Replaces what is in a closed element; it must not be empty."""
        self.pieces.append((element.content, element.end, replacement))

    def rename(self, element: Element, local: str) -> None:
        """Gives a closed element another name of the same namespace, without attributes."""
        name = (f"{element.prefix}:" if element.prefix else "") + local
        if element.content == element.after:
            self.pieces.append((element.start, element.after, f"<{name}/>".encode()))
        else:
            self.pieces += [
                (element.start, element.content, f"<{name}>".encode()),
                (element.end, element.after, f"</{name}>".encode()),
            ]

    def attribute(self, element: Element, local: str, value: str | None) -> None:
        """Cuts an attribute by its local name, or gives it another value."""
        tag = self.data[element.start : element.content]
        pattern = rb"""(\s(?:[^\s=<>"']+:)?%s\s*=\s*)("[^"]*"|'[^']*')""" % re.escape(local.encode())
        for found in re.finditer(pattern, tag):
            start, end = found.span() if value is None else found.span(2)
            quoted = b"" if value is None else b'"' + escape(value, {'"': "&quot;"}).encode() + b'"'
            self.pieces.append((element.start + start, element.start + end, quoted))

    def applied(self) -> bytes:
        """The document without what was cut; of pieces that overlap the outer counts."""
        kept, done = [], 0
        for start, end, replacement in sorted(self.pieces, key=lambda piece: (piece[0], -piece[1])):
            if start >= done:
                kept += [self.data[done:start], replacement]
                done = end
        return b"".join((*kept, self.data[done:]))


class Judge(Protocol):
    """Is shown a document, and cuts."""

    def opens(self, element: Element) -> None:
        """A start tag; of an element without content `closes` follows at once."""

    def text(self, element: Element, text: str) -> None:
        """A piece of the text directly in an element."""

    def closes(self, element: Element, cuts: Cuts) -> None:
        """An end tag: where the element ends is known now."""


def as_utf8(data: bytes) -> bytes:
    """The document in UTF-8, whatever encoding it declares. Raises XmlGarbled."""
    declared = _DECLARED.match(data)
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if name in _PLAIN:
        return data
    try:
        text = data.decode(name)
    except (LookupError, ValueError) as error:
        raise XmlGarbled(str(error)) from error
    return re.sub(r"^\ufeff?<\?xml[^>]*\?>", "", text).encode("utf-8", "surrogatepass")


def walked(data: bytes, judge: Judge) -> Cuts:
    """Shows the judge a document in UTF-8; what it has cut. Raises XmlGarbled."""
    return _Walk(data, judge).walked()


class _Walk:
    def __init__(self, data: bytes, judge: Judge) -> None:
        self._data, self._judge = data, judge
        self._cuts = Cuts(data)
        self._open: Element | None = None
        self._depth = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity

    def walked(self) -> Cuts:
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            raise XmlGarbled(str(error)) from error
        return self._cuts

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XmlGarbled("nested too deep")
        namespace, local, prefix = _split(name)
        start = self._parser.CurrentByteIndex
        self._open = Element(
            namespace,
            local,
            prefix,
            _by_local_name(attributes) if attributes else attributes,
            start,
            self._tag_end(start),
            self._open,
        )
        self._judge.opens(self._open)

    def _tag_end(self, start: int) -> int:
        """Behind the `>` of the tag that begins there; one in quotes does not count."""
        tag = _TAG.match(self._data, start)
        if tag is None:
            raise XmlGarbled("a tag without end")
        return tag.end()

    def _end(self, _: str) -> None:
        element = self._open
        if element is None:
            return
        self._depth -= 1
        if self._data[element.content - 2 : element.content] == b"/>":
            element.end = element.after = element.content
        else:
            element.end = self._parser.CurrentByteIndex
            element.after = self._data.index(b">", element.end) + 1
        self._open = element.parent
        self._judge.closes(element, self._cuts)

    def _text(self, text: str) -> None:
        if self._open is not None:
            self._judge.text(self._open, text)

    def _entity(self, name: str, *_: object) -> None:
        raise XmlGarbled(f"it declares the entity {name}")


def _by_local_name(attributes: dict[str, str]) -> dict[str, str]:
    """Of two with the same local name the one with a namespace counts (`id` and `r:id`)."""
    ordered = sorted(attributes.items(), key=lambda item: " " in item[0])
    return {_split(key)[1]: value for key, value in ordered}


def _split(name: str) -> tuple[str, str, str]:
    """Namespace, local name and prefix, of which the first and the last may be empty."""
    parts = name.split(" ")
    if len(parts) == 1:
        return "", parts[0], ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""
