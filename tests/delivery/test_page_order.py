"""Page order and page numbers, as far as names tell."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.delivery.listing import Entry
from pipeline.delivery.page_names import PageNames
from pipeline.delivery.page_order import Page, double_sheets, in_page_order, without_order
from pipeline.profiles import load_profile

NAMES = PageNames(load_profile("county").delivery)
CODE = "K021-WS·2019·D10-0001"


def page(name: str, *, listed: bool = False, at: int = 1 << 40) -> Page:
    raw = name.encode()
    return Page(Entry(raw, 1, 0, 0, 0), raw, None, listed, at)


def ordered(*pages: Page) -> list[str]:
    return [each.name.decode() for each in in_page_order(pages, NAMES, CODE)]


VOLUMES = {
    "numbers": ["1.jpg", "2.jpg", "10.jpg", "11.jpg"],
    "zeros": ["001.tif", "002.tif", "002A.tif", "002B.tif", "003.tif", "0011.tif"],
    "a volume": [
        "封面.jpg", "扉页.jpg", "卷内目录001.jpg", "卷内目录002.jpg", "001.jpg", "002.jpg", "003.jpg", "附件1.jpg",
        "附件2.jpg", "附件10.jpg", "备考表.jpg", "封底.jpg",
    ],
    "double sheets": ["001-002.jpg", "003-004.jpg", "005.jpg"],
    "groups": ["1-1.jpg", "1-2.jpg", "1-3.jpg", "2-1.jpg"],
    "sheets": ["第1页.jpg", "第2页.jpg", "第10页.jpg"],
    "sheets in characters": ["第一页.jpg", "第二页.jpg", "第十页.jpg", "第十一页.jpg"],
    "characters": ["一.jpg", "二.jpg", "三.jpg", "四.jpg", "十.jpg", "二十一.jpg"],
    "a scanner's": ["扫描（1）.jpg", "扫描（2）.jpg", "扫描（10）.jpg"],
    "windows": ["扫描.jpg", "扫描 (2).jpg", "扫描 (3).jpg"],
    "several numbers": ["2019年 (1).jpg", "2019年 (2).jpg", "2019年 (10).jpg"],
    "a series of a number": ["1 (1).jpg", "1 (2).jpg", "1 (10).jpg"],
    "fronts and backs": ["001-正.jpg", "001-反.jpg", "002-正.jpg", "002-反.jpg"],
    "wide digits": ["１.jpg", "２.jpg", "１０.jpg"],
    "backs": ["001.jpg", "001背面.jpg", "002.jpg", "002反面.jpg"],
    "copies": ["001.jpg", "002.jpg", "002 - 副本.jpg", "003.jpg"],
    "words in folders": ["封面/1.jpg", "1.jpg", "2.jpg", "附件/1.jpg", "附件/2.jpg", "封底/1.jpg"],
    "folders in characters": ["第一卷/1.jpg", "第二卷/1.jpg", "第十卷/1.jpg"],
    "leading numbers": ["00封面.jpg", "01目录.jpg", "02正文.jpg", "10封底.jpg"],
    "annexes of pages": ["正文1.jpg", "正文2.jpg", "附件1第1页.jpg", "附件1第2页.jpg", "附件2第1页.jpg"],
    "letters": ["A1.jpg", "A2.jpg", "A10.jpg", "B1.jpg"],
    "with the code": [f"{CODE}-001.jpg", f"{CODE}-002.jpg", f"{CODE}-010.jpg"],
}  # fmt: skip


@pytest.mark.parametrize("names", VOLUMES.values(), ids=VOLUMES)
@given(shuffle=st.randoms(use_true_random=False))
def test_volumes_come_in_order_however_they_were_found(names: list[str], shuffle: Random) -> None:
    mixed = list(names)
    shuffle.shuffle(mixed)
    assert ordered(*map(page, mixed)) == names


@pytest.mark.parametrize(
    ("names", "unclear"),
    [
        (["合同1.jpg", "合同2.jpg", "发票1.jpg", "发票2.jpg"], 4),
        (["正面照.jpg", "合影.jpg"], 2),
        (["001.jpg", "签字页.jpg"], 1),
        (["封面.jpg", "封面.tif"], 2),
        (["单页.jpg"], 0),
        (["封面.jpg", "扫描件.jpg", "封底.jpg"], 0),
    ],
)
def test_names_without_order_are_known(names: list[str], unclear: int) -> None:
    assert len(without_order(in_page_order([*map(page, names)], NAMES, CODE), NAMES.body)) == unclear


@pytest.mark.parametrize("names", VOLUMES.values(), ids=VOLUMES)
def test_names_with_an_order_are_not_doubted(names: list[str]) -> None:
    by_folder: dict[bytes, list[Page]] = {}
    for each in in_page_order([*map(page, names)], NAMES, CODE):
        by_folder.setdefault(each.folder, []).append(each)
    assert [p.name.decode() for some in by_folder.values() for p in without_order(some, NAMES.body)] == []


def test_what_the_catalogue_lists_comes_first_in_its_order() -> None:
    pages = [page("1.tif"), page("9.tif", listed=True, at=0), page("2.tif", listed=True, at=1)]
    assert ordered(*pages) == ["9.tif", "2.tif", "1.tif"]


def test_files_of_a_folder_that_the_catalogue_names_are_in_page_order_at_its_place() -> None:
    pages = [
        page("b/10.png", at=1),
        page("b/9.png", at=1),
        page("z.png", listed=True, at=0),
        page("a.png", listed=True, at=2),
    ]
    assert ordered(*pages) == ["z.png", "b/9.png", "b/10.png", "a.png"]


def test_a_name_in_another_encoding_has_its_number() -> None:
    raw = "第3页.tif".encode("gb18030")
    (found,) = in_page_order([Page(Entry(raw, 1, 0, 0, 0), raw, None)], NAMES, CODE)
    assert found.mark is not None and found.mark.number == 3


def test_a_copy_is_known_by_the_page_beside_it() -> None:
    pages = in_page_order([*map(page, ["001.jpg", "002.jpg", "002 (1).jpg", "003 - 副本.jpg"])], NAMES, CODE)
    assert [each.name.decode() for each in pages if each.copy] == ["002 (1).jpg"]


def test_pages_of_double_sheets_are_counted() -> None:
    assert double_sheets(["a/001-002.jpg", "a/003-004.jpg", "a/005.jpg"]) == [1, 1, 0]
    assert double_sheets(["1-1.jpg", "1-2.jpg", "1-3.jpg"]) == [0, 0, 0]
    assert double_sheets(["2019-001.jpg"]) == [0]


def test_a_profile_without_words_orders_by_number() -> None:
    names = PageNames(replace(load_profile("county").delivery, page_words=(), reverse_words=(), copy_words=()))
    pages = in_page_order([*map(page, ["封面.jpg", "2.jpg", "10.jpg"])], names, CODE)
    assert [each.name.decode() for each in pages] == ["2.jpg", "10.jpg", "封面.jpg"]


@given(st.lists(st.binary(min_size=1, max_size=12).filter(lambda raw: b"\0" not in raw), unique=True, max_size=8))
def test_any_names_have_one_order(names: list[bytes]) -> None:
    pages = [Page(Entry(raw, 1, 0, 0, 0), raw, None) for raw in names]
    once = [p.name for p in in_page_order(pages, NAMES, CODE)]
    assert once == [p.name for p in in_page_order(pages[::-1], NAMES, CODE)]
    assert sorted(once) == sorted(names)
