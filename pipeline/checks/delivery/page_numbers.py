"""Pages are as many as the catalogue says, numbered without gap or double and in an order that names give, as far as
names can tell (DA/T 31-2017, 11.2).

What it detects: a scan that is missing, there twice, or numbered wrongly; a wrong number of pages in the catalogue;
names of pages from which nobody can tell what comes first.
Why: links between catalogue and images must agree in number before the paper goes back, and a copy for readers is put
together in the order of the names.
Example: 001.tif, 002.tif, 004.tif.
Pages inside files are counted when the files have been read (`page_count`).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from pipeline.checks.check import Check, NoParameters
from pipeline.checks.delivery_rows import of_row
from pipeline.checks.views import DeliveryView
from pipeline.delivery.expected import decoded
from pipeline.delivery.page_forms import one_form
from pipeline.delivery.page_names import Mark
from pipeline.delivery.page_order import Page, without_order
from pipeline.domain.findings import Finding
from pipeline.domain.messages import message
from pipeline.domain.personal import mask
from pipeline.domain.records import Description
from pipeline.domain.verdicts import CheckResult, Effect

EFFECTS = {
    "page_count_differs": Effect.FAILS,
    "page_gap": Effect.FAILS,
    "page_doubled": Effect.FAILS,
    "page_order_unclear": Effect.UNTOLD,
    "page_copied": Effect.NOTED,
    "page_numbers_begin_late": Effect.NOTED,
    "pages_in_two_forms": Effect.NOTED,
}

_ONE_PAGE = frozenset(b"jpg jpeg png bmp gif jp2 jpx jpf webp heic heif avif tif tiff".split())
_MANY_PAGES = frozenset((b"tif", b"tiff"))
_SHOWN = 20
_NAMES_SHOWN = 5


def faults(pages: Sequence[Page], description: Description, *, images: str, body: int) -> Iterator[Finding]:
    """All of EFFECTS, where names can tell. `body` is the place of numbered pages in the profile's table of words."""
    wanted, photos = description.page_count, images == "photos"
    once, forms = one_form(pages)
    if forms and wanted != len(pages):
        pages = once
        told = "、".join(f"{form.decode().upper()} {count}" for form, count in forms.items())
        yield of_row("pages_in_two_forms", description, forms=told)
    held = sum(max(len(page.mark.pages), 1) if page.mark else 1 for page in pages)
    copies = [page for page in pages if page.copy]
    agrees = wanted is not None and wanted in {len(pages), held}
    if wanted is not None and not agrees and _countable(pages, wanted):
        told = _names(copies) if wanted in {len(pages) - len(copies), held - len(copies)} else ""
        yield of_row("page_count_differs", description, catalogue=wanted, found=len(pages), copies=told)
    elif copies and not photos:
        yield of_row("page_copied", description, names=_names(copies))
    for (folder, _, _), group in groupby((p for p in pages if not p.listed), key=_numbering):
        yield from _of_numbering(list(group), description, mask(decoded(folder)), agrees=agrees, photos=photos)
    if not photos:
        for _, group in groupby(pages, key=lambda page: (page.at, page.folder)):
            unclear = without_order([page for page in group if _extension(page) in _ONE_PAGE], body)
            if unclear:
                yield of_row("page_order_unclear", description, names=_names(unclear), count=len(unclear))


def _numbering(page: Page) -> tuple[bytes, int, str]:
    """Pages that one numbering runs through."""
    return (page.folder, page.mark.place, page.mark.group) if page.mark else (page.folder, -1, "")


def _of_numbering(
    pages: Sequence[Page], description: Description, where: str, *, agrees: bool, photos: bool
) -> Iterator[Finding]:
    marks = [
        page.mark for page in pages if page.mark and page.mark.pages and not page.copy and _is_page(page, page.mark)
    ]
    numbers = [number for mark in marks for number in mark.pages]
    row_of_files = bool(marks and marks[0].group)
    missing = _missing(numbers, from_one=not agrees, photos=photos or row_of_files)
    if missing:
        yield of_row("page_gap", description, missing=missing, folder=where)
    first = min(numbers, default=0)
    begins_there = description.value("page_numbers").lstrip("0").startswith(str(first))
    if agrees and first > 1 and not photos and not begins_there and not row_of_files:
        yield of_row("page_numbers_begin_late", description, first=first, folder=where)
    doubled = _doubled([(mark.number or 0, mark.letter, mark.back) for mark in marks])
    if doubled:
        yield of_row("page_doubled", description, pages=_spoken([(n, n) for n in doubled]), folder=where)


def _is_page(page: Page, mark: Mark) -> bool:
    """Whether the name's number is a page's: `附件2.docx` is the second annex, `附件2.jpg` one of its pages."""
    return not mark.group or _extension(page) in _ONE_PAGE


def _countable(pages: Sequence[Page], wanted: int) -> bool:
    """Whether names can tell the pages: one picture is one page, but a few TIFFs may hold many (then the pages
    inside are counted when the files have been read)."""
    extensions = set(map(_extension, pages))
    many_inside = len(pages) < wanted and not extensions.isdisjoint(_MANY_PAGES)
    return bool(pages) and not many_inside and extensions <= _ONE_PAGE


def _extension(page: Page) -> bytes:
    return page.name.rpartition(b".")[2].lower()


def _missing(numbers: Sequence[int], *, from_one: bool, photos: bool) -> str:
    """Numbers that are not there. Numbering that starts behind 1 is a fault where the count does not agree
    either; photographs that do not start at 0 or 1, and rows of names such as DSC01234, carry the camera's numbers,
    where gaps mean nothing."""
    if len(numbers) < 2 or (photos and min(numbers) > 1):
        return ""
    first = 1 if from_one and min(numbers) > 1 else min(numbers)
    present = sorted(set(numbers))
    gaps = [(a + 1, b - 1) for a, b in pairwise([first - 1, *present]) if b - a > 1]
    return _spoken(gaps)


def _doubled(pages: Sequence[tuple[int, str, bool]]) -> list[int]:
    return sorted({a[0] for a, b in pairwise(sorted(pages)) if a == b})


def _spoken(ranges: Sequence[tuple[int, int]]) -> str:
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in ranges[:_SHOWN]]
    return "、".join(shown) + ("…" if len(ranges) > _SHOWN else "")


def _names(pages: Sequence[Page]) -> str:
    shown = "、".join(mask(decoded(page.name)) for page in pages[:_NAMES_SHOWN])
    return shown + ("…" if len(pages) > _NAMES_SHOWN else "")


def judge(delivery: DeliveryView, _: NoParameters) -> CheckResult:
    """Over all records."""
    looked_at = message("rows_and_files_looked_at", rows=delivery.rows, files=delivery.files)
    return delivery.judged(EFFECTS, looked_at=looked_at)


CHECK = Check(code="page_numbers", view=DeliveryView, judge=judge, parameters=NoParameters)
