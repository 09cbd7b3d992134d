"""The pages inside a record's files against the catalogue's number, on real TIFF, PDF and JPEG files."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.checks.record.page_count import CHECK
from pipeline.domain.verdicts import CouldNotTell, Failed, NotApplicable, Passed, evidence_of
from tests.makers.looked import FILES, SOUND, judged, view
from tests.makers.real_files import CatalogueRow, catalogue, docx, jpeg, pdf, tiff
from tests.makers.terminal import Terminal
from tests.makers.values import TIFF

CODE = "K021-WS·2021·Y-0001"


def told(tmp_path: Path, pages: int) -> set[str]:
    catalogue(tmp_path / "delivery" / "catalogue.xlsx", [CatalogueRow(archival_code=CODE, title="页", pages=pages)])
    done = (
        Terminal(tmp_path / "home")
        .made()
        .type("ingest", tmp_path / "delivery", "--profile", "originals-only", "--json")
    )
    return {text["code"] for text in done.json["texts"] if text["severity"] == "error"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery" / "files" / CODE
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("pages", "expected"), [(3, set()), (4, {"page_count_differs_inside"}), (2, {"page_count_differs_inside"})]
)
def test_one_tiff_of_many_pages(tmp_path: Path, folder: Path, pages: int, expected: set[str]) -> None:
    tiff(folder / "001.tif", pages=3)

    assert told(tmp_path, pages) == expected


@pytest.mark.parametrize(("pages", "expected"), [(5, set()), (6, {"page_count_differs_inside"})])
def test_several_files_of_many_pages(tmp_path: Path, folder: Path, pages: int, expected: set[str]) -> None:
    tiff(folder / "001.tif", pages=2)
    pdf(folder / "002.pdf", pages=3)

    assert told(tmp_path, pages) == expected


def test_one_picture_one_page(tmp_path: Path, folder: Path) -> None:
    jpeg(folder / "001.jpg")
    jpeg(folder / "002.jpg", seed=1)

    assert told(tmp_path, 2) == set()


def test_where_pages_cannot_be_told_nothing_is_claimed(tmp_path: Path, folder: Path) -> None:
    docx(folder / "001.docx", "一页或两页")

    assert told(tmp_path, 7) == set()


def test_what_is_said_of_each_case() -> None:
    """Agrees, differs, and cannot be compared are three things."""
    assert isinstance(judged(CHECK, view(pages=2)), Passed)
    assert isinstance(judged(CHECK, view(pages=3)), Failed)
    assert isinstance(judged(CHECK, view(pages=None)), NotApplicable)
    assert isinstance(judged(CHECK, view(files=())), NotApplicable)


PDF_FILE = replace(SOUND, path="data/original/全文.pdf", format=replace(TIFF, kind="pdf", media_type="application/pdf"))
JPEG = replace(TIFF, media_type="image/jpeg", name="JPEG")


def in_forms(*, pictures: int, of_pdf: int, pages: int | None) -> tuple[type, list[str]]:
    scans = tuple(replace(SOUND, path=f"data/original/{n:03d}.jpg", format=JPEG) for n in range(1, pictures + 1))
    result = judged(CHECK, view(files=(*scans, replace(PDF_FILE, pages=of_pdf)), pages=pages))
    return type(result), [f.code for f in evidence_of(result)]


def test_pages_and_a_pdf_of_them_are_an_ordinary_contract() -> None:
    assert in_forms(pictures=6, of_pdf=6, pages=6) == (Passed, ["pages_in_two_forms"])
    assert in_forms(pictures=6, of_pdf=5, pages=6) == (CouldNotTell, ["forms_differ"])
    assert in_forms(pictures=5, of_pdf=6, pages=6) == (CouldNotTell, ["forms_differ"])
    assert in_forms(pictures=2, of_pdf=4, pages=6) == (Passed, []), "two pages and an annex of four"
    assert in_forms(pictures=3, of_pdf=4, pages=6) == (Failed, ["page_count_differs_inside"])


def test_two_formats_of_the_same_names_are_counted_once() -> None:
    scans = [replace(SOUND, path=f"data/original/{n:03d}.jpg", format=JPEG) for n in (1, 2)]
    result = judged(CHECK, view(files=(*FILES, *scans), pages=2))
    assert [f.code for f in evidence_of(result)] == ["pages_in_two_forms"]
