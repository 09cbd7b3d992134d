"""What every check that comes with the program is like."""

import importlib
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from pipeline.checks.check import Check
from pipeline.checks.plan import known_checks

CHECKS = pytest.mark.parametrize("check", known_checks().values(), ids=known_checks())


@CHECKS
def test_it_says_what_it_detects_and_why(check: Check[Any, Any]) -> None:
    said = importlib.import_module(check.judge.__module__).__doc__ or ""
    for heading in ("What it detects:", "Why:", "Example:"):
        assert heading in said


@CHECKS
def test_it_bears_the_name_of_its_module(check: Check[Any, Any]) -> None:
    assert check.judge.__module__.rpartition(".")[2] == check.code


@CHECKS
def test_its_parameters_are_values_that_nothing_changes(check: Check[Any, Any]) -> None:
    assert is_dataclass(check.parameters)
    assert check.parameters.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all(field.kw_only for field in fields(check.parameters))
    assert check.view.__name__.endswith("View")
