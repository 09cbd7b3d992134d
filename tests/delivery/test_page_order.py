"""Page numbers and page order, as far as names tell."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.delivery.listing import Entry
from pipeline.delivery.page_order import Page, in_page_order, page_number
from pipeline.profiles import load_profile

PATTERN = re.compile(load_profile("county").delivery.page_pattern)


def page(name: str, *, listed: bool = False) -> Page:
    raw = name.encode()
    return Page(Entry(raw, 1, 0, 0, 0), raw, None if listed else page_number(raw, PATTERN), listed)


def ordered(*pages: Page) -> list[str]:
    return [each.name.decode() for each in in_page_order(pages)]


@pytest.mark.parametrize(
    ("name", "number"), [("001.tif", 1), ("a/b/12.jpg", 12), ("0.jpg", 0), ("说明.txt", None), ("3", 3)]
)
def test_the_number_in_a_name(name: str, number: int | None) -> None:
    assert page_number(name.encode(), PATTERN) == number


def test_a_name_in_another_encoding_has_its_number() -> None:
    assert page_number("第3页.tif".encode("gb18030"), re.compile(r"第(?P<page>\d+)页")) == 3


def test_by_number_and_not_by_letter() -> None:
    assert ordered(page("10.tif"), page("9.tif"), page("0011.tif")) == ["9.tif", "10.tif", "0011.tif"]


def test_numbered_before_the_rest_and_folder_by_folder() -> None:
    names = ["附件.txt", "b/1.tif", "2.tif", "a10/1.tif", "a9/1.tif"]
    assert ordered(*map(page, names)) == ["2.tif", "附件.txt", "a9/1.tif", "a10/1.tif", "b/1.tif"]


def test_what_the_catalogue_lists_comes_first_in_its_order() -> None:
    pages = [page("1.tif"), page("9.tif", listed=True), page("2.tif", listed=True)]
    assert ordered(*pages) == ["9.tif", "2.tif", "1.tif"]


@given(st.permutations(["1.tif", "01.tif", "2.tif", "b/1.tif", "B/1.tif", "x.txt", "X.txt"]))
def test_the_order_does_not_depend_on_how_they_were_found(names: list[str]) -> None:
    assert ordered(*map(page, names)) == ordered(*map(page, sorted(names)))
