"""Page order and page numbers, as far as names tell."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from pipeline.delivery.expected import decoded
from pipeline.delivery.listing import Entry
from pipeline.domain.findings import Finding, finding
from pipeline.domain.personal import mask
from pipeline.domain.records import Description

_ONE_PAGE = frozenset(b"jpg jpeg png bmp gif jp2 jpx jpf webp heic heif avif tif tiff".split())
_MANY_PAGES = frozenset((b"tif", b"tiff"))
_DIGITS = re.compile(rb"(\d+)")
_SHOWN = 20


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


def page_findings(pages: Sequence[Page], description: Description, *, images: str) -> Iterable[Finding]:
    """`page_count_differs`, `page_gap` and `page_doubled`, where names can tell."""
    wanted = description.page_count
    agrees = wanted == len(pages)
    if wanted is not None and not agrees and _countable(pages, wanted):
        yield _finding("page_count_differs", description, catalogue=wanted, found=len(pages))
    unlisted = [p for p in pages if not p.listed]
    for folder, group in groupby(unlisted, key=lambda p: p.name.rpartition(b"/")[0]):
        numbered = [p for p in group if p.number is not None]
        numbers = [p.number for p in numbered if p.number is not None]
        missing = _missing(numbers, from_one=not agrees, photos=images == "photos")
        where = mask(decoded(folder))
        if missing:
            yield _finding("page_gap", description, missing=missing, folder=where)
        if len(set(numbers)) < len(numbers):
            yield _finding("page_doubled", description, pages=_ranges(_doubled(numbers)), folder=where)


def _countable(pages: Sequence[Page], wanted: int) -> bool:
    """Whether names can tell the pages: one picture is one page, but a few TIFFs may hold many (then the pages
    inside are counted when the files have been read)."""
    extensions = {p.name.rpartition(b".")[2].lower() for p in pages}
    many_inside = len(pages) < wanted and not extensions.isdisjoint(_MANY_PAGES)
    return bool(pages) and not many_inside and extensions <= _ONE_PAGE


def _missing(numbers: Sequence[int], *, from_one: bool, photos: bool) -> str:
    """Numbers that are not there. Numbering that starts behind 1 is a fault where the count does not agree
    either; photographs that do not start at 0 or 1 carry the camera's numbers, where gaps mean nothing."""
    if len(numbers) < 2 or (photos and min(numbers) > 1):
        return ""
    first = 1 if from_one and min(numbers) > 1 else min(numbers)
    present = sorted(set(numbers))
    gaps = [(a + 1, b - 1) for a, b in pairwise([first - 1, *present]) if b - a > 1]
    return _spoken(gaps)


def _doubled(numbers: Sequence[int]) -> list[int]:
    ordered = sorted(numbers)
    return sorted({a for a, b in pairwise(ordered) if a == b})


def _ranges(numbers: Sequence[int]) -> str:
    return _spoken([(n, n) for n in numbers])


def _spoken(ranges: Sequence[tuple[int, int]]) -> str:
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in ranges[:_SHOWN]]
    return "、".join(shown) + ("…" if len(ranges) > _SHOWN else "")


def _finding(code: str, description: Description, **facts: object) -> Finding:
    return finding(code, mask(description.archival_code), record=description.package_id, row=description.row, **facts)
