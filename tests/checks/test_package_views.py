"""A package seen in a folder and in a tar: checks are shown the same of both."""

from pathlib import Path

from pipeline.routes.verify import verify_path
from tests.makers.bags import golden_packages, unpacked, viewed
from tests.makers.golden import versions
from tests.makers.values import ClockAt


def test_what_released_versions_wrote_passes_in_a_tar_and_unpacked(tmp_path: Path) -> None:
    for version in versions():
        (tmp_path / version).mkdir()
        for tar in golden_packages(tmp_path / version, version).values():
            for path in (tar, unpacked(tar, tmp_path / f"bags-{version}")):
                verdict = verify_path(path, clock=ClockAt(), advance=lambda _: None)
                assert verdict.sound, (path, verdict.findings)
                results = {each.row.code: each.result.verdict.value for each in verdict.rows}
                asked_of = {"P-3"} if path == tar else {"P-1", "P-2"}
                assert {code for code, result in results.items() if result == "not_applicable"} == (
                    {"P-1", "P-2", "P-3"} - asked_of
                )
                assert set(results.values()) == {"passed", "not_applicable"}


def test_a_folder_without_documents(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    view = viewed(tmp_path)
    assert view.profile == ""
    assert view.files == ()
    assert view.tag_file("metadata/mets.xml") is None


def test_a_document_that_leads_elsewhere_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata/mets.xml").symlink_to("/etc/passwd")
    assert viewed(tmp_path).tag_file("metadata/mets.xml") is None
