"""Header rows: names of fields as lists and programs spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codecs.catalogue_headers import HeaderTable, normalise_header
from pipeline.profiles import load_profile

RULES = load_profile("county").delivery
TABLE = HeaderTable(RULES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("档　号", "档号"),
        (" 题 名 ", "题名"),
        ("页（件）数", "页(件)数"),
        ("ＴＩＴＬＥ", "title"),
        ("Archival.Code", "archivalcode"),
        ("*档号：", "档号"),
    ],
)
def test_headers_are_compared_as_they_were_meant(typed: str, meant: str) -> None:
    assert normalise_header(typed) == normalise_header(meant) == meant


NATIONAL = {
    "归档文件目录": "序号 档号 文号 责任者 题名 日期 密级 页数 备注",
    "卷内文件目录": "顺序号 档号 文号 责任者 题名 日期 页号 备注",
    "案卷目录": "案卷号 档号 案卷题名 起止日期 件数 页数 保管期限 备注",
    "照片目录": "照片号 底片号 参见号 题名 时间 摄影者 地点 人物 事由 背景 文字说明",
    "录音录像目录": "档号 题名 责任者 摄录者 摄录时间 时间长度 主题 附注",
    "a county's": "归档年度 机构或问题 件号 盒号 人名 保管期限 开放标识 档号 文件题名",
}


@pytest.mark.parametrize("headers", NATIONAL.values(), ids=NATIONAL)
def test_every_column_of_the_ordinary_lists_has_its_field(headers: str) -> None:
    header = TABLE.read(headers.split())
    assert (header.other, header.doubled, header.code is not None) == ({}, {}, True)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("题名", "title"), ("题\n名", "title"), ("文件题名", "title"), ("材料名称", "title"),
        ("案卷题名", "title"),
        ("题名（必填）", "title"), ("题名【必填】", "title"), ("保管 期限", "retention"),
        ("保管期限（年）", "retention"),
        ("页数（页）", "page_count"), ("日期(8位数字)", "date"), ("成文日期", "date"), ("⽇期", "date"),
        ("机构（问题）", "organisation"), ("檔號", "archival_code"), ("发文字号", "document_number"),
    ],
)  # fmt: skip
def test_near_forms(typed: str, field: str) -> None:
    assert TABLE.read([typed]).fields == {0: field}


def test_the_fields_own_name_comes_first_and_is_not_doubled() -> None:
    header = TABLE.read(["文件题名", "题名", "案卷题名"])
    assert (header.fields, header.near, header.doubled) == ({1: "title"}, {}, {})
    assert header.other == {0: "文件题名", 2: "案卷题名"}
    assert TABLE.read(["案卷题名", "文件题名"]).near == {1: "title"}


@pytest.mark.parametrize(
    ("typed", "nearest"), [("保管期现", "保管期限"), ("责任者者", "责任者"), ("柜位", ""), ("", "")]
)
def test_the_nearest_known_header(typed: str, nearest: str) -> None:
    assert TABLE.nearest(typed) == nearest


def test_no_header_stands_for_two_fields() -> None:
    known = [normalise_header(cell) for cells in RULES.headers.values() for cell in cells]
    known += [normalise_header(cell) for cells in RULES.synonyms.values() for cell in cells]
    assert sorted(known) == sorted(set(known))


KNOWN = [cell for cells in RULES.headers.values() for cell in cells]


@given(st.lists(st.text(max_size=8) | st.sampled_from(KNOWN), max_size=12))
def test_every_column_has_one_place(cells: list[str]) -> None:
    header = TABLE.read(cells)
    places = [*header.fields, *header.doubled, *header.other]
    assert sorted(places) == list(range(len(cells)))
    assert set(header.near) <= set(header.fields)
