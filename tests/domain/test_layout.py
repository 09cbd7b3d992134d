"""Keys and paths, spelled in one place, and in no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain import layout
from pipeline.domain.layout import Place

PIPELINE = Path(__file__).resolve().parents[2] / "pipeline"
SPELT = re.compile(r"data/(?:original|access|preservation|text)\b|metadata/|\.index\.json|\.tar$|\bv0001\b")
"""What only `layout` may spell in a string that is no docstring."""


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


def texts(path: Path) -> Iterator[str]:
    """Strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


@pytest.mark.parametrize("path", sorted(PIPELINE.rglob("*.py")), ids=lambda path: path.relative_to(PIPELINE).as_posix())
def test_no_other_module_spells_them(path: Path) -> None:
    if path.name == "layout.py" and path.parent.name == "domain":
        return
    assert not [text for text in texts(path) if SPELT.search(text)]


def test_the_rule_would_see_one() -> None:
    assert all(map(SPELT.search, ("data/original/x", "metadata/mets.xml", "a.index.json", "x.tar", "K-v0001")))
