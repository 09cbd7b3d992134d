"""The store in memory."""

import uuid

import pytest

from pipeline.errors import ProfileError
from pipeline.ports import Store
from pipeline.stores import StoreSettings, open_store
from tests.contracts.store import StoreContract


class TestMemory(StoreContract):
    """The contract."""

    @pytest.fixture
    def store(self) -> Store:
        return open_store(StoreSettings(name="memory", url=f"memory://{uuid.uuid4()}"))


def test_same_name_same_store() -> None:
    url = f"memory://{uuid.uuid4()}"
    open_store(StoreSettings(name="one", url=url)).put_bytes("a", b"1")
    again = open_store(StoreSettings(name="two", url=url))
    assert (list(again.keys()), list(again.read("a"))) == (["a"], [b"1"])
    assert list(open_store(StoreSettings(name="one", url=f"{url}2")).keys()) == []


@pytest.mark.parametrize("url", ["memory://", "memory:///x", "memory://a/b"])
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(ProfileError, match="store_url_wrong"):
        open_store(StoreSettings(name="memory", url=url))
