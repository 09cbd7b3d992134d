"""Libraries loaded when something of them is first asked for."""

import sys
from pathlib import Path

import pytest

from pipeline.errors import MissingTool
from pipeline.tools.later import later

COUNTED = "loads = []\nloads.append(1)\nvalue = 7\n"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a module that nobody has loaded yet."""
    name = f"lantai_later_{abs(hash(tmp_path))}"
    (tmp_path / f"{name}.py").write_text(COUNTED, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_nothing_is_loaded_before_it_is_used(written: str) -> None:
    module = later(written)
    assert written not in sys.modules
    assert module.value == 7
    assert module is not sys.modules[written]
    assert module.loads is sys.modules[written].loads == [1]


def test_it_is_prepared_once(written: str) -> None:
    prepared: list[str] = []
    module = later(written, lambda loaded: prepared.append(loaded.__name__))
    assert prepared == []
    assert module.value + module.value == 14
    assert prepared == [written]


def test_what_is_not_installed_is_missed_on_use_alone() -> None:
    module = later("lantai_no_such_library")
    with pytest.raises(MissingTool, match="lantai_no_such_library"):
        _ = module.anything


def test_what_a_library_does_not_have_is_told_as_usual(written: str) -> None:
    with pytest.raises(AttributeError):
        _ = later(written).nothing
