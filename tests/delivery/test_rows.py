"""A row of the catalogue read as a description."""

from dataclasses import replace

import pytest

from pipeline.codecs.catalogue import CatalogueRow
from pipeline.delivery.rows import page_count, pages_spanned, read_row
from pipeline.domain.records import Element
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
    assert about.found("year") == Element(element="year", value="2020", taken_from="档号")
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


@pytest.mark.parametrize(
    ("element", "typed", "value"),
    [
        ("date", "2018年3月15日", "20180315"),
        ("date", "20180315", "20180315"),
        ("date", "03/04/2018", "03/04/2018"),
        ("retention", "三十年", "30年"),
        ("retention", "D30", "D30"),
        ("retention", "长期", "长期"),
        ("retention", "永久保管", "永久"),
        ("year", "二〇一八年", "2018"),
        ("year", "2018-2019", "2018-2019"),
        ("year", "2018年度", "2018"),
        ("retention", "30年（定期）", "30年"),
        ("retention", "定期（三十年）", "30年"),
        ("retention", "D30（30年）", "30年"),
        ("retention", "Y（永久）", "永久"),
        ("retention", "D30（10年）", "D30（10年）"),
        ("retention", "定期（30年）", "定期（30年）"),
        ("filing_date", "2019.6.1", "20190601"),
        ("remarks", " 2018.3.15", " 2018.3.15"),
    ],
)
def test_values_are_read_by_the_kind_of_their_element(element: str, typed: str, value: str) -> None:
    about, _ = read_row(row("某县0001", **{element: typed}), RULES, "catalogue.csv")
    assert about is not None
    assert about.found(element) == Element(element=element, value=value, typed=typed if typed != value else "")


def test_a_county_says_what_its_old_periods_mean() -> None:
    rules = replace(RULES, periods={"长期": "30年"})
    about, _ = read_row(row("某县0001", retention="长 期"), rules, "catalogue.csv")
    assert about is not None and about.retention == "30年"


@pytest.mark.parametrize(
    ("code", "year", "retention"),
    [
        ("Z109-WS·2011-Y-BGS-0001", "2011", "永久"),
        ("Z109-WS·2011·D30·办公室-0001", "2011", "30年"),
        ("068-ZP-2017-D10-BGS-1201", "2017", "10年"),
        ("C038-001-002-003", "", ""),
        ("X032-KJ·KY·01-003", "", ""),
    ],
)
def test_the_national_form_says_year_and_period_in_the_code(code: str, year: str, retention: str) -> None:
    about, _ = read_row(row(code, title="通知"), RULES, "catalogue.csv")
    assert about is not None
    assert (about.value("year"), about.retention) == (year, retention)
    assert all(each.taken_from == "档号" for each in about.elements if each.element != "title")


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("1-2", 2),
        ("12-15", 4),
        ("012—015", 4),
        ("第3页至第5页", 3),
        ("７～９", 3),
        ("3", None),
        ("5-3", None),
        ("", None),
    ],
)
def test_a_span_of_page_numbers_is_a_number_of_pages(typed: str, pages: int | None) -> None:
    assert pages_spanned(typed) == pages
    about, _ = read_row(row("某县0001", page_numbers=typed), RULES, "catalogue.csv")
    assert about is not None and about.page_count == pages
    counted, _ = read_row(row("某县0001", page_numbers=typed, page_count="9"), RULES, "catalogue.csv")
    assert counted is not None and counted.page_count == 9


def test_a_header_of_another_name_is_kept_beside_the_value() -> None:
    given = CatalogueRow(
        row=5, values=(("archival_code", "某县0001"), ("title", "通知")), near=(("title", "文件题名"),)
    )
    about, _ = read_row(given, RULES, "catalogue.csv")
    assert about is not None and about.found("title") == Element(element="title", value="通知", taken_from="文件题名")


def test_the_number_of_a_photograph_is_a_photographs_code() -> None:
    about, _ = read_row(row("K021-Y-1-12", photo_number="K021-Y-1-12"), RULES, "catalogue.csv")
    assert about is not None
    assert (about.category, about.retention) == ("ZP", "永久")
