"""XML inside a zip, element by element: what spreadsheets are made of, taken for hostile.

Beside `xml`, which reads documents of ours: here names matter without their namespace (the strict and the ordinary
kind of a workbook differ in nothing else), and a part may be as long as its zip allows.
"""

from collections.abc import Iterator
from typing import IO

from lxml import etree

from pipeline.domain.messages import message, told_by_program
from pipeline.errors import SourceError

MOST_WAITING = 8 * 2**20
"""Bytes that may pass without the end of an element that is asked for: they stand in memory as a tree."""

_BLOCK = 1 << 16

Element = etree._Element


def local(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name without namespace."""
    value = element.get(name)
    if value is None:
        value = next((v for key, v in element.attrib.items() if str(key).rpartition("}")[2] == name), default)
    return str(value)


def elements(
    part: IO[bytes], name: str, *, ends: tuple[str, ...], starts: tuple[str, ...] = ()
) -> Iterator[tuple[str, Element]]:
    """`("end", element)` for each complete element of the local names `ends`, `("start", element)` where one of
    `starts` begins, which has its attributes only. An element is forgotten when the next is asked for.

    Raises SourceError, naming the part, where it is not well-formed, has a DOCTYPE, or holds one element that is larger
    than `MOST_WAITING`.
    """
    tags = [f"{{*}}{each}" for each in (*ends, *starts)]
    parser = etree.XMLPullParser(
        events=("start", "end") if starts else ("end",),
        tag=tags,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    waiting, begun = 0, False
    try:
        while block := part.read(_BLOCK):
            waiting += len(block)
            parser.feed(block)
            for event, element in parser.read_events():
                waiting = len(block)
                if not begun and element.getroottree().docinfo.doctype:
                    raise SourceError(message("document_not_read", path=name, reason=message("xml_doctype")))
                begun = True
                kind = local(element)
                if kind in (ends if event == "end" else starts):
                    yield event, element
                if event == "end" and kind in ends:
                    _forget(element)
            if waiting > MOST_WAITING:
                raise SourceError(message("document_not_read", path=name, reason=message("zip_bomb")))
        parser.close()
    except etree.XMLSyntaxError as error:
        reason = message("xml_malformed", reason=told_by_program(error))
        raise SourceError(message("document_not_read", path=name, reason=reason)) from error


def _forget(element: Element) -> None:
    """Frees what has been read: the element's content, and its elder siblings."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
