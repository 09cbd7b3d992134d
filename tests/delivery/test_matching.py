"""Which files belong to which row."""

from pathlib import Path

import pytest

from pipeline.delivery.listing import Lister
from pipeline.delivery.matching import Matcher
from pipeline.delivery.near import NearRows
from pipeline.delivery.page_order import Page
from pipeline.delivery.shelf import Shelf, Sorter
from pipeline.domain.records import Description
from pipeline.profiles import load_profile
from tests.makers.values import description

RULES, LIMITS = load_profile("county").delivery, load_profile("county").limits
A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"
CODES = frozenset({A, B})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of A's, a flat page of B's, a flat file named as B is, something that fits nothing."""
    for name in (f"files/{A}/001.tif", f"files/{A}/002.tif", f"files/{B}-003.tif", f"files/{B}.pdf", "files/x.doc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


ROOTS = (b"files", b"")


def sorted_of(folder: Path, codes: frozenset[str] = CODES) -> tuple[Lister, Shelf]:
    lister = Lister(folder, LIMITS, (), lambda _: None)
    near = NearRows(sorted(codes))
    return lister, Sorter(lister, RULES, codes, near=near.near, roots=frozenset(ROOTS), listed={}).sort()


def matcher(folder: Path, codes: frozenset[str] = CODES) -> Matcher:
    lister, files = sorted_of(folder, codes)
    return Matcher(folder, ROOTS, lister, files)


def about(code: str, row: int = 2) -> Description:
    return description(code, row=row)


def names(pages: list[Page]) -> list[str]:
    return [page.name.decode() for page in pages]


def test_folders_and_flat_files_by_their_codes(folder: Path) -> None:
    _, files = sorted_of(folder)
    assert files.folders == {A: [f"files/{A}".encode()]}
    assert [(page.name.decode(), page.number) for page in files.flat[B]] == [(f"{B}-003.tif", 3), (f"{B}.pdf", None)]
    assert [entry.name for stray in files.strays for entry in stray.entries] == [b"x.doc"]


def test_codes_as_people_type_them(folder: Path) -> None:
    typed = "Ｋ021－WS·2020·Y－0001"
    (folder / "files" / A).rename(folder / "files" / typed)
    assert sorted_of(folder)[1].folders == {A: [f"files/{typed}".encode()]}


def test_a_record_has_its_folders_and_its_flat_files(folder: Path) -> None:
    found = matcher(folder)
    pages, faults = found.files_of(about(A), [])
    assert (names(pages), faults) == (["001.tif", "002.tif"], [])
    assert names(found.files_of(about(B), [])[0]) == [f"{B}-003.tif", f"{B}.pdf"]


@pytest.mark.parametrize("text", [f"{A}/002.tif", f"{A}\\002.tif", f"files/{A}/002.tif", " 002.tif ；"])
def test_a_row_may_name_its_files_from_wherever(folder: Path, text: str) -> None:
    pages, faults = matcher(folder).claim_listed(about(A), text)
    assert (names(pages), faults) == (["002.tif"], [])
    assert pages[0].listed


def test_what_one_row_names_is_no_others(folder: Path) -> None:
    found = matcher(folder)
    listed, _ = found.claim_listed(about(B, 3), f"{A}/002.tif")
    assert names(found.files_of(about(A), [])[0]) == ["001.tif"]
    assert found.files_of(about(B, 3), listed)[0][0].entry.path == f"files/{A}/002.tif".encode()
    pages, faults = found.claim_listed(about(A), "002.tif")
    assert (pages, [(f.code, f.fact("other_row")) for f in faults]) == ([], [("file_named_twice", "3")])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gone.tif", "named_file_missing"),
        ("../../etc/passwd", "unsafe_path"),
        ("/etc/passwd", "unsafe_path"),
        ("C:\\x.tif", "unsafe_path"),
        ("a//b", "unsafe_path"),
        ("link.tif", "symbolic_link"),
    ],
)
def test_a_row_names_what_cannot_be_taken(folder: Path, text: str, code: str) -> None:
    (folder / "files" / "link.tif").symlink_to("x.doc")
    pages, faults = matcher(folder).claim_listed(about(A), text)
    assert (pages, [fault.code for fault in faults]) == ([], [code])


def test_a_row_may_name_a_folder(folder: Path) -> None:
    assert names(matcher(folder).claim_listed(about(B, 3), A)[0]) == [f"{A}/001.tif", f"{A}/002.tif"]


def test_what_nobody_asks_for(folder: Path) -> None:
    found = matcher(folder, frozenset({B}))
    assert [(each.subject, len(each.entries)) for each in found.strays()] == [
        (f"files/{A}".encode(), 2),
        (b"files/x.doc", 1),
    ]
    found.claim_listed(about(B, 3), "x.doc")
    assert [each.subject for each in found.strays()] == [f"files/{A}".encode()]


def test_two_folders_of_one_record_keep_names_apart(folder: Path) -> None:
    other = folder / "files" / A.replace("-", "－")
    other.mkdir()
    (other / "001.tif").write_bytes(b"other")
    pages, _ = matcher(folder).files_of(about(A), [])
    assert len(set(names(pages))) == 3
