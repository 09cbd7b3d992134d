"""The depositor's digests, where there are any."""

from pathlib import Path

from pipeline.checks.delivery.digests_given import CHECK
from pipeline.domain.verdicts import Failed, NotApplicable, Passed
from tests.makers.surveyed import A, codes, judged, made


def test_a_delivery_with_a_list_of_all_files(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path, checksums=True)), Passed)


def test_a_delivery_without_digests(tmp_path: Path) -> None:
    assert isinstance(judged(CHECK, made(tmp_path)), NotApplicable)


def test_a_file_that_is_not_listed(tmp_path: Path) -> None:
    folder = made(tmp_path, checksums=True)
    (folder / "files" / A / "003.jpg").write_bytes(b"3")
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert codes(result) == ["file_not_in_checksum_list"]


def test_a_listed_file_that_is_not_there(tmp_path: Path) -> None:
    folder = made(tmp_path, checksums=True)
    (folder / "files" / A / "002.jpg").unlink()
    result = judged(CHECK, folder)
    assert isinstance(result, Failed)
    assert codes(result) == ["checksum_names_missing_file"]
