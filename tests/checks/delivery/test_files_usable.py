"""Files that can be taken in."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.checks.delivery.files_usable import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import A, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda folder: (folder / "003.jpg").write_bytes(b""), "empty_file"),
        (lambda folder: (folder / "003.jpg").symlink_to("001.jpg"), "symbolic_link"),
        (lambda folder: os.mkfifo(folder / "003.jpg"), "not_a_regular_file"),
    ],
)
def test_one_file_more(tmp_path: Path, change: Callable[[Path], object], code: str) -> None:
    folder = made(tmp_path)
    change(folder / "files" / A)
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert codes(result) == [code]
