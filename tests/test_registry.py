"""Values found by walking a package."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import HouseError
from pipeline.registry import discover


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of its own name, with two good modules, one of them a floor below, and one that is not looked at."""
    name = f"shelf_{tmp_path.name.replace('-', '_')}"
    folder = tmp_path / name
    (folder / "below").mkdir(parents=True)
    for path in (folder / "__init__.py", folder / "below" / "__init__.py"):
        path.write_text("")
    (folder / "b.py").write_text("VALUE = 'b'")
    (folder / "below" / "c.py").write_text("VALUE = 'c'")
    (folder / "_hidden.py").write_text("VALUE = 3")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def test_finds_every_value(package: Path) -> None:
    assert discover(package.name, "VALUE", str) == {"b": "b", "below.c": "c"}
    assert list(discover(sys.modules[package.name], "VALUE", str)) == ["b", "below.c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("OTHER = 1", "does not end with VALUE"), ("VALUE = 1", "is no str"), ("from .b import VALUE", "have the same")],
)
def test_says_which_module_is_wrong(package: Path, text: str, said: str) -> None:
    (package / "zz.py").write_text(text)
    with pytest.raises(HouseError, match=said) as error:
        discover(package.name, "VALUE", str)
    assert "zz" in str(error.value)
