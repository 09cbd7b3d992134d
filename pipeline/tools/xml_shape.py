"""XML as it comes: whether it is well formed, and how deep its elements lie in one another. Nothing is kept of it.

Entities are not followed out of the file; expat bounds what those inside may unfold to (2.4 and later). Source: XML
1.0, 2.1 (well-formed documents).
"""

import codecs
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from pipeline.domain.messages import Message, told_by_program

MOST_NESTED = 1000
"""Deeper than this no document of an office lies, and programs that call themselves for each level die or hang."""
_CHUNK = 2**18
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHORTEST = len(b"<a></a>")


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlShape:
    """`fault` is why it is not well formed; `depth` how many elements lie in one another at most, as far as it was
    read."""

    depth: int = 0
    fault: Message | None = None


class _TooDeep(Exception):
    """Enough has been seen."""


def shape(path: Path, *, encoding: str, most: int = 0) -> XmlShape:
    """Reads the file once, in the encoding in which its bytes make sense, whatever it says of itself. With `most` it
    stops one level below that depth."""
    depth = deepest = 0

    def down(_: str, __: object) -> None:
        nonlocal depth, deepest
        depth += 1
        deepest = max(deepest, depth)
        if most and depth > most:
            raise _TooDeep

    def up(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = down, up
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(decoder.decode(chunk).lstrip("\ufeff"), False)
        parser.Parse("", True)
    except _TooDeep:
        return XmlShape(depth=deepest)
    except expat.ExpatError as error:
        return XmlShape(depth=deepest, fault=told_by_program(error))
    return XmlShape(depth=deepest)


def nests_too_deep(path: Path) -> bool:
    """Whether it looks like XML and its elements lie deeper in one another than `MOST_NESTED`. Costs a look at the
    first bytes where it does not."""
    with path.open("rb") as file:
        head = file.read(64)
        if path.stat().st_size < MOST_NESTED * _SHORTEST:
            return False
    wide = head.startswith(_MARKS[1:])
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not wide and not plain.startswith(b"<"):
        return False
    return shape(path, encoding="utf-16" if wide else "utf-8", most=MOST_NESTED).depth > MOST_NESTED
