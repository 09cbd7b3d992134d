"""The year of the date beside the year in the code."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.date_fits_code import CHECK
from tests.makers.deliveries import pages
from tests.makers.surveyed import codes, judged, made


@pytest.mark.parametrize(
    ("code", "date", "found"),
    [
        ("K021-WS·2020·Y-0001", "20200315", False),
        ("K021-WS·2020·Y-0001", "20191231", False),
        ("K021-WS·2020·Y-0001", "20210101", False),
        ("K021-WS·2020·Y-0001", "20020315", True),
        ("K021-WS·2020·Y-0001", "20220000", True),
        ("K021-WS·2020·Y-0001", "20150101-20251231", False),
        ("K021-WS·2020·Y-0001", "20100101-20111231", True),
        ("K021-ZY·FP-2001", "20190315", False),
        ("K021-WS·Y-0001", "20020315", False),
        ("K021-WS·2020·Y-0001", "[20020315]", True),
        ("K021-WS·2020·Y-0001", "不详", False),
    ],
)
def test_years(tmp_path: Path, code: str, date: str, *, found: bool) -> None:
    folder = made(tmp_path, [{"档号": code, "日期": date}], pages(code, "001.jpg"))
    assert codes(judged(CHECK, folder)) == ["date_far_from_code"] * found
