"""Rows and files, each with the other."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.files_matched import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import GOOD_FILES, A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("rows", "more", "code"),
    [
        ([{"档号": A}], {}, "files_without_row"),
        ([{"档号": A}, {"档号": B}, {"档号": f"{A}-1"}], {}, "row_without_files"),
        ([{"档号": A}, {"档号": B, "文件": "002.pdf"}], {}, "named_file_missing"),
        ([{"档号": A}, {"档号": B, "文件": "../002.pdf"}], {}, "unsafe_path"),
        ([{"档号": A}, {"档号": B}], {"files/stray.txt": b"x"}, "files_without_row"),
    ],
)
def test_one_thing_changed(tmp_path: Path, rows: list[dict[str, str]], more: dict[str, bytes], code: str) -> None:
    result = judged(CHECK, made(tmp_path, rows, GOOD_FILES | more))
    assert isinstance(result, Failed)
    assert codes(result) == [code]
