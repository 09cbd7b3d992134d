"""Keys and paths, spelled in one place."""

import pytest

from pipeline.domain import layout
from pipeline.domain.layout import Place


def test_a_version_from_its_parts() -> None:
    prefix = layout.package_prefix("K021", "ZY", "K021-ZY·1")
    bag = layout.bag_name("K021-ZY·1", 12)
    assert layout.version_folder(prefix, 12) + layout.tar_name(bag) == "K021/ZY/K021-ZY·1/v0012/K021-ZY·1-v0012.tar"
    assert layout.index_name(bag) == "K021-ZY·1-v0012.index.json"


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_what_is_no_versions_number_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="version"):
        layout.version_name(number)


def test_a_version_has_a_tar_and_an_index_with_one_stem() -> None:
    tar, index = layout.tar_name("x-v0001"), layout.index_name("x-v0001")
    assert (layout.is_tar(tar), layout.is_index(tar)) == (True, False)
    assert (layout.is_tar(index), layout.is_index(index)) == (False, True)
    assert layout.stem(tar) == layout.stem(index) == "x-v0001"


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("K021/ZY/K021-1/v0003/anything", Place(package_id="K021-1", version=3)),
        ("a/b/c/K021-1/v12345/x.tar", Place(package_id="K021-1", version=12345)),
        ("K021/ZY/K021-1/0003/x.tar", None),
        ("K021/ZY/K021-1/vx/x.tar", None),
        ("v0001/x.tar", None),
        ("x.tar", None),
        ("", None),
    ],
)
def test_whose_object_it_is_by_its_folders(key: str, place: Place | None) -> None:
    assert layout.place_of(key) == place


def test_paths_inside_the_bag() -> None:
    assert layout.original_path("a/1.tif") == "data/original/a/1.tif"
    assert layout.original_name("data/original/a/1.tif") == "a/1.tif"
    assert layout.derived_path("access", "1.pdf") == "data/access/1.pdf"
    assert layout.is_payload("data/access/1.pdf")
    assert not layout.is_payload(layout.RECORD)
    assert not layout.is_payload("data")
