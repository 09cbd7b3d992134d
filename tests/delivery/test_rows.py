"""A row of the catalogue read as a description."""

from dataclasses import replace

import pytest

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.delivery.rows import page_count, read_row
from pipeline.profiles import load_profile

RULES = load_profile("county").delivery


def row(code: str, **values: str) -> CatalogueRow:
    given = tuple(values.items())
    return CatalogueRow(row=5, values=(("archival_code", code), *given), extra=(("备注", "x"),), cells=(("题名", "y"),))


def test_a_row_is_what_it_says() -> None:
    about, findings = read_row(row("Ｋ021－WS·2020·Y－0001", title="通知", page_count="6页"), RULES, "catalogue.csv")
    assert about is not None and findings == []
    assert (about.archival_code, about.as_typed_code) == ("K021-WS·2020·Y-0001", "Ｋ021－WS·2020·Y－0001")
    assert (about.fonds, about.category, about.title, about.page_count) == ("K021", "WS", "通知", 6)
    assert [(each.value, each.typed) for each in about.elements if each.element == "page_count"] == [("6", "6页")]
    assert (about.row, about.extra, about.cells) == (5, (("备注", "x"),), (("题名", "y"),))


def test_columns_say_more_than_the_code() -> None:
    about, _ = read_row(row("K021-WS·2020·Y-0001", fonds="Ｋ022", category="文书"), RULES, "catalogue.csv")
    assert about is not None
    assert (about.fonds, about.category) == ("K022", "WS")


def test_what_neither_says_is_the_profiles() -> None:
    rules = replace(RULES, default_fonds="K099", default_category="QT")
    about, _ = read_row(row("某县0001"), rules, "catalogue.csv")
    assert about is not None
    assert (about.fonds, about.category) == ("K099", "QT")


@pytest.mark.parametrize(("code", "found"), [("", "value_missing"), ("a/b", "code_invalid"), ("..", "code_invalid")])
def test_without_a_code_there_is_no_description(code: str, found: str) -> None:
    about, findings = read_row(row(code), RULES, "catalogue.csv")
    assert about is None
    assert [(each.code, each.row, each.record) for each in findings] == [(found, 5, "")]


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("6", 6),
        ("６", 6),
        ("6页", 6),
        ("共 12 张", 12),
        ("6.0", 6),
        ("3P", 3),
        ("0", 0),
        ("", None),
        ("6-8", None),
        ("六", None),
        ("-1", None),
        ("1234567", None),
        ("6.5", None),
    ],
)
def test_numbers_of_pages_as_people_type_them(typed: str, pages: int | None) -> None:
    assert page_count(typed) == pages


def test_a_number_that_cannot_be_read_is_none() -> None:
    about, findings = read_row(row("K021-WS·2020·Y-0001", page_count="若干"), RULES, "catalogue.csv")
    assert about is not None and about.page_count is None
    assert findings == []
