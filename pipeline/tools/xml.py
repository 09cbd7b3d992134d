"""XML: a writer with one possible output, a reader that refuses what is hostile, and schemas.

The owner of lxml. Writing is streamed and byte-stable: UTF-8, line feeds, two blanks of indent, attributes in the
order of their names, no empty end tags. Reading knows no network, no DTD and no entities. What the elements mean is
left to `codecs`.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Self

from lxml import etree

from pipeline.domain.messages import Message, message, told_by_program, why
from pipeline.errors import SourceError

MAX_BYTES = 2**30
"""Longest document read, in bytes; the metadata of 20,000 files is about 60 MB."""

MAX_DEPTH = 64
"""Deepest nesting read; libxml2's own ceiling lies higher."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\\\\(?=u\\{)")
_SHOWN = re.compile(r"\\u\{([0-9A-F]{1,6})\}")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = _TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def shown(text: str) -> str:
    """Text as XML 1.0 can hold it: what is no character there (control characters, lone surrogates, U+FFFE and
    U+FFFF) stands as `\\u{1F}`. Source: XML 1.0, 2.2. A text that already holds `\\u{` keeps its meaning, for
    that backslash stands as `\\u{5C}`; so `as_meant` gives back every text exactly."""
    return _NOT_XML.sub(lambda m: f"\\u{{{ord(m.group()):X}}}", text)


def as_meant(text: str) -> str:
    """The text that `shown` was given. Raises SourceError where an escape names no character."""
    try:
        return _SHOWN.sub(lambda m: chr(int(m.group(1), 16)), text)
    except ValueError as error:
        raise SourceError(message("escape_unknown", text=text[:80])) from error


def unread(name: str, reason: Message) -> SourceError:
    return SourceError(message("document_not_read", path=name, reason=reason))


Write = Callable[[bytes], object]
"""Takes the next bytes of a document."""


class XmlWriter:
    """Writes one document, element by element, to whatever takes bytes. Names carry their prefix; declare it as an
    `xmlns` attribute of the root. Texts and attributes pass through `shown`."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._depth = 0
        self._parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        self._waiting = 0

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """An element with elements in it."""
        self._line(f"<{name}{_attributes(attributes)}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._line(f"</{name}>")
        if not self._depth:
            self.flush()

    def leaf(self, name: str, text: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """An element with text in it, or nothing."""
        tail = f">{shown(text).translate(_TEXT)}</{name}>" if text else "/>"
        self._line(f"<{name}{_attributes(attributes)}{tail}")

    def flush(self) -> None:
        """Hands on what is waiting; the end of the root does it too."""
        self._write("".join(self._parts).encode("utf-8"))
        self._parts, self._waiting = [], 0

    def _line(self, text: str) -> None:
        self._parts.append(f"{'  ' * self._depth}{text}\n")
        self._waiting += len(text)
        if self._waiting > 1 << 16:
            self.flush()


def _attributes(attributes: Mapping[str, str] | None) -> str:
    if not attributes:
        return ""
    return "".join(f' {name}="{shown(attributes[name]).translate(_ATTRIBUTE)}"' for name in sorted(attributes))


class Node:
    """An element that was read, with its namespace left to the reader: names are local names."""

    __slots__ = ("_element",)

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        """Local name."""
        return str(self._element.tag).rpartition("}")[2]

    @property
    def text(self) -> str:
        """The text, as meant."""
        return as_meant(self._element.text or "")

    def attribute(self, name: str, default: str = "") -> str:
        """An attribute, as meant, or `default` as it is; qualified names as `{namespace}local`."""
        written = self._element.get(name)
        return default if written is None else as_meant(str(written))

    def children(self, name: str = "") -> Iterator["Node"]:
        """Child elements in order, all or those with a local name."""
        for child in self._element:
            node = Node(child)
            if not name or node.name == name:
                yield node

    def child(self, *path: str) -> "Node":
        """The first element along a path. Raises SourceError where there is none."""
        node = self
        for name in path:
            found = next(node.children(name), None)
            if found is None:
                raise SourceError(message("element_lacks", element=node.name, name=name))
            node = found
        return node

    def text_of(self, *path: str) -> str:
        """Text of the first element along a path; an empty string where there is none."""
        node: Node | None = self
        for name in path:
            node = next(node.children(name), None) if node is not None else None
        return node.text if node is not None else ""


class XmlReader:
    """Reads a document child by child of its root, in flat memory. Use in a `with` block. `root` is the name that the
    root must have, as `{namespace}local`; empty where any may come, which is then told as `tag`.

    Raises SourceError, naming the file, where the document is not well-formed, is longer than `max_bytes`, is nested
    deeper than `MAX_DEPTH`, or has a DOCTYPE (the door to entity bombs and to foreign files; XML 1.0, 4.4).
    """

    def __init__(self, path: Path, root: str, *, max_bytes: int = MAX_BYTES) -> None:
        self._path, self._expected, self._max_bytes = path, root, max_bytes
        self._events = _events(path)

    def __enter__(self) -> Self:
        _refuse_long(self._path, self._max_bytes)
        _, element = next(self._events)
        if self._expected and element.tag != self._expected:
            raise unread(self._path.name, message("xml_root", found=element.tag, wanted=self._expected))
        self.root, self.tag = Node(element), str(element.tag)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.close()

    def __iter__(self) -> Iterator[Node]:
        """Each complete child of the root; it is forgotten when the next is asked for."""
        depth = 1
        for event, element in self._events:
            depth += 1 if event == "start" else -1
            if depth == 1 and event == "end":
                yield Node(element)
                forget(element)


def forget(element: etree._Element) -> None:
    """Frees what has been read: the element's content, and its elder siblings."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_long(path: Path, max_bytes: int) -> None:
    with as_source_error(path):
        size = path.stat().st_size
    if size > max_bytes:
        raise unread(path.name, message("xml_too_large", size=size, most=max_bytes))


def _events(path: Path) -> Generator[tuple[str, etree._Element], None, None]:
    """Start and end events; the DOCTYPE is refused at the first, before any content."""
    depth = 0
    for event, element in parsed(path, ("start", "end"), None):
        if depth == 0 and event == "start" and element.getroottree().docinfo.doctype:
            raise unread(path.name, message("xml_doctype"))
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise unread(path.name, message("xml_too_deep", most=MAX_DEPTH))
        yield event, element


def parsed(
    path: Path, events: tuple[Literal["start", "end"], ...], schema: etree.XMLSchema | None
) -> Generator[tuple[str, etree._Element], None, None]:
    with as_source_error(path), path.open("rb") as source:
        for event, element in etree.iterparse(
            source,
            events=events,
            schema=schema,
            load_dtd=False,
            no_network=True,
            resolve_entities=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            yield str(event), element


@contextmanager
def as_source_error(path: Path) -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        raise unread(path.name, message("xml_malformed", reason=told_by_program(error))) from error
    except OSError as error:
        raise unread(path.name, why(error)) from error
