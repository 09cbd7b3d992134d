"""Archival codes: possible, and in one row each."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.codes_sound import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("second", "found"),
    [("K021/7", ["code_invalid"]), (A, ["doubled_archival_code"] * 2), ("7", ["fonds_missing"])],
)
def test_one_code_changed(tmp_path: Path, second: str, found: list[str]) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A}, {"档号": second}]))
    assert isinstance(result, Failed)
    assert codes(result) == found


def test_a_code_typed_in_another_form_is_noted(tmp_path: Path) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A.replace("K021", "Ｋ０２１")}, {"档号": B}]))
    assert isinstance(result, Passed)
    assert codes(result) == ["code_normalised"]
