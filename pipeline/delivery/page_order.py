"""Page order and page numbers, as far as names tell."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import Entry

_DIGITS = re.compile(rb"(\d+)")


class Page(NamedTuple):
    """A file of a record: its name relative to the record's folder, and its page number if the name has one.

    `listed` files were named one by one in the catalogue: their order is the catalogue's.
    """

    entry: Entry
    name: bytes
    number: int | None
    listed: bool = False


def page_number(name: bytes, pattern: re.Pattern[str]) -> int | None:
    """The number in a name without its extension."""
    stem, dot, _ = name.rsplit(b"/", 1)[-1].rpartition(b".")
    match = pattern.fullmatch(decoded(stem if dot and stem else name.rsplit(b"/", 1)[-1]))
    return int(match["page"]) if match else None


def in_page_order(pages: Sequence[Page]) -> list[Page]:
    """Folder by folder, numbered pages first, in the order of their numbers; what the catalogue lists comes first,
    in its own order."""
    listed = [p for p in pages if p.listed]
    return listed + sorted((p for p in pages if not p.listed), key=_order)


def _order(page: Page) -> tuple[Any, ...]:
    folder, _, name = page.name.rpartition(b"/")
    return (_natural(folder), page.number is None, page.number or 0, _natural(name), page.name)


def _natural(name: bytes) -> tuple[Any, ...]:
    return tuple(int(part) if i % 2 else part for i, part in enumerate(_DIGITS.split(name)))
