"""Catalogues as office programs save them: every cell read as its typist saw it."""

from pathlib import Path

import pytest

from pipeline.domain.outcomes import State
from tests.makers.cases import case, taken

STORED = {State.STORED}


def test_dates_in_the_built_in_formats_of_a_chinese_excel(tmp_path: Path) -> None:
    done = taken(case("excel-date-formats", tmp_path), tmp_path)
    assert (done.exit_code, done.states()) == (0, STORED)
    for number in range(1, 6):
        text = done.members(f"010{number}")["metadata/record.xml"].decode()
        assert "<日期>20190315</日期>" in text
        assert "43539" not in text


def test_dates_with_a_time(tmp_path: Path) -> None:
    done = taken(case("xlsx-date-time", tmp_path), tmp_path)
    assert (done.exit_code, done.states()) == (0, STORED)
    assert '<日期 原文="20190501 09:30:00">20190501</日期>' in done.members("701")["metadata/record.xml"].decode()
    assert '<日期 原文="2019-05-01 09:30:00">20190501</日期>' in done.members("702")["metadata/record.xml"].decode()
    assert "dates_read" in done.codes()


def test_escaped_characters(tmp_path: Path) -> None:
    done = taken(case("xlsx-escaped-characters", tmp_path), tmp_path)
    files = done.members("0201")
    assert "通知\n（附件：_x41_样表）" in files["metadata/record.xml"].decode()
    for path, raw in files.items():
        assert b"x000D" not in raw and b"x005F" not in raw, path


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("xlsx-strict", ["0301"]),
        ("xlsx-number-format-code", ["K021-WS·2019·D10-0401", "K021-WS·2019·D10-0402"]),
        ("csv-equals-quote", ["K021-WS·2019·D10-0501", "K021-WS·2019·D10-0502", "K021-WS·2019·D10-0503"]),
    ],
)
def test_codes_as_the_typist_sees_them(tmp_path: Path, name: str, codes: list[str]) -> None:
    done = taken(case(name, tmp_path), tmp_path)
    assert (done.exit_code, done.states()) == (0, STORED)
    assert all(done.of(code).state is State.STORED for code in codes)


def test_the_characters_of_gb18030_2022(tmp_path: Path) -> None:
    done = taken(case("gb18030-2022", tmp_path), tmp_path)
    text = done.members("0601")["metadata/record.xml"].decode()
    assert "关于\u9fb4\u9fb5\u9fb6与\u1e3f的函\ufe10" in text
