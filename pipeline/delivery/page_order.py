"""Page order and page numbers, as far as names tell.

Source of the order of words: DA/T 22-2015, 5.1 (正文 before 附件), and the make-up of a volume: 封面, 卷内文件目录,
文件, 备考表, 封底.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pipeline.delivery.listing import Entry
from pipeline.delivery.page_names import Mark, PageNames, natural, span_of, stem_of

_UNLISTED = 1 << 40
_DIGITS = re.compile(r"(\d+)")
_MOST_DIGITS = 5
_LETTERS = re.compile(r"[a-z]{1,2}")
"""What gives an order of its own before a number: A1, A2, B1."""


class Page(NamedTuple):
    """A file of a record: its name relative to the record's folder, and its page number where the pattern of flat names
    has found one.

    `listed` files were named one by one in the catalogue: their order is the catalogue's. `at` is the place there of
    the file, or of the folder that holds it. `mark` is what the name says, once the pages are in order; `copy` whether
    the name marks it as a copy of another that is there.
    """

    entry: Entry
    name: bytes
    number: int | None
    listed: bool = False
    at: int = _UNLISTED
    mark: Mark | None = None
    copy: bool = False

    @property
    def folder(self) -> bytes:
        """The folder below the record's."""
        return self.name.rpartition(b"/")[0]


def in_page_order(pages: Sequence[Page], names: PageNames, code: str) -> list[Page]:
    """What the catalogue lists comes first, in its own order. All else folder by folder: by the profile's words, by
    page numbers, then by name as people count (2 before 10)."""
    by_folder: dict[tuple[int, bytes], list[Page]] = {}
    for page in pages:
        by_folder.setdefault((page.at, page.folder), []).append(page)
    out: list[Page] = []
    for at, folder in sorted(by_folder, key=lambda key: (key[0], names.folder(key[1]), key[1])):
        out += sorted(_marked(by_folder[at, folder], names, code), key=_order)
    return out


def _marked(pages: Sequence[Page], names: PageNames, code: str) -> list[Page]:
    """The pages of one folder with their marks; what single names leave open is settled by the others."""
    marks = [
        Mark(names.body, number=page.number) if page.number is not None else names.read(page.name, code)
        for page in pages
    ]
    if any(mark.span for mark in marks) and not _spans_fit(marks):
        marks = [m._replace(group=str(m.number), number=m.last, last=None, span=False) if m.span else m for m in marks]
    marks = _rows_begun(_one_number_apart(marks))
    if not any(mark.base for mark in marks):
        return [page._replace(mark=mark) for page, mark in zip(pages, marks, strict=True)]
    return [_as_copy(page, mark, pages, names, code) for page, mark in zip(pages, marks, strict=True)]


def _one_number_apart(marks: list[Mark]) -> list[Mark]:
    """Names of several numbers that differ in one of them only (`2019年 (1)`, `2019年 (2)`) are in its order."""
    alike: dict[tuple[str, ...], list[tuple[int, list[str]]]] = {}
    for at, mark in enumerate(marks):
        parts = _DIGITS.split(mark.group)
        if mark.number is None and len(parts) > 1:
            alike.setdefault(tuple(parts[::2]), []).append((at, parts[1::2]))
    settled = list(marks)
    for texts, some in alike.items():
        apart = [
            n for n, numbers in enumerate(zip(*(numbers for _, numbers in some), strict=True)) if len(set(numbers)) > 1
        ]
        if len(apart) != 1 or any(len(numbers[apart[0]]) > _MOST_DIGITS for _, numbers in some):
            continue
        for at, numbers in some:
            shape = "".join(text + number for text, number in zip(texts, numbers[: apart[0]], strict=False))
            settled[at] = marks[at]._replace(group=shape + texts[apart[0]], number=int(numbers[apart[0]]), loose=True)
    return settled


def _rows_begun(marks: list[Mark]) -> list[Mark]:
    """`扫描` before `扫描 (2)` is the first of that row."""
    seconds = {mark.group for mark in marks if mark.number == 2 and mark.group}
    firsts = {mark.group for mark in marks if mark.number == 1}
    begun = seconds - firsts
    return [m._replace(number=1) if m.number is None and m.group in begun else m for m in marks]


def _spans_fit(marks: Iterable[Mark]) -> bool:
    """Whether `001-002` can be pages 1 and 2 of a double sheet: then no page comes twice."""
    taken: set[int] = set()
    for mark in marks:
        if mark.group or mark.base:
            continue
        if not taken.isdisjoint(mark.pages):
            return False
        taken.update(mark.pages)
    return True


def double_sheets(paths: Sequence[str]) -> list[int]:
    """For each file, how many pages its name says it holds beyond the first: one for `001-002.jpg`. None where such
    numbers cannot be pages of one sheet."""
    spans = [span_of(path) for path in paths]
    taken = [page for span in spans for page in span]
    return [max(len(span) - 1, 0) for span in spans] if len(set(taken)) == len(taken) else [0] * len(paths)


def _as_copy(page: Page, mark: Mark, pages: Sequence[Page], names: PageNames, code: str) -> Page:
    """`002 - 副本` and `002 (1)` beside `002` are copies; `扫描 (1)` beside `扫描` is the next of a row."""
    if not mark.base:
        return page._replace(mark=mark)
    meant = names.read(f"{mark.base}.x".encode("utf-8", "surrogateescape"), code)
    there = any(names.bare(stem_of(other.name), code) == mark.base for other in pages if other is not page)
    if there and (meant.number is not None or meant.place != names.body):
        return page._replace(mark=meant._replace(base=mark.base), copy=True)
    return page._replace(mark=mark)


def _order(page: Page) -> tuple[Any, ...]:
    mark = page.mark or Mark(0)
    stem = natural(stem_of(page.name))
    none = mark.number is None
    group = natural(mark.group) if not none or mark.place else ("",)
    return (mark.place, none, group, mark.number or 0, mark.letter, mark.back, page.copy, stem, page.name)


def without_order(pages: Sequence[Page], body: int) -> list[Page]:
    """Pages of one folder whose names give no order among the others of their place: without a number beside others, or
    numbered in rows of which nobody can tell which comes first."""
    out: list[Page] = []
    places: dict[int, list[Page]] = {}
    for page in pages:
        if page.mark is not None and not page.listed and not page.copy:
            places.setdefault(page.mark.place, []).append(page)
    for place, some in places.items():
        if len(some) < 2:
            continue
        marks = [page.mark for page in some if page.mark is not None]
        groups = {mark.group for mark in marks if mark.number is not None}
        plain = all(map(str.isdigit, groups)) or all(_LETTERS.fullmatch(group) for group in groups)
        if place == body and len(groups) > 1 and not plain:
            out += some
        else:
            out += [page for page, mark in zip(some, marks, strict=True) if mark.number is None and not mark.back]
    return out
