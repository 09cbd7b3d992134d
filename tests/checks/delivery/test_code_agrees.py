"""The parts of a code against the columns."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.code_agrees import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.surveyed import A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize("change", [{"全宗号": "K022"}, {"保管期限": "30年"}, {"年度": "2019"}])
def test_a_column_that_says_something_else(tmp_path: Path, change: dict[str, str]) -> None:
    result = judged(CHECK, made(tmp_path, [{"档号": A, **change}, {"档号": B}]))
    assert isinstance(result, Failed)
    assert codes(result) == ["field_contradicts_code"]
