"""Copies that must not be kept, and those that are kept with a word."""

from datetime import date

import pytest

from pipeline.formats.frozen import comparing
from pipeline.formats.frozen.seen import Seen

LONG = "关于报送二〇一九年度扶贫工作总结材料的函请于三月十五日前报县扶贫办"
TODAY = date(2026, 11, 28)


def fault(seen: Seen, copy: str, *, pages: int = 1, is_sheet: bool = False) -> str:
    found = comparing.fault(seen, copy, pages=pages, is_sheet=is_sheet, today=TODAY, names=("d00001.pdf", "/scratch/x"))
    return found.code if found else ""


@pytest.mark.parametrize(
    ("said", "copy", "code"),
    [
        (LONG, LONG, ""),
        (LONG, "  \f", "copy_blank"),
        ("", " \f", ""),
        (LONG, LONG[:6], "copy_lacks_most"),
        (LONG, f"{LONG} 2026 年 11 月 28 日", "copy_says_today"),
        (LONG, f"{LONG} November 28, 2026", "copy_says_today"),
        (LONG, f"{LONG}二〇二六年十一月二十七日", "copy_says_today"),
        (f"{LONG}2026年11月28日", f"{LONG} 2026 年 11 月 28 日", ""),
        (LONG, f"{LONG} d00001.pdf", "copy_says_work_name"),
        (LONG, f"{LONG} file:///scratch/x/a", "copy_says_work_name"),
        ("办⽂", "办文", ""),
    ],
)
def test_what_is_thrown_away(said: str, copy: str, code: str) -> None:
    assert fault(Seen(text=[said]), copy) == code


def test_numbers_alone_are_content() -> None:
    assert fault(Seen(numbers=3), "", is_sheet=True) == "copy_blank"


@pytest.mark.parametrize(("pages", "code"), [(2048, "copy_too_long"), (21, "copy_too_long"), (3, "")])
def test_pages_without_end_for_a_few_cells(pages: int, code: str) -> None:
    assert fault(Seen(text=["\n字"], numbers=2), "字 1 2", pages=pages, is_sheet=True) == code
    assert fault(Seen(text=["\n字"], numbers=2), "字 1 2", pages=pages) == ""


def test_a_date_of_today_in_a_sheet_may_be_a_stored_number() -> None:
    assert fault(Seen(numbers=1), "2026-11-28", is_sheet=True) == ""


@pytest.mark.parametrize(
    ("copy", "size", "codes"),
    [
        (LONG, 100, []),
        (LONG[:20], 100, ["copy_lacks_text"]),
        (f"{LONG} ###", 100, ["copy_cells_too_narrow"]),
        (LONG, 9 * 2**20, ["copy_grew"]),
    ],
)
def test_what_is_kept_with_a_word(copy: str, size: int, codes: list[str]) -> None:
    told = comparing.doubts(Seen(text=[LONG]), copy, size=size, source_size=1000)
    assert [each.code for each in told] == codes
