"""Records of pages without a number of pages: told once, with their count."""

from pathlib import Path

from pipeline.checks.delivery.pages_given import CHECK
from pipeline.domain.verdicts import CouldNotTell, Passed
from tests.makers.deliveries import pages
from tests.makers.surveyed import A, B, judged, made

C = "K021-ZP·2020·D30-001"


def test_all_given_or_nothing_to_count(tmp_path: Path) -> None:
    files = pages(A, "001.jpg") | pages(B, "001.docx") | pages(C, "001.jpg")
    rows = [{"档号": A, "页数": "1"}, {"档号": B}, {"档号": C, "保管期限": "30年"}]
    assert isinstance(judged(CHECK, made(tmp_path, rows, files)), Passed)


def test_told_once(tmp_path: Path) -> None:
    files = pages(A, "001.jpg") | pages(B, "001.pdf") | pages(C, "001.jpg")
    result = judged(CHECK, made(tmp_path, [{"档号": A}, {"档号": B}, {"档号": C, "保管期限": "30年"}], files))
    assert isinstance(result, CouldNotTell)
    (told,) = result.evidence
    assert (told.fact("count"), told.fact("of"), told.fact("first_row")) == ("2", "3", "2")
