"""What a check (检测项) is: a function from a view of the material to a result, with the parameters of its row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.domain.verdicts import CheckResult

V = TypeVar("V")
P = TypeVar("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoParameters:
    """Of a check that has nothing to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[V, P]):
    """One check; its module ends with it, as `CHECK`.

    `code` is the module's name and what rows of a plan call it by. `judge` is given the view and the row's parameters,
    opens nothing by other ways than the view's and writes nothing. It may raise a PipelineError where a program, the
    disk or a store is at fault; what is wrong with the material is a result.
    """

    code: str
    view: type[V]
    judge: Callable[[V, P], CheckResult]
    parameters: type[P]
