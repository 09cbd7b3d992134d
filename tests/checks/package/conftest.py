"""A bag of our own making, written by a released version."""

from pathlib import Path

import pytest

from tests.makers.bags import PACKAGE, copied, golden_packages, unpacked


@pytest.fixture(scope="session")
def tar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package's tar, its index beside it."""
    return golden_packages(tmp_path_factory.mktemp("golden"))[PACKAGE]


@pytest.fixture(scope="session")
def sound(tar: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    return unpacked(tar, tmp_path_factory.mktemp("bag"))


@pytest.fixture
def bag(sound: Path, tmp_path: Path) -> Path:
    """To be changed in one place."""
    return copied(sound, tmp_path)
