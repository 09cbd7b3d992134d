"""Pages by number and count."""

from pathlib import Path

import pytest

from pipeline.checks.delivery.page_numbers import CHECK
from pipeline.domain.verdicts import Failed, Passed
from tests.makers.deliveries import pages
from tests.makers.surveyed import A, B, codes, judged, made


def test_a_good_delivery(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), Passed)


@pytest.mark.parametrize(
    ("names", "count", "code"),
    [
        (["001.jpg", "002.jpg"], "3", "page_count_differs"),
        (["001.jpg", "003.jpg"], "2", "page_gap"),
        (["001.jpg", "001.tif"], "2", "page_doubled"),
    ],
)
def test_one_thing_changed(tmp_path: Path, names: list[str], count: str, code: str) -> None:
    files = pages(A, *names) | pages(B, "001.jpg")
    result = judged(CHECK, made(tmp_path, [{"档号": A, "页数": count}, {"档号": B}], files))
    assert isinstance(result, Failed)
    assert codes(result) == [code]
