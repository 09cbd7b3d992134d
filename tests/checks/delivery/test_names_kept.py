"""Names that can be kept, and that cannot."""

import os
from pathlib import Path

from pipeline.checks.delivery.names_kept import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import A, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


def test_a_name_in_no_encoding(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "files" / A / os.fsdecode(b"003\xff.jpg")).write_bytes(b"3")
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert "name_not_utf8" in codes(result)


def test_a_name_that_some_system_refuses_is_noted(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / "files" / A / "a:b.jpg").write_bytes(b"3")
    result = judged(CHECK, folder)
    assert isinstance(result, Passed)
    assert codes(result) == ["name_made_safe"]
