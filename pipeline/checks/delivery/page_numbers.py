"""Pages are as many as the catalogue says and numbered without gap or double, as far as names can tell (DA/T 31-2017,
11.2).

What it detects: a scan that is missing, there twice, or numbered wrongly; a wrong number of pages in the catalogue.
Why: links between catalogue and images must agree in number before the paper goes back.
Example: 001.tif, 002.tif, 004.tif.
Pages inside files are counted when the files have been read (`page_count`).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.expected import decoded
from pipeline.delivery.page_order import Page
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {"page_count_differs": Effect.FAILS, "page_gap": Effect.FAILS, "page_doubled": Effect.FAILS}

_ONE_PAGE = frozenset(b"jpg jpeg png bmp gif jp2 jpx jpf webp heic heif avif tif tiff".split())
_MANY_PAGES = frozenset((b"tif", b"tiff"))
_SHOWN = 20


def faults(pages: Sequence[Page], description: Description, *, images: str) -> Iterator[Finding]:
    """`page_count_differs`, `page_gap` and `page_doubled`, where names can tell."""
    wanted = description.page_count
    agrees = wanted == len(pages)
    if wanted is not None and not agrees and _countable(pages, wanted):
        yield of_row("page_count_differs", description, catalogue=wanted, found=len(pages))
    unlisted = [p for p in pages if not p.listed]
    for folder, group in groupby(unlisted, key=lambda p: p.name.rpartition(b"/")[0]):
        numbered = [p for p in group if p.number is not None]
        numbers = [p.number for p in numbered if p.number is not None]
        missing = _missing(numbers, from_one=not agrees, photos=images == "photos")
        where = mask(decoded(folder))
        if missing:
            yield of_row("page_gap", description, missing=missing, folder=where)
        if len(set(numbers)) < len(numbers):
            yield of_row("page_doubled", description, pages=_ranges(_doubled(numbers)), folder=where)


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


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all records."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="page_numbers", view=DeliveryView, judge=judge, parameters=NoParameters)
