import pytest

from pipeline.errors import StorageError
from pipeline.stores.identity import identity_of, new_identity


def test_each_is_another_and_is_read_back() -> None:
    ids = {identity_of(new_identity(), store="nas") for _ in range(10)}
    assert len(ids) == 10


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"{}", b'{"id": 7}', b'{"id": ""}', b"{" * 5000])
def test_what_is_none_of_ours(data: bytes) -> None:
    with pytest.raises(StorageError, match="store_identity_garbled"):
        identity_of(data, store="nas")
