"""The guard: what costs a copy, and how several are tried together, then alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.messages import message
from pipeline.errors import MissingTool, ToolCrashed, ToolFailed
from pipeline.stages._guard import Guard, Lost, together


class Raising:
    """Workers whose every call breaks."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def call(self, kind: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Breaks."""
        raise self.error


def nothing(toolbox: object) -> None:
    return


def test_a_reason_of_ours_and_a_program_s_own_words(tmp_path: Path) -> None:
    ours = ToolCrashed(message("worker_died", subject="a", signal="SIGSEGV"))
    assert Guard(workers=Raising(ours), folder=tmp_path).call("x", nothing) == Lost(reason=ours.message)
    lost = Guard(workers=Raising(ToolFailed(message("tool_said", words="no"))), folder=tmp_path).call("x", nothing)
    assert isinstance(lost, Lost) and str(lost.reason) == "no"


def test_what_the_installation_lacks_is_raised(tmp_path: Path) -> None:
    missing = MissingTool(message("library_missing", library="x", package="y"), tool="x")
    with pytest.raises(MissingTool):
        Guard(workers=Raising(missing), folder=tmp_path).call("x", nothing)


def test_all_together_then_one_by_one() -> None:
    asked: list[tuple[int, ...]] = []
    lost = Lost(reason=message("nothing_read"))

    def call(some: tuple[int, ...]) -> int | Lost:
        asked.append(some)
        return lost if 2 in some else sum(some)

    assert together([], call) == [] and asked == []
    assert together([1, 3], call) == [((1, 3), 4)]
    assert together([2], call) == [((2,), lost)]
    assert together([1, 2, 3], call) == [((1,), 1), ((2,), lost), ((3,), 3)]
    assert asked == [(1, 3), (2,), (1, 2, 3), (1,), (2,), (3,)]
