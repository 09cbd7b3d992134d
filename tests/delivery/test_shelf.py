"""What lies in a delivery, sorted by names."""

from pathlib import Path

from pipeline.delivery.listing import Lister
from pipeline.delivery.near import NearRows
from pipeline.delivery.shelf import Shelf, Sorter, any_of
from pipeline.profiles import load_profile
from tests.makers.deliveries import delivery

RULES, LIMITS = load_profile("county").delivery, load_profile("county").limits
A, B = "K021-WS·2020·Y-0001", "K021-WS·2020·Y-0002"


def sorted_of(folder: Path, *names: str) -> Shelf:
    delivery(folder, [], dict.fromkeys(names, b"x"))
    (folder / "catalogue.csv").unlink()
    lister = Lister(folder, LIMITS, (), lambda _: None)
    codes = frozenset({A, B})
    return Sorter(lister, RULES, codes, near=NearRows((A, B)).near, roots=frozenset({b"", b"files"}), listed={}).sort()


def strays(shelf: Shelf) -> list[tuple[str, int, bool, int | None]]:
    return [(each.subject.decode(), len(each.entries), each.is_folder, each.near) for each in shelf.strays]


def test_folders_and_flat_files_at_any_depth(tmp_path: Path) -> None:
    shelf = sorted_of(tmp_path, f"files/2020/{A}/1.tif", f"files/盒/{B}-001.tif", f"{B}.pdf")
    assert shelf.folders == {A: [f"files/2020/{A}".encode()]}
    assert [(page.entry.path.decode(), page.number) for page in shelf.flat[B]] == [
        (f"{B}.pdf", None),
        (f"files/盒/{B}-001.tif", 1),
    ]
    assert strays(shelf) == []


def test_strays_are_told_by_the_topmost_folder_without_a_record(tmp_path: Path) -> None:
    shelf = sorted_of(tmp_path, f"a/{A}/1.tif", "a/b/c/1.tif", "a/b/2.tif", "a/3.tif", "d/e/4.tif", "5.tif")
    assert strays(shelf) == [
        ("5.tif", 1, False, None),
        ("a/3.tif", 1, False, None),
        ("a/b", 2, True, None),
        ("d", 1, True, None),
    ]


def test_what_is_almost_a_code_is_told_beside_its_row(tmp_path: Path) -> None:
    shelf = sorted_of(tmp_path, "x/K021-WS.2020.Y-0002/1.tif", "x/y/1.tif", "K021 WS 2020 Y 0001-001.tif")
    assert strays(shelf) == [
        ("K021 WS 2020 Y 0001-001.tif", 1, False, 0),
        ("x/K021-WS.2020.Y-0002", 1, True, 1),
        ("x/y", 1, True, None),
    ]


def test_tables_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "空" / "更空").mkdir(parents=True)
    shelf = sorted_of(tmp_path, "PHOTOS.xlsx", "files/户目录.csv", "x/photos.xlsx")
    assert [entry.path.decode() for entry in shelf.tables] == ["PHOTOS.xlsx", "files/户目录.csv"]
    assert [each.decode() for each in shelf.empty] == ["空"]
    assert strays(shelf) == [("x", 1, True, None)]


def test_patterns_do_not_mind_case() -> None:
    is_archive = any_of(RULES.archives)
    assert is_archive("a.ZIP") and is_archive("a.7z.001") and is_archive("a.z01") and not is_archive("a.zipx.txt")
    assert not any_of(())("")
