"""Dates of records."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.dates import date_meanings, is_record_date

CHARACTERS = "〇一二三四五六七八九"


@pytest.mark.parametrize("text", ["20190315", "[19450815]", "20190300", "20190000", "20160101-20201231", "20200229"])
def test_dates(text: str) -> None:
    assert is_record_date(text)
    assert date_meanings(text) == (text,)


@pytest.mark.parametrize(
    "text",
    ["", "2019", "20190230", "20191301", "20190015", "2019-03-15", "[20190230]", "20201231-20160101", "00000000"],
)
def test_no_dates(text: str) -> None:
    assert not is_record_date(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2018.3.15", "20180315"),
        ("2018/3/15", "20180315"),
        ("2018-03-15", "20180315"),
        ("2018年3月15日", "20180315"),
        ("2018年3月15号", "20180315"),
        ("2018年3月15", "20180315"),
        ("２０１８．３．１５", "20180315"),
        ("2018、3、15", "20180315"),
        ("２０１８０３１５", "20180315"),
        ("2018 年 3 月 15 日", "20180315"),
        ("2018 3 15", "20180315"),
        ("2018.3.15.", "20180315"),
        ("2018—3—15", "20180315"),
        ("2018. 3. 15", "20180315"),
        ("二〇一八年三月十五日", "20180315"),
        ("二○一八年三月十五日", "20180315"),
        ("二零一八年十二月三十一日", "20181231"),
        ("一九九八年十月廿一日", "19981021"),
        ("二〇一八年元月一日", "20180101"),
        ("二〇一八年三月", "20180300"),
        ("民国三十七年五月", "19480500"),
        ("民国37年5月4日", "19480504"),
        ("民国元年", "19120000"),
        ("公元2018年", "20180000"),
        ("2018年3月", "20180300"),
        ("2018年3月份", "20180300"),
        ("2018-03", "20180300"),
        ("2018.3", "20180300"),
        ("201803", "20180300"),
        ("2018", "20180000"),
        ("2018年", "20180000"),
        ("２０１８", "20180000"),
        ("2018-00-00", "20180000"),
        ("15/03/2018", "20180315"),
        ("03/15/2018", "20180315"),
        ("03/03/2018", "20180303"),
        ("3/2018", "20180300"),
        ("2019-05-01 09:30:00", "20190501"),
        ("20190501 09:30:00", "20190501"),
        ("2019-05-01T09:30:00+08:00", "20190501"),
        ("2019/5/1 9:30", "20190501"),
        ("2019年5月1日上午9时30分", "20190501"),
        ("2019年5月1日 9点", "20190501"),
        ("2019-05-01 00:00:00.000", "20190501"),
        ("2018年3月15日星期四", "20180315"),
        ("2018年3月15日（星期四）", "20180315"),
        ("[2018年3月]", "[20180300]"),
        ("〔2018.3.15〕", "[20180315]"),
        ("[2018]", "[20180000]"),
        ("2018.3-2018.5", "20180300-20180500"),
        ("2018年3月15日至17日", "20180315-20180317"),
        ("2018年3月至5月", "20180300-20180500"),
        ("2018年3月15日—4月1日", "20180315-20180401"),
        ("2018-2019", "20180000-20190000"),
        ("2018.3.15～2019.4.1", "20180315-20190401"),
        ("2018-03-15至2019-04-01", "20180315-20190401"),
        ("二〇一八年三月至二〇一九年四月", "20180300-20190400"),
        ("20180315 — 20190401", "20180315-20190401"),
    ],
)
def test_what_can_mean_one_thing_means_it(text: str, meant: str) -> None:
    assert date_meanings(text) == (meant,)
    assert is_record_date(meant)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("03/04/2018", ("20180304", "20180403")),
        ("3.4.2018", ("20180304", "20180403")),
        ("201203", ("20120300", "20201203")),
    ],
)
def test_what_can_mean_two_things_has_both(text: str, meant: tuple[str, ...]) -> None:
    assert date_meanings(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "43539",
        "18.3.15",
        "18年3月15日",
        "2018年13月",
        "2019-02-30",
        "20190230",
        "三月",
        "3月15日",
        "去年",
        "2018年春",
        "约2018年",
        "2018.3-5",
        "2018/3-15",
        "二〇一八年正月",
        "2019-05-01T20:00:00Z",
        "2019-03-15:20",
        "民国一百零五年",
        "2019-0-5",
        "0043",
        "2018.5-2018.3",
        "20180315,20180316",
        "0000",
        "三十年",
        "2018" * 20,
    ],
)
def test_nothing_is_meant_where_nothing_is_plain(text: str) -> None:
    assert date_meanings(text) == ()


@given(st.dates(date(1000, 1, 1)))
def test_every_day_is_a_date_in_every_form(day: date) -> None:
    meant = f"{day:%Y%m%d}".zfill(8)
    assert is_record_date(meant)
    y, m, d = day.year, day.month, day.day
    forms = [f"{y}{s}{m}{s}{d}" for s in "-./"] + [
        f"{y}-{m:02d}-{d:02d} 08:00:00",
        f"{y}年{m}月{d}日",
        f"[{y}.{m}.{d}]",
    ]
    characters = "".join(CHARACTERS[int(digit)] for digit in str(y))
    forms.append(f"{characters}年{_spoken(m)}月{_spoken(d)}日")
    for form in forms:
        assert date_meanings(form) == (f"[{meant}]" if form.startswith("[") else meant,)


def _spoken(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else ("" if tens == 1 else CHARACTERS[tens]) + "十") + (CHARACTERS[ones] if ones else "")


@given(st.text() | st.text("0123456789年月日至-./ 二〇一八十[]:T", max_size=20))
def test_what_is_meant_is_a_date(text: str) -> None:
    assert all(map(is_record_date, date_meanings(text)))
