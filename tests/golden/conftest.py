"""Homes that released versions wrote, each unpacked anew for its test."""

from pathlib import Path

import pytest

from tests.makers.golden import versions
from tests.makers.golden_home import GoldenHome


@pytest.fixture(params=versions())
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> GoldenHome:
    """The home with two file stores, of every released version."""
    return GoldenHome.of(request.param, tmp_path)
