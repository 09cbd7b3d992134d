"""Every store, and every store around a store, takes what the port says. What it does then is the contract's."""

import pytest

from pipeline.ports import Removing, Store, Versioned
from pipeline.stores.local import LocalStore
from pipeline.stores.memory import MemoryStore
from pipeline.stores.s3 import S3Store
from pipeline.stores.wrappers import Counting, Retrying, Wrapped
from tests.makers.promises import broken

STORES = (LocalStore, MemoryStore, S3Store)


@pytest.mark.parametrize("kind", [*STORES, Wrapped, Retrying, Counting])
def test_a_store(kind: type) -> None:
    assert list(broken(Store, kind)) == []


@pytest.mark.parametrize("kind", STORES)
def test_a_store_that_lets_go_of_objects(kind: type) -> None:
    assert list(broken(Removing, kind)) == []


def test_a_store_of_versions() -> None:
    assert list(broken(Versioned, S3Store)) == []


@pytest.mark.parametrize("kind", [Wrapped, Retrying, Counting])
def test_what_is_wrapped_for_the_stages_lets_go_of_nothing(kind: type) -> None:
    assert not hasattr(kind, "remove")
