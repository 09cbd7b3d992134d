"""A plain delivery or a bag: where it begins, what lies there, which digests were given."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.delivery.expected import ExpectedDigests
from pipeline.delivery.layout import Layout, lay_out
from pipeline.delivery.listing import Lister
from pipeline.domain.digests import sha256_of
from pipeline.domain.findings import Finding, finding
from pipeline.profiles import Limits, load_profile

RULES = load_profile("county").delivery
BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAGE = b"page"


def laid_out(folder: Path, bag_faults: Iterable[Finding] = ()) -> tuple[Layout, ExpectedDigests, Lister]:
    expected = ExpectedDigests(1 << 20)
    lister = Lister(folder, Limits(), (), expected.see)
    layout = lay_out(folder, lister=lister, expected=expected, bag_faults=lambda _: bag_faults, rules=RULES)
    return layout, expected, lister


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    folder = tmp_path / "plain"
    (folder / "files").mkdir(parents=True)
    (folder / "catalogue.csv").write_text("档号\n", "utf-8")
    (folder / "manifest-sha256.txt").write_text(f"{sha256_of(PAGE)}  files/1.tif\n", "utf-8")
    return folder


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    folder = tmp_path / "bag"
    (folder / "data" / "files").mkdir(parents=True)
    (folder / "bagit.txt").write_text(BAGIT, "utf-8")
    (folder / "manifest-sha256.txt").write_text(f"{sha256_of(PAGE)}  data/files/1.tif\n", "utf-8")
    (folder / "data" / "catalogue.csv").write_text("档号\n", "utf-8")
    return folder


def test_a_plain_delivery_begins_at_its_top(plain: Path) -> None:
    layout, expected, lister = laid_out(plain)
    assert (layout.base, layout.is_bag, layout.findings) == (b"", False, ())
    assert [entry.path for entry in layout.top.files] == [b"catalogue.csv"]
    assert layout.top.folders == [b"files"]
    assert [d.value for d in expected.of(b"files/1.tif")] == [sha256_of(PAGE)]
    assert lister.ignored == ["manifest-sha256.txt"]


def test_a_bag_begins_at_its_payload(bag: Path) -> None:
    layout, expected, lister = laid_out(bag)
    assert (layout.base, layout.is_bag, layout.findings) == (b"data", True, ())
    assert [entry.path for entry in layout.top.files] == [b"data/catalogue.csv"]
    assert expected.of(b"data/files/1.tif")
    assert set(lister.ignored) == {"bagit.txt", "manifest-sha256.txt"}


def test_a_list_inside_the_payload_is_read_from_there(bag: Path) -> None:
    (bag / "data" / "checksums.txt").write_text(f"{sha256_of(b'2')}  files/2.tif\n", "utf-8")
    assert laid_out(bag)[1].of(b"data/files/2.tif")


def test_what_is_wrong_with_the_bag_is_asked_of_bags_alone(plain: Path, bag: Path) -> None:
    fault = finding("bag_oxum_differs", "bag-info.txt")
    assert laid_out(bag, [fault])[0].findings == (fault,)
    assert laid_out(plain, [fault])[0].findings == ()


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("fetch.txt", "http://example.org/1 1 data/1\n", "bag_to_be_fetched"),
        ("manifest-sha3.txt", "", "bag_algorithm_unknown"),
        ("bagit.txt", "nothing", "bag_declaration_malformed"),
    ],
)
def test_what_a_bag_says_that_cannot_be_followed(bag: Path, path: str, text: str, code: str) -> None:
    (bag / path).write_text(text, "utf-8")
    assert code in [each.code for each in laid_out(bag)[0].findings]


def test_a_bag_without_payload_or_manifest(tmp_path: Path) -> None:
    (tmp_path / "bagit.txt").write_text(BAGIT, "utf-8")
    layout, _, _ = laid_out(tmp_path)
    assert [each.code for each in layout.findings] == ["bag_no_payload_folder", "bag_no_manifest"]
    assert layout.top.files == []


def below(folder: Path, made: Path) -> Path:
    """The delivery, moved into a folder of another."""
    folder.mkdir(parents=True)
    made.rename(folder / made.name)
    return folder


def test_a_delivery_one_folder_down_begins_there(plain: Path, tmp_path: Path) -> None:
    outer = below(tmp_path / "outer", plain)
    (outer / "空").mkdir()
    layout, expected, _ = laid_out(outer)
    assert (layout.root, layout.base, layout.files_at) == (b"plain", b"plain", b"plain/files")
    assert [entry.path for entry in layout.top.files] == [b"plain/catalogue.csv"]
    assert expected.of(b"plain/files/1.tif")


def test_folders_that_hold_nothing_but_another_are_gone_through(plain: Path, tmp_path: Path) -> None:
    layout, _, _ = laid_out(below(tmp_path / "a" / "b", below(tmp_path / "c", plain)).parent)
    assert layout.base == b"b/c/plain"


def test_a_bag_one_folder_down(bag: Path, tmp_path: Path) -> None:
    layout, expected, _ = laid_out(below(tmp_path / "outer", bag))
    assert (layout.root, layout.base, layout.is_bag) == (b"bag", b"bag/data", True)
    assert expected.of(b"bag/data/files/1.tif")
    assert layout.findings == ()


def test_several_deliveries_side_by_side_are_none(plain: Path, bag: Path, tmp_path: Path) -> None:
    layout, _, _ = laid_out(tmp_path)
    assert (layout.root, layout.several) == (b"", (b"bag", b"plain"))


def test_a_list_made_in_the_files_folder_is_read_from_there(plain: Path) -> None:
    (plain / "files" / "sha256sums.txt").write_text(f"{sha256_of(b'2')}  2.tif\n", "utf-8")
    layout, expected, lister = laid_out(plain)
    assert expected.of(b"files/2.tif")
    assert "files/sha256sums.txt" in lister.ignored
    assert layout.levels[b"files"].files == []
