"""record.xml: what is described comes back, whatever a catalogue holds; values that are not ours are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.codecs.record_xml import ElectronicFile, Record, read_record, scheme_of, write_record
from pipeline.domain.records import Description, Element, elements
from pipeline.errors import SourceError
from pipeline.schemas import RECORD, schema
from tests.makers.texts import any_text, filled_text
from tests.makers.values import description

GROUPS = (
    ("数字化属性", (("扫描分辨率", "300dpi"), ("扫描色彩模式", "灰度"))),
    ("捕获设备", (("设备型号", "NIKON D90"),)),
)

descriptions = st.builds(
    Description,
    archival_code=filled_text,
    package_id=filled_text,
    fonds=any_text,
    category=st.sampled_from(["WS", "ZP", "LY", "LX", "QT"]),
    elements=st.builds(
        elements,
        title=any_text,
        creator=any_text,
        date=any_text,
        retention=any_text,
        security=any_text,
        access=any_text,
        page_count=st.just("") | st.integers(0, 10**9).map(str),
    ),
    as_typed_code=filled_text,
    row=st.integers(0, 10**7),
    extra=st.lists(st.tuples(any_text, any_text), max_size=3).map(tuple),
)
files = st.lists(
    st.builds(
        ElectronicFile,
        path=filled_text,
        name=filled_text,
        size=st.integers(0, 2**60),
        format_name=filled_text,
        format_version=any_text,
        format_note=any_text,
        groups=st.sampled_from([(), GROUPS, GROUPS[1:]]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda file: file.path,
).map(tuple)
records = st.builds(Record, description=descriptions, archives=filled_text, fonds_name=any_text, files=files)


def written(record: Record, folder: Path) -> Path:
    path = folder / "record.xml"
    with path.open("wb") as out:
        write_record(record, out.write)
    return path


def plain(**changes: object) -> Record:
    file = ElectronicFile(path="data/original/1.tif", name="1.tif", size=1, format_name="TIFF")
    return Record(description=description(**changes), archives="某县档案馆", fonds_name="", files=(file,))


@settings(max_examples=60, deadline=None)
@given(records)
def test_every_record_comes_back_and_is_valid(tmp_path_factory: pytest.TempPathFactory, record: Record) -> None:
    path = written(record, tmp_path_factory.mktemp("record"))
    assert schema(RECORD).fault(path) is None
    assert read_record(path) == record


def test_same_value_same_bytes(tmp_path: Path) -> None:
    first = written(plain(), tmp_path).read_bytes()
    assert first == written(plain(), tmp_path).read_bytes()
    assert first.endswith(b"</\xe6\xa1\xa3\xe6\xa1\x88\xe8\x91\x97\xe5\xbd\x95>\n")


def test_a_code_typed_otherwise_stands_beside_the_normal_form(tmp_path: Path) -> None:
    text = written(plain(as_typed_code="Ｋ021-WS・2021・D30-0001"), tmp_path).read_text("utf-8")
    assert '<档号 原文="Ｋ021-WS・2021・D30-0001">K021-WS·2021·D30-0001</档号>' in text
    assert "原文" not in written(plain(), tmp_path).read_text("utf-8")
    assert "原文" not in written(plain(as_typed_code=""), tmp_path).read_text("utf-8")


def test_what_was_typed_and_where_it_was_read_stand_beside_the_value(tmp_path: Path) -> None:
    told = (
        Element(element="date", value="20180315", typed="2018年3月15日"),
        Element(element="retention", value="30年", typed="D30", taken_from="档号"),
        Element(element="page_count", value="6", typed="6页"),
        Element(element="remarks", value="缺第3页"),
    )
    record = plain(elements=told)
    path = written(record, tmp_path)
    assert '<日期 原文="2018年3月15日">20180315</日期>' in path.read_text("utf-8")
    assert '<保管期限 原文="D30" 取自="档号">30年</保管期限>' in path.read_text("utf-8")
    assert schema(RECORD).fault(path) is None
    assert read_record(path) == record


def test_a_code_that_looks_like_an_escape_stays(tmp_path: Path) -> None:
    record = plain(archival_code="K021\\u{41}", as_typed_code="K021\\u{41}")
    assert read_record(written(record, tmp_path)) == record


def test_what_the_catalogue_left_empty_has_no_element(tmp_path: Path) -> None:
    text = written(plain(creator="", page_count="", security="", extra=(), row=0), tmp_path).read_text("utf-8")
    assert not any(name in text for name in ("责任者", "页数", "密级", "其他著录项", "目录行"))


def test_no_pages_is_not_unknown(tmp_path: Path) -> None:
    record = plain(page_count="0")
    assert read_record(written(record, tmp_path)).description.page_count == 0


@pytest.mark.parametrize(
    ("category", "scheme"),
    [
        ("WS", "DA/T 46-2009"),
        ("ZP", "DA/T 54-2014"),
        ("LY", "DA/T 63-2017"),
        ("LX", "DA/T 63-2017"),
        ("KJ", "DA/T 18-2022"),
    ],
)
def test_each_category_names_its_scheme(category: str, scheme: str, tmp_path: Path) -> None:
    assert scheme_of(category) == scheme
    path = written(plain(category=category), tmp_path)
    assert f'方案="{scheme}"' in path.read_text("utf-8")
    assert schema(RECORD).fault(path) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<档号>", "<z>"),
        ("<页数>2<", "<页数>two<"),
        ('目录行="2"', '目录行="x"'),
        ("<电子属性>", "<电子>"),
        ("<计算机文件大小>1<", "<计算机文件大小>-<"),
        (' 版本="1.0"', ' 版本="9"'),
    ],
)
def test_what_is_not_ours_is_neither_valid_nor_read(old: str, new: str, tmp_path: Path) -> None:
    path = written(plain(), tmp_path)
    text = path.read_text("utf-8")
    closing = (old.replace("<", "</"), new.replace("<", "</")) if old.endswith(">") else (old, new)
    changed = text.replace(old, new, 1).replace(*closing)
    assert changed != text
    path.write_text(changed, "utf-8")
    assert schema(RECORD).fault(path)
    if "版本" not in old:
        with pytest.raises(SourceError, match=r"record\.xml|电子文件"):
            read_record(path)


def test_two_files_of_one_path_are_not_valid(tmp_path: Path) -> None:
    record = plain()
    path = written(replace(record, files=record.files * 2), tmp_path)
    fault = schema(RECORD).fault(path)
    assert fault is not None
    assert "路径" in str(fault.fact("reason"))
