"""Archives among what is delivered."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.archives_unpacked import CHECK
from pipeline.domain.verdicts import CouldNotTell, Failed, Passed
from tests.makers.surveyed import GOOD_FILES, GOOD_ROWS, A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


def test_an_archive_among_a_records_files_leaves_it_untold_what_is_in_it(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, files=GOOD_FILES | {f"files/{B}/附件.zip": b"x"}))
    assert isinstance(result, CouldNotTell)
    assert codes(result) == ["archive_in_record"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"files/扫描.zip": b"x"}, "archive_without_row"),
        ({"a.rar": b"x", "b.7z": b"y"}, "archive_without_row"),
    ],
)
def test_one_thing_changed(tmp_path: Path, files: dict[str, bytes], code: str) -> None:
    result = judged(CHECK, made(tmp_path, files=GOOD_FILES | files))
    assert isinstance(result, Failed)
    assert codes(result) == [code]


def test_pages_as_one_archive(tmp_path: Path) -> None:
    files = {name: data for name, data in GOOD_FILES.items() if A not in name} | {f"files/{A}.zip": b"x"}
    result = judged(CHECK, made(tmp_path, GOOD_ROWS, files))
    assert isinstance(result, Failed)
    assert codes(result) == ["archive_instead_of_pages"]
