"""The same pages handed in twice, in two forms (双套格式): JPEG for reading beside TIFF, a PDF beside its pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pipeline.delivery.page_order import Page

T = TypeVar("T")

_PICTURES = frozenset(b"jpg jpeg png bmp gif jp2 jpx jpf webp heic heif avif tif tiff".split())
_SAME = {b"jpeg": b"jpg", b"tiff": b"tif", b"jpx": b"jp2", b"jpf": b"jp2", b"heif": b"heic"}


def forms_of(names: Iterable[tuple[bytes, T]]) -> Mapping[bytes, tuple[T, ...]]:
    """By extension, what bears the names, where each name stands there in every extension: `001.tif` and `001.jpg`, in
    one folder or in two. Empty where the names are those of one set of pages. Without regard to case."""
    by_form: dict[bytes, dict[bytes, T]] = {}
    count = 0
    for name, thing in names:
        stem, _, extension = name.rpartition(b"/")[2].lower().rpartition(b".")
        by_form.setdefault(_SAME.get(extension, extension), {})[stem] = thing
        count += 1
    stems = [set(each) for each in by_form.values()]
    doubled = len(stems) > 1 and all(each == stems[0] for each in stems) and count == len(stems) * len(stems[0])
    if not doubled or not by_form.keys() <= _PICTURES | {b"pdf"}:
        return {}
    return {form: tuple(things.values()) for form, things in by_form.items()}


def one_form(pages: Sequence[Page]) -> tuple[Sequence[Page], Mapping[bytes, int]]:
    """The pages once, in the form whose page comes first, and how many there are in each form; no forms where there is
    one only, or the catalogue names the files one by one."""
    if any(page.listed for page in pages):
        return pages, {}
    forms = forms_of((page.name, page) for page in pages)
    if not forms:
        return pages, {}
    pictures = {form: some for form, some in forms.items() if form in _PICTURES}
    kept = set(next(iter((pictures or forms).values())))
    return [page for page in pages if page in kept], {form: len(some) for form, some in forms.items()}
